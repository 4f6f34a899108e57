/** The KV cache of a stack with nothing left to decide. Pure; of a valid document. */
import { DISAGGREGATED_BLOCK_TOKENS } from './defaults.ts';
import type { KvOffload } from './kv-cache.ts';
import type { Stack, StackRole } from './resolved-stack.ts';

/**
 * Seed of the hashes that name blocks (`PYTHONHASHSEED`). All pods that share blocks or report them, and whoever looks blocks up, must have
 * the same (vLLM docs/features/kv_offloading_usage.md); llm-d's guide on tiered prefix caches has this one.
 */
export const KV_HASH_SEED = '42';

/** Where each pod publishes what its cache holds (llm-d/llm-d guides/precise-prefix-cache-routing). */
export const KV_EVENTS_PORT = 5556;

/** With events the picker counts in blocks, so their size is written; llm-d/llm-d guides/precise-prefix-cache-routing. */
const EVENTS_BLOCK_TOKENS = 64;

/** Undefined: vLLM's own, which depends on the model's attention. */
export function kvBlockTokensOf({ roles, spec: { kvCache } }: Stack): number | undefined {
  if (kvCache?.blockTokens !== undefined) return kvCache.blockTokens;
  if (roles.length > 1) return DISAGGREGATED_BLOCK_TOKENS;
  return kvCache?.events === true ? EVENTS_BLOCK_TOKENS : undefined;
}

/** Of pods of the role; undefined: its blocks stay on the GPU. */
export function offloadOf({ spec: { kvCache } }: Stack, { role }: StackRole): KvOffload | undefined {
  return role === 'decode' ? undefined : kvCache?.offload;
}

/** vLLM's own connector keeps its blocks in a file of `/dev/shm`, which all ranks map (vLLM v1/kv_offload/cpu/shared_offload_region.py). */
export function offloadedSharedMemoryGib(stack: Stack, role: StackRole): number {
  const offload = offloadOf(stack, role);
  return offload === undefined || offload.connector === 'lmcache' ? 0 : offload.cpuGib;
}

/** Whether names of blocks have to be the same in several processes, or after a restart. */
export function sharesBlockNames(stack: Stack, role: StackRole): boolean {
  const offload = offloadOf(stack, role);
  return stack.spec.kvCache?.events === true || offload?.tier !== undefined || offload?.connector === 'lmcache';
}
