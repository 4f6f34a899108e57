/** What is meant where a ServingStack says nothing. Each figure with its source; the parts around the pods have their own. */

/** llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base; docs/operations/lifecycle/graceful-shutdown.md. */
export const drainDefaults = {
  /** Until every gateway proxy and endpoint picker has noticed that a pod goes. */
  preStopSeconds: 15,
  /** For answers in flight. vLLM's own default is 0, which aborts them (vLLM `--shutdown-timeout`). */
  drainSeconds: 45,
  /** For the process to end after that: kserve/kserve pkg/controller/v1alpha2/llmisvc/config_merge.go keeps 5, llm-d's guide 15. */
  exitSeconds: 15,
} as const;

/** llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base: 120 times 30 s. */
export const startupDefaults = {
  budgetSeconds: 3600,
  /** Shorter than llm-d's 30 s: a pod that is ready stands idle for half of it. */
  probePeriodSeconds: 10,
  /** A Deployment reports a failure later than that its own pods were given up; scheduling and pulling come before the first probe. */
  progressMarginSeconds: 600,
} as const;

/** llm-d/llm-d-router pkg/sidecar/proxy/options.go; vLLM `VLLM_NIXL_SIDE_CHANNEL_PORT`; llm-d/llm-d guides/wide-ep-lws. */
export const portDefaults = {
  serving: 8000,
  /** Where a routing sidecar has the other. */
  behindSidecar: 8200,
  supervisor: { direct: 8008, behindSidecar: 8208 },
  sideChannel: 5600,
  /** Where the leader of a group gathers its workers: vLLM's own default for `--master-port` (vllm/config/parallel.py). */
  group: 29_501,
  /** Between ranks of data parallelism (llm-d/llm-d guides/wide-ep-lws). */
  dataParallelRpc: 5555,
  /** Ray's head node: the default of `ray start --port`. */
  ray: 6379,
} as const;

/**
 * Of each GPU of a pod. llm-d/llm-d guides/pd-disaggregation gives 4 CPUs and 16 GiB a GPU for decode; the machines have more (26 to 28
 * CPUs, 368 GiB a GPU on A3 Ultra). What a model needs beyond that, its owner writes. A rank of expert parallelism is a server of its own:
 * llm-d/llm-d guides/wide-ep gives 512 GiB to eight.
 */
export const podResourceDefaults = {
  cpuPerGpu: 4,
  memoryGibPerGpu: { tensor: 32, expert: 64 },
  sharedMemoryGib: 20,
} as const;

/** Tokens; the same on both sides of a disaggregated stack (llm-d/llm-d guides/pd-disaggregation). */
export const DISAGGREGATED_BLOCK_TOKENS = 128;
