/** What a stack's `verification` means where it says nothing. All ours: enough to see a bad node and a slow link. */
import type { Stack } from './resolved-stack.ts';
import type { LoadTest } from './verification.ts';

export const verificationDefaults = {
  nodes: 2,
  load: { requests: 600, promptTokens: 1024, answerTokens: 256 },
} as const;

export interface ResolvedVerification {
  readonly nodes: number;
  /** Tests between two nodes. */
  readonly network: boolean;
  readonly load?: Required<Omit<LoadTest, 'url'>> & Pick<LoadTest, 'url'>;
}

/** Undefined: the document asks for none. */
export function resolveVerification(stack: Stack): ResolvedVerification | undefined {
  const { verification } = stack.spec;
  if (verification === undefined) return undefined;
  const { nodes, network, load } = verification;
  return {
    nodes: nodes ?? verificationDefaults.nodes,
    network: network ?? hasRdma(stack),
    ...(load !== undefined && { load: { ...verificationDefaults.load, ...load } }),
  };
}

/** Whether the stack uses NICs that the tests know: RoCE. TCPXO needs a sidecar and another plugin of NCCL. */
export function hasRdma({ machine, rdma }: Stack): boolean {
  return machine.fabric === 'roce' && (rdma === 'multi-network' || rdma === 'dranet');
}
