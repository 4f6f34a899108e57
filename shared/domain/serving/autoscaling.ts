/** Autoscalers of the cluster, for those who do not let inference-fleet scale: one for each role. */
export type Autoscaling = {
  /** `hpa` needs Google's adapter of custom metrics in the cluster, `keda` needs KEDA; a cluster can have only one of the two. */
  readonly kind: 'hpa' | 'keda';
  /** Name of the GKE cluster: what is asked of Cloud Monitoring is asked of the whole project, where another cluster may have the same namespace. */
  readonly cluster?: string;
  /**
   * `queue` when left out: requests that wait and that run. `slo`: latency against `monitoring.objectives`. `tokens`: seconds of prompt
   * tokens not yet prefilled, by `gateway.peakPrefillTokensPerSecond`, and keys and values in use.
   */
  readonly signal?: 'queue' | 'slo' | 'tokens';
  /** Of each role; 1 when left out. */
  readonly minReplicas?: number;
  /** Of each role. */
  readonly maxReplicas: number;
  /** Bounds of a role that differ. */
  readonly prefill?: ReplicaBounds;
  readonly decode?: ReplicaBounds;
  /** What one replica may have, on the mean of all. */
  readonly targets?: ScalingTargets;
};

export type ReplicaBounds = { readonly minReplicas?: number; readonly maxReplicas?: number };

export type ScalingTargets = {
  /** Requests held by the endpoint picker; 1 when left out. */
  readonly heldRequests?: number;
  /** Requests that wait in the model server; 5 when left out. */
  readonly queuedRequests?: number;
  /** Requests under way; 16 when left out. */
  readonly runningRequests?: number;
  /** Used part of the KV cache, 0..1; 0.8 when left out. */
  readonly kvCacheUsedRatio?: number;
  /** Seconds of prefill that stand before a replica; 1.5 when left out. */
  readonly prefillBacklogSeconds?: number;
};
