/** Which connectors a role has: NIXL between prefill and decode, one to memory and files where blocks leave the GPU. */
import type { KvOffload } from '../../../shared/domain/serving/kv-cache.ts';
import { kvBlockTokensOf, offloadOf } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor } from '../pod/contribution.ts';
import { TIER_PATH } from './offload.ts';
import type { FileTiers, KvConnector, KvTransferConfig, LoadFailurePolicy, MemoryTier } from './transfer-config.ts';

const BYTES_PER_GIB = 2 ** 30;

/** Larger files than the GPU's blocks would make; llm-d/llm-d guides/tiered-prefix-cache/modelserver/gpu/vllm/native/fs. */
const FILE_BLOCK_TOKENS = 256;

export const kvTransfer: Contributor = (stack, role) => {
  const config = kvTransferConfig(stack, role);
  if (config === undefined) return {};
  const flag = { name: '--kv-transfer-config', value: { json: config } } as const;
  return { server: { flags: supportsHybridModels(stack, role) ? [flag, keepHybridCache] : [flag] } };
};

/** Undefined: keys and values stay where they were computed. */
function kvTransferConfig(stack: Stack, role: StackRole): KvTransferConfig | undefined {
  const offload = offloadOf(stack, role);
  const policy = policyOf(offload);
  if (role.role === 'aggregated') return offload && offloader(stack, role, { offload, policy });
  const kv_role = role.role === 'prefill' ? 'kv_producer' : 'kv_consumer';
  if (offload === undefined) return { kv_connector: 'NixlConnector', kv_role, ...policy };
  return {
    kv_connector: 'MultiConnector',
    kv_role: 'kv_both',
    ...policy,
    kv_connector_extra_config: {
      connectors: [{ kv_connector: 'NixlConnector', kv_role }, offloader(stack, role, { offload, policy: {} })],
    },
  };
}

/** Of one connector alone; those of a MultiConnector have none of their own. */
interface Policy {
  readonly kv_load_failure_policy?: LoadFailurePolicy;
}

/**
 * A block of a slower place that cannot be read is computed: who offloads computes prompts anyway. What decode does not get from prefill
 * fails the request, since computing it there delays the answers of all others (vLLM docs/features/nixl_connector_usage.md).
 */
function policyOf(offload: KvOffload | undefined): Required<Policy> {
  return { kv_load_failure_policy: offload === undefined ? 'fail' : 'recompute' };
}

interface Offloading {
  readonly offload: KvOffload;
  readonly policy: Policy;
}

function offloader(stack: Stack, role: StackRole, { offload, policy }: Offloading): KvConnector {
  if (offload.connector === 'lmcache') return { kv_connector: 'LMCacheConnectorV1', kv_role: 'kv_both', ...policy };
  const memory = { cpu_bytes_to_use: bytesOf(offload, role) };
  return {
    kv_connector: 'OffloadingConnector',
    kv_role: 'kv_both',
    ...policy,
    kv_connector_extra_config: offload.tier === undefined ? memory : fileTiers(memory, kvBlockTokensOf(stack)),
  };
}

/** Each rank of data parallelism is a server of its own, ranks of tensor parallelism are one together. 64 GiB of 8 ranks: 8 GiB each. */
function bytesOf({ cpuGib }: KvOffload, { parallelism }: StackRole): number {
  return Math.floor((cpuGib * BYTES_PER_GIB) / Math.max(1, parallelism.dataPerPod));
}

/** vLLM docs/features/kv_offloading_usage.md. */
function fileTiers(memory: MemoryTier, blockTokens = FILE_BLOCK_TOKENS): FileTiers {
  return {
    spec_name: 'TieringOffloadingSpec',
    ...memory,
    block_size: Math.max(FILE_BLOCK_TOKENS, blockTokens),
    secondary_tiers: [{ type: 'fs', root_dir: TIER_PATH }],
  };
}

/** LMCache's connector refuses to start with it (vLLM distributed/kv_transfer/kv_connector/factory.py). */
function supportsHybridModels(stack: Stack, role: StackRole): boolean {
  return offloadOf(stack, role)?.connector !== 'lmcache';
}

const keepHybridCache = { name: '--no-disable-hybrid-kv-cache-manager' } as const;
