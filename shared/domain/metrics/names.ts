/**
 * Names of what is read, newest first. Of one quantity only the first name that is there counts: old and new names are emitted side
 * by side for some releases, and adding them up would count everything twice.
 */
export interface MetricName {
  readonly name: string;
  /** Only series with these labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** vLLM: vllm-project/vllm vllm/v1/metrics/loggers.py; renamed from the `gpu_` names in V1. */
export const modelServerMetrics = {
  /** `deferred` requests wait for a KV transfer or an adapter, which another replica does not speed up. */
  queuedRequests: [
    { name: 'vllm:num_requests_waiting_by_reason', labels: { reason: 'capacity' } },
    { name: 'vllm:num_requests_waiting' },
  ],
  runningRequests: [{ name: 'vllm:num_requests_running' }],
  kvCacheUsedRatio: [{ name: 'vllm:kv_cache_usage_perc' }, { name: 'vllm:gpu_cache_usage_perc' }],
  completedRequests: [{ name: 'vllm:request_success_total' }],
} as const satisfies Readonly<Record<string, readonly MetricName[]>>;

/** Distributions of latencies that objectives are stated in, seconds; of the same file. */
export const latencyHistograms = {
  timeToFirstToken: 'vllm:time_to_first_token_seconds',
  timePerOutputToken: 'vllm:inter_token_latency_seconds',
} as const;

/**
 * Endpoint picker: llm-d/llm-d-router pkg/epp/metrics; before, `inference_extension_*` and `inference_objective_*` of
 * kubernetes-sigs/gateway-api-inference-extension. The token counter has no older name.
 */
export const endpointPickerMetrics = {
  heldRequests: [
    { name: 'llm_d_epp_flow_control_queue_size' },
    { name: 'inference_extension_flow_control_queue_size' },
  ],
  runningRequests: [
    { name: 'llm_d_epp_request_running' },
    { name: 'inference_objective_running_requests' },
    { name: 'inference_model_running_requests' },
  ],
  saturationRatio: [
    { name: 'llm_d_epp_flow_control_pool_saturation', labels: { stage: 'effective' } },
    { name: 'llm_d_epp_flow_control_pool_saturation' },
    { name: 'inference_extension_flow_control_pool_saturation' },
  ],
  inflightTokens: [{ name: 'llm_d_epp_inflight_tokens' }],
} as const satisfies Readonly<Record<string, readonly MetricName[]>>;

function namesOf(metrics: Readonly<Record<string, readonly MetricName[]>>): ReadonlySet<string> {
  return new Set(
    Object.values(metrics)
      .flat()
      .map(({ name }) => name),
  );
}

/** What to keep of a model server's answer. */
export const modelServerNames = namesOf(modelServerMetrics);
/** What to keep of an endpoint picker's answer. */
export const endpointPickerNames = namesOf(endpointPickerMetrics);
