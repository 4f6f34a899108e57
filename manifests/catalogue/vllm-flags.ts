/** Flags of `vllm serve` that the builders write, and since which version they are there. */

interface FlagFacts {
  /** First version that has it; absent: older than anything that is offered. */
  readonly since?: string;
  /** First version in which it does what it says, where that came later: older ones are refused. */
  readonly soundSince?: string;
  /** Why a stack sets it, as the rest of a sentence. */
  readonly why: string;
  /** The owner may set it where the builders do not: it tunes, and nothing else hangs on it. */
  readonly isTunable?: true;
  readonly source: string;
}

const PARALLELISM = 'vllm-project/vllm docs/serving/parallelism_scaling.md';
const LLM_D = 'llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base';
const DRAIN = 'kserve/kserve pkg/controller/v1alpha2/llmisvc/config_merge.go';
const PREFIX_CACHING = 'vllm-project/vllm docs/features/automatic_prefix_caching.md';
const WIDE_EP = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/base';
/** In 0.23 and 0.24 ranks under a supervisor fail (llm-d/llm-d guides/wide-ep/README.md; vllm-project/vllm pull request 46628). */
const SOUND_SUPERVISOR = '0.25.0';

export const vllmFlags = {
  '--port': { why: 'where the model server listens', source: LLM_D },
  '--served-model-name': {
    why: 'the name that requests ask for, also the label model_name of its metrics',
    source: LLM_D,
  },
  '--revision': { why: 'replicas load the same weights, whenever they start', source: LLM_D },
  '--max-model-len': {
    why: 'the context that was asked for; more would take memory from other requests',
    source: LLM_D,
  },
  '--tensor-parallel-size': { why: 'one rank for each GPU of the pod', source: PARALLELISM },
  '--pipeline-parallel-size': { why: 'one stage for each node of the group', source: PARALLELISM },
  '--shutdown-timeout': { since: '0.18.0', why: 'requests in flight end; the default, 0, aborts them', source: DRAIN },
  '--disable-access-log-for-endpoints': {
    since: '0.16.0',
    why: 'probes and scrapes would be most of the log',
    source: DRAIN,
  },
  '--nnodes': { since: '0.12.0', why: 'how many nodes the group has, without Ray', source: PARALLELISM },
  '--node-rank': { since: '0.12.0', why: 'which node of the group this is', source: PARALLELISM },
  '--master-addr': { since: '0.12.0', why: 'where the leader of the group is', source: PARALLELISM },
  '--master-port': { since: '0.12.0', why: 'where the leader gathers its group', source: PARALLELISM },
  '--headless': { why: 'a worker computes and answers nobody', source: PARALLELISM },
  '--distributed-timeout-seconds': {
    since: '0.18.0',
    why: 'pods of a group wait for one another while nodes are made and weights arrive; the default, 600 s, is shorter than a start may take',
    source: 'vllm-project/vllm pull request 36047',
  },
  '--distributed-executor-backend': { why: 'Ray is used only where it is asked for', source: PARALLELISM },
  '--block-size': { why: 'prefill and decode hand over whole blocks, so both have the same', source: LLM_D },
  '--gpu-memory-utilization': {
    why: "the part of each GPU's memory that weights and cache may take together",
    source: 'vllm-project/vllm vllm/config/cache.py',
  },
  '--enable-prefix-caching': { why: 'equal beginnings of prompts are computed once', source: PREFIX_CACHING },
  '--no-enable-prefix-caching': { why: 'the document switches the reuse of blocks off', source: PREFIX_CACHING },
  '--kv-events-config': {
    why: 'the endpoint picker is told which blocks a pod holds',
    source: 'llm-d/llm-d guides/precise-prefix-cache-routing/modelserver/gpu/vllm/base',
  },
  '--no-disable-hybrid-kv-cache-manager': {
    why: 'with a connector vLLM gives layers with a sliding window the memory of full ones, unless it is told not to',
    source: LLM_D,
  },
  '--kv-transfer-config': { why: 'how keys and values get from one server to another', source: LLM_D },
  '--enable-expert-parallel': { why: 'experts are spread over all ranks', source: WIDE_EP },
  '--data-parallel-size': { why: 'one rank for each GPU of the group', source: WIDE_EP },
  '--data-parallel-size-local': { why: 'the ranks of this pod', source: WIDE_EP },
  '--data-parallel-address': { why: 'where the first rank of the group is', source: WIDE_EP },
  '--data-parallel-rpc-port': { why: 'the same on all pods of the group', source: WIDE_EP },
  '--data-parallel-start-rank': {
    why: 'the first rank of this pod: its place in the group × the ranks of a pod',
    source: WIDE_EP,
  },
  '--data-parallel-multi-port-external-lb': {
    since: '0.22.0',
    soundSince: SOUND_SUPERVISOR,
    why: 'each rank has a port, so that the endpoint picker can choose among ranks; a supervisor answers for the pod',
    source: 'vllm-project/vllm vllm/entrypoints/launchers/dp_supervisor.py',
  },
  '--data-parallel-supervisor-port': {
    since: '0.22.0',
    soundSince: SOUND_SUPERVISOR,
    why: 'where probes ask: it is ready when all ranks of the pod are; outside the ports of the ranks',
    source: 'vllm-project/vllm vllm/entrypoints/launchers/dp_supervisor.py',
  },
  '--all2all-backend': {
    since: '0.12.0',
    isTunable: true,
    why: 'how tokens get to their experts: by DeepEP, whose first version has a way of high throughput for prompts and one of low latency for answers, or by collectives of NCCL',
    source: 'vllm-project/vllm docs/serving/expert_parallel_deployment.md',
  },
  '--enable-dbo': { isTunable: true, why: 'half of a batch is computed while the other half travels', source: WIDE_EP },
  '--dbo-decode-token-threshold': {
    isTunable: true,
    why: 'smaller batches are not worth dividing',
    source: WIDE_EP,
  },
  '--max-num-seqs': {
    isTunable: true,
    why: 'the low-latency kernels have buffers for so many tokens of a rank, one of each request',
    source: WIDE_EP,
  },
  '--max-num-batched-tokens': {
    isTunable: true,
    why: 'the low-latency kernels have buffers for so many tokens of a rank',
    source: WIDE_EP,
  },
  '--load-format': {
    isTunable: true,
    why: 'weights go from the bucket straight into the GPUs, many pieces at once',
    source: 'GKE documentation, "Accelerate model loading on GKE with Run:ai Model Streamer and vLLM"',
  },
  '--safetensors-load-strategy': {
    since: '0.11.0',
    isTunable: true,
    why: 'a network file system is read file by file; mapped into memory it is read in small pieces, out of order',
    source: 'vllm-project/vllm vllm/config/load.py',
  },
  '--enable-sleep-mode': {
    why: 'replicas can give their GPU memory back and stay',
    source: 'vllm-project/vllm docs/features/sleep_mode.md',
  },
} as const satisfies { readonly [flag: `--${string}`]: FlagFacts };

export type VllmFlagName = keyof typeof vllmFlags;
