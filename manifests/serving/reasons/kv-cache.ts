/** Of where keys and values are kept. Memory that they take is part of the container's resources. */
import { offloadedSharedMemoryGib } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { ServingStackSpec } from '../../../shared/domain/serving/stack.ts';
import type { Reason } from './reason.ts';

const NIXL = 'vllm-project/vllm docs/features/nixl_connector_usage.md';
const OFFLOADING = 'vllm-project/vllm docs/features/kv_offloading_usage.md';
const LMCACHE = 'llm-d/llm-d guides/tiered-prefix-cache/modelserver/amd/vllm/lmcache-connector/fs';
const EVENTS = 'llm-d/llm-d guides/precise-prefix-cache-routing/modelserver/gpu/vllm/base';

export const kvCacheReasons: readonly Reason[] = [
  {
    setting: 'env VLLM_NIXL_SIDE_CHANNEL_HOST',
    why: 'the address of the pod: the default is localhost, by which no other pod gets through',
    source: NIXL,
  },
  { setting: 'env VLLM_NIXL_SIDE_CHANNEL_PORT', why: 'where servers agree on a transfer', source: NIXL },
  {
    setting: 'env PYTHONHASHSEED',
    why: 'names of blocks are hashes: whoever shares or looks up blocks needs the same seed, after a restart too',
    source: OFFLOADING,
  },
  { setting: 'env POD_IP', why: 'events carry the endpoint that they are of', source: EVENTS },
  {
    setting: '* **.volumes.shm.emptyDir.sizeLimit',
    why: sharedMemorySaid,
    source: 'vllm-project/vllm vllm/v1/kv_offload/cpu/shared_offload_region.py',
  },
  {
    setting: '* **.volumes.kv-cache',
    why: 'the slower place for blocks; what a pod may fill is the limit at which it would be evicted',
    source: OFFLOADING,
  },
  { setting: '* **.volumeMounts.kv-cache', why: 'where the connector is told to keep its files', source: OFFLOADING },
  {
    setting: '* **.initContainers.kv-evictor',
    why: 'vLLM deletes no block of a file system: from nine tenths on the oldest fifth goes, before the pod is evicted for its size',
    source: 'llm-d/llm-d guides/tiered-prefix-cache/README.md',
  },
  {
    setting: 'env LMCACHE_MAX_LOCAL_CPU_SIZE',
    why: ({ spec, roles: [role] }) =>
      `GiB of one worker, of which each GPU has one: ${spec.kvCache?.offload?.cpuGib} / ${role?.gpusPerPod}`,
    source: LMCACHE,
  },
  { setting: 'env LMCACHE_LOCAL_DISK', why: 'the slower place for blocks', source: LMCACHE },
  {
    setting: 'env LMCACHE_MAX_LOCAL_DISK_SIZE',
    why: ({ spec, roles: [role] }) =>
      `GiB of one worker, of which each GPU has one: nine tenths of ${tierGib(spec)}, as a full volume evicts the pod, / ${role?.gpusPerPod}`,
    source: LMCACHE,
  },
  {
    setting: 'env LMCACHE_EXTRA_CONFIG',
    why: 'direct I/O takes whole sectors only, which blocks rarely are',
    source: LMCACHE,
  },
  {
    setting: 'env PROMETHEUS_MULTIPROC_DIR',
    why: 'the processes of a server report their counts in files, which one of them adds up',
    source: 'llm-d/llm-d guides/tiered-prefix-cache/modelserver/gpu/vllm/lmcache-connector/cpu/base',
  },
  { setting: '* **.volumes.lmcache-metrics', why: 'for these files', source: LMCACHE },
  { setting: '* **.volumeMounts.lmcache-metrics', why: 'for these files', source: LMCACHE },
];

function tierGib({ kvCache }: ServingStackSpec): number {
  const tier = kvCache?.offload?.tier;
  return tier?.kind === 'local-ssd' ? tier.sizeGib : 0;
}

function sharedMemorySaid(stack: Stack): string {
  const each = stack.roles.map((role) => {
    const offloaded = offloadedSharedMemoryGib(stack, role);
    const blocks = offloaded === 0 ? '' : ` + ${offloaded} for blocks that left the GPU`;
    return `${role.role}: ${role.resources.sharedMemoryGib} GiB${blocks}`;
  });
  return `what ranks of a pod hand each other, and vLLM's own offloading; ${each.join('; ')}`;
}
