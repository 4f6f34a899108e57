/** What is measured of the stack, by Managed Service for Prometheus; `{}` asks for all of the defaults. */
export type Monitoring = {
  /** 5..300; 15 when left out. */
  readonly intervalSeconds?: number;
  /**
   * `namespace` when left out: a PodMonitoring for each role. `cluster`: ClusterPodMonitorings for all stacks of the cluster, the
   * same from whichever stack they are rendered.
   */
  readonly scope?: 'namespace' | 'cluster';
  /**
   * Namespace of Google's collectors, who read the token that an endpoint picker with `metricsAuth` asks for: `gmp-system` when left out,
   * `gke-gmp-system` on Autopilot.
   */
  readonly collectorNamespace?: 'gmp-system' | 'gke-gmp-system';
  /** Recording and alerting rules; true when left out. */
  readonly rules?: boolean;
  /** What is promised to users, of which alerts tell when it is broken. */
  readonly objectives?: LatencyObjectives;
  /** A DCGM exporter of yours, which reports what GKE's own does not: XID and memory errors. Alerts on them, in its namespace. */
  readonly gpuExporter?: { readonly namespace: string };
};

/** Seconds, at the 99th percentile for alerts and the 90th for scaling. */
export type LatencyObjectives = {
  /** Time to first token. */
  readonly ttftSeconds?: number;
  /** Between two tokens. */
  readonly itlSeconds?: number;
};
