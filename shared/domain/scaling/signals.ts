/** What is measured of a served model, with its doubt: a value that is not there is never a zero (D4). */

/** Where a sample was read. The fresher source wins; which one won is part of every explanation. */
export type SignalSource =
  /** `/metrics` of the model servers, through the API server's pod proxy. */
  | 'modelServer'
  /** `/metrics` of the endpoint picker (EPP), through the API server's pod proxy. */
  | 'endpointPicker'
  /** Cloud Monitoring (Managed Service for Prometheus): minutes behind, but there when the cluster cannot be asked. */
  | 'monitoring';

export type Sample =
  | { readonly kind: 'value'; readonly value: number; readonly atMs: number; readonly source: SignalSource }
  /** Older than the service's `signals.maxAgeSeconds` allows. */
  | { readonly kind: 'stale'; readonly value: number; readonly atMs: number; readonly source: SignalSource }
  | { readonly kind: 'missing'; readonly reason: string }
  /** There, but not a number that can be true (negative, NaN, a ratio above 1). */
  | { readonly kind: 'invalid'; readonly reason: string; readonly source: SignalSource };

/** Gauges of one model server pod; of a LeaderWorkerSet group only the leader serves. */
export interface PodSignals {
  readonly pod: string;
  /** Requests that wait for the engine (`vllm:num_requests_waiting`; on decode only those that wait for capacity). */
  readonly queuedRequests: Sample;
  readonly runningRequests: Sample;
  /** Used part of the KV cache, 0..1. */
  readonly kvCacheUsedRatio: Sample;
}

export interface RoleSignals {
  /** One entry per serving pod that exists, whether or not anything could be read of it. */
  readonly pods: readonly PodSignals[];
  /** Prompt tokens accepted and not yet prefilled (`llm_d_epp_inflight_tokens`), all pods of the role together. */
  readonly inflightTokens: Sample;
}

/** Signals of the whole service, seen at its entrance. */
export interface ServiceSignals {
  /**
   * Whether the endpoint picker holds requests back. On: the queue is there, and `vllm:num_requests_waiting` stays near zero whatever
   * the load; off: the queue is in the model servers (llm-d/llm-d guides/workload-autoscaling). The two are never added up. Absent:
   * nobody could tell, which is what a picker that could not be read leaves behind.
   */
  readonly flowControl?: 'on' | 'off';
  /** Requests held by the endpoint picker's flow control; missing where flow control is off. */
  readonly heldRequests: Sample;
  /** Requests between arrival and last token. */
  readonly runningRequests: Sample;
  /** Highest saturation of the pool, 0..1 and above (`llm_d_epp_flow_control_pool_saturation`). */
  readonly saturationRatio: Sample;
  /** Requests that ended per second over the last minutes, from counters; a reset of the counter is not a negative rate. */
  readonly completedRequestsPerSecond: Sample;
  /** 90th percentile over the last minutes, seconds. */
  readonly ttftP90Seconds: Sample;
  readonly tpotP90Seconds: Sample;
}
