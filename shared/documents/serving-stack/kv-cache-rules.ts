/** What cannot be kept where, and since which version of vLLM it can. */
import type { Problem } from '../../domain/problem.ts';
import { compareReleases } from '../../domain/serving/release.ts';
import { offloadOf } from '../../domain/serving/resolved-kv-cache.ts';
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import type { StackRule } from './rule.ts';

/** kserve/kserve pkg/controller/v1alpha2/llmisvc: as a connector of `--kv-transfer-config`. */
const NATIVE_OFFLOAD_SINCE = '0.22.0';
/** docs.vllm.ai/en/v0.26.0 "KV Offloading Usage Guide": the first that documents the tier `fs` as it is written here. */
const FILE_TIER_SINCE = '0.26.0';

/** Sizes that vLLM's attention kernels have (vLLM config/cache.py). */
const BLOCK_SIZES: readonly number[] = [16, 32, 64, 128, 256];

/** A disk of a machine with local SSD has 375 GB (Compute Engine documentation, "About Local SSD disks"). */
const LOCAL_SSD_GIB = 375e9 / 2 ** 30;

const blockSizeIsKnown: StackRule = ({ spec: { kvCache } }) => {
  const value = kvCache?.blockTokens;
  if (value === undefined || BLOCK_SIZES.includes(value)) return [];
  const nearest = BLOCK_SIZES.find((size) => size > value) ?? BLOCK_SIZES.at(-1);
  return [
    {
      field: 'spec.kvCache.blockTokens',
      value,
      rule: `must be one of ${BLOCK_SIZES.join(', ')}`,
      fix: `use ${nearest}`,
    },
  ];
};

/** Both are about blocks that come again: without reuse they would be written and never read. */
const reuseIsOn: StackRule = ({ spec: { kvCache } }) => {
  if (kvCache?.prefixCaching !== false) return [];
  const wanting = [
    ...(kvCache.offload === undefined ? [] : ['offload']),
    ...(kvCache.events === true ? ['events'] : []),
  ];
  if (wanting.length === 0) return [];
  const rule = `must not be false with ${wanting.join(' and ')}, which serve blocks that are used again`;
  return [{ field: 'spec.kvCache.prefixCaching', value: false, rule, fix: `remove it, or ${wanting.join(' and ')}` }];
};

const engineCanOffload: StackRule = ({ engine: { version }, spec: { kvCache } }) => {
  const offload = kvCache?.offload;
  if (offload === undefined || offload.connector === 'lmcache') return [];
  const since = offload.tier === undefined ? NATIVE_OFFLOAD_SINCE : FILE_TIER_SINCE;
  if (compareReleases(version, since) >= 0) return [];
  const what = offload.tier === undefined ? 'offload' : 'offload.tier';
  const rule = `must be at least ${since} for spec.kvCache.${what}`;
  return [{ field: 'spec.engine.version', value: version, rule, fix: `use ${since} or newer, or remove ${what}` }];
};

/**
 * The ranks of a server share one file of memory: those on another node wait for it until they time out (vLLM issue 54415). Ranks of data
 * parallelism are servers of their own, each on one node.
 */
const offloadStaysOnANode: StackRule = (stack) => {
  const spanning = stack.roles.find((role) => offloadOf(stack, role) !== undefined && isOneServerOverNodes(role));
  if (spanning === undefined) return [];
  const rule = `must not be set where a server spans nodes (${spanning.role}: ${spanning.nodes}): its ranks share memory of one node`;
  return [{ ...offloadField(stack), rule, fix: 'remove it, or use one node a replica' }];
};

function isOneServerOverNodes({ nodes, parallelism }: StackRole): boolean {
  return nodes > 1 && parallelism.dataPerPod === 0;
}

/** Beside NIXL in one MultiConnector only vLLM's own is described (llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/multi-tier). */
const lmcacheIsAlone: StackRule = ({ roles, spec: { kvCache } }) => {
  if (kvCache?.offload?.connector !== 'lmcache' || roles.length === 1) return [];
  const rule = 'must not be lmcache with prefill and decode: beside NIXL it is not known to work';
  return [{ field: 'spec.kvCache.offload.connector', value: 'lmcache', rule, fix: 'use native' }];
};

/**
 * Its index of files is in the memory of the process that wrote them, and it removes by name what it may not be alone to count on
 * (LMCache/LMCache lmcache/v1/storage_backend/local_disk_backend.py; issue 1799).
 */
const lmcacheFilesAreOwn: StackRule = ({ spec: { kvCache } }) => {
  const { connector, tier } = kvCache?.offload ?? {};
  if (connector !== 'lmcache' || tier?.kind !== 'claim') return [];
  const rule =
    'must not be a claim with lmcache: a server finds only files that it wrote itself, and others delete these';
  const fix = 'use local-ssd, or the native connector, whose files all pods share';
  return [{ field: 'spec.kvCache.offload.tier.kind', value: 'claim', rule, fix }];
};

/** Pods of a node share its disks; weights and logs are on them too, so nine tenths. */
const localSsdHasRoom: StackRule = (stack) => {
  const { machine, spec } = stack;
  const tier = spec.kvCache?.offload?.tier;
  if (tier?.kind !== 'local-ssd') return [];
  const room = Math.floor((machine.localSsdCount * LOCAL_SSD_GIB * 9) / 10);
  const pods = Math.max(...stack.roles.filter((role) => offloadOf(stack, role)).map((role) => podsOfNode(stack, role)));
  if (tier.sizeGib * pods <= room) return [];
  const most = Math.floor(room / pods);
  const rule = `must be at most ${most}: ${pods} pods share ${room} GiB of local SSD on ${machine.machineType}`;
  return [
    {
      field: 'spec.kvCache.offload.tier.sizeGib',
      value: tier.sizeGib,
      rule,
      fix: most < 100 ? 'use a claim, with the native connector' : `use ${most}`,
    },
  ];
};

function podsOfNode({ machine }: Stack, { gpusPerPod }: StackRole): number {
  return Math.max(1, Math.floor(machine.gpuCount / gpusPerPod));
}

/** A topic names one endpoint, and all ranks of a pod would publish under the name of the first. */
const eventsNameOneServer: StackRule = ({ roles, spec: { kvCache } }) => {
  if (kvCache?.events !== true || roles.every(({ parallelism }) => parallelism.dataPerPod === 0)) return [];
  const rule =
    'must not be set with expert parallelism: the ranks of a pod would report their blocks as those of one server';
  return [{ field: 'spec.kvCache.events', value: true, rule, fix: 'remove it' }];
};

function offloadField({ spec }: Stack): Pick<Problem, 'field' | 'value'> {
  const offload = spec.kvCache?.offload;
  return { field: 'spec.kvCache.offload', value: offload && { ...offload } };
}

export const kvCacheRules: readonly StackRule[] = [
  blockSizeIsKnown,
  reuseIsOn,
  engineCanOffload,
  offloadStaysOnANode,
  lmcacheIsAlone,
  lmcacheFilesAreOwn,
  localSsdHasRoom,
  eventsNameOneServer,
];
