/** How long the model server keeps a connection that nobody uses. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor } from './contribution.ts';
import { answers } from './model-server.ts';

/**
 * Longer than whoever calls it: a server that closes first, as vLLM does after 5 s, resets requests that are just being sent. A routing
 * sidecar reuses connections for 90 s, the default of Go's transport (llm-d/llm-d guides/pd-disaggregation); a Google load balancer for
 * 600 s (Google Cloud documentation, "Application Load Balancer overview", Timeouts and retries).
 */
const secondsFor = { sidecar: 120, loadBalancer: 620 } as const;

export const keepAlive: Contributor = (stack, role, position) => {
  const seconds = answers(role, position) ? secondsOf(stack, role) : undefined;
  if (seconds === undefined) return {};
  return { server: { env: [{ name: 'VLLM_HTTP_TIMEOUT_KEEP_ALIVE', value: String(seconds) }] } };
};

/** Decode is called by its own sidecar, which asks again on a connection of the same pod. */
function secondsOf({ spec }: Stack, { role }: StackRole): number | undefined {
  if (role === 'prefill') return secondsFor.sidecar;
  return role === 'aggregated' && spec.gateway !== undefined ? secondsFor.loadBalancer : undefined;
}
