/** What is measured, by name. On the wire counters end in `_total` and buckets of histograms in `_bucket`. */
import { endpointPickerMetrics, latencyHistograms } from '../../../shared/domain/metrics/names.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { roleLabels } from '../labels.ts';
import type { Matchers } from './promql.ts';

/** vLLM: vllm-project/vllm vllm/v1/metrics/loggers.py, vllm/distributed/kv_transfer/kv_connector/v1/nixl (transfers). */
export const serverMetrics = {
  ...latencyHistograms,
  running: 'vllm:num_requests_running',
  waiting: 'vllm:num_requests_waiting',
  /** With `reason`: `capacity`, or `deferred` for those that wait for keys and values, which no further replica speeds up. */
  waitingByReason: 'vllm:num_requests_waiting_by_reason',
  kvCacheUsedRatio: 'vllm:kv_cache_usage_perc',
  prefixQueries: 'vllm:prefix_cache_queries_total',
  prefixHits: 'vllm:prefix_cache_hits_total',
  preemptions: 'vllm:num_preemptions_total',
  finished: 'vllm:request_success_total',
  failedTransfers: 'vllm:nixl_num_failed_transfers_total',
  expiredTransfers: 'vllm:nixl_num_kv_expired_reqs_total',
} as const;

/** Endpoint picker: llm-d/llm-d-router docs/metrics.md. The older names are still there beside these, so nothing here asks for both. */
export const pickerMetrics = {
  held: endpointPickerMetrics.heldRequests[0].name,
  running: endpointPickerMetrics.runningRequests[0].name,
  inflightTokens: endpointPickerMetrics.inflightTokens[0].name,
  requests: 'llm_d_epp_request_total',
  /** Not there before the first error. */
  errors: 'llm_d_epp_request_error_total',
  timeToFirstToken: 'llm_d_epp_request_ttft_seconds',
  timePerOutputToken: 'llm_d_epp_request_streaming_tpot_seconds',
  /** There as long as the picker is, whatever the traffic. */
  readyEndpoints: 'llm_d_epp_ready_endpoints',
  /** Made anew of the endpoints that there are, at each scrape. */
  endpointQueue: 'llm_d_epp_per_endpoint_queue_size',
} as const;

/** Labels that a monitor copies from pods to their series. */
export const seriesLabels = { stack: 'stack', role: 'role' } as const;

/** Series of the stack. Rules see only their own cluster and namespace. */
export function ofStack({ name }: Pick<Stack, 'name'>): Matchers {
  return { [seriesLabels.stack]: name };
}

/** Series of one role's servers. */
export function ofRole(stack: Pick<Stack, 'name'>, role: keyof typeof roleLabels): Matchers {
  return { ...ofStack(stack), [seriesLabels.role]: roleLabels[role] };
}
