/** What is meant where the safety of a stack says nothing. */
import type { Stack } from './resolved-stack.ts';
import type { NetworkPolicies, Priority, TopologyWish } from './safety.ts';

export interface ResolvedSafety {
  readonly createNamespace: boolean;
  readonly disruptionBudgets: boolean;
  readonly networkPolicies: Required<NetworkPolicies>;
  readonly googleServiceAccount?: string;
  readonly priority?: Priority;
  readonly topology: TopologyWish;
}

export function safetyOf({ rdma, roles, spec: { safety = {} } }: Stack): ResolvedSafety {
  const { createNamespace, disruptionBudgets, networkPolicies, googleServiceAccount, priority, topology } = safety;
  // Only what the fabric carries gains by standing near: one node's pods talk over NVLink, all others over the network of the VPC.
  const talks = rdma !== 'none' || roles.some(({ nodes }) => nodes > 1);
  return {
    createNamespace: createNamespace ?? false,
    disruptionBudgets: disruptionBudgets ?? true,
    networkPolicies: { enabled: true, gatewayRanges: [], clientNamespaces: [], ...networkPolicies },
    ...(googleServiceAccount !== undefined && { googleServiceAccount }),
    ...(priority !== undefined && { priority }),
    topology: topology ?? (talks ? 'prefer' : 'none'),
  };
}
