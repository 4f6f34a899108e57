import type { StackRole } from './resolved-stack.ts';

/**
 * Ranks of a group talk by NCCL, but for tokens on the way to their experts where DeepEP carries them, over NVSHMEM or, in its second
 * version, by kernels that drive the NICs through NCCL without a plugin (llm-d/llm-d guides/wide-ep/modelserver/gpu/vllm-deepseek-r1-0528/gke).
 */
export function ncclCrossesNodes({ nodes, parallelism, allToAll }: StackRole): boolean {
  return nodes > 1 && (parallelism.dataPerPod === 0 || allToAll === 'nccl');
}
