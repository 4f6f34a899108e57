/** What a `ModelService` document means where it says nothing. One list: the schema shows it, `resolveModelService` applies it. */
export const modelServiceDefaults = {
  /** `DefaultMetricsPort` of kubernetes-sigs/gateway-api-inference-extension `pkg/epp/server/runserver.go`; llm-d's router keeps it. */
  endpointPickerMetricsPort: 9090,
  role: {
    owner: 'inference-fleet',
    podsPerReplica: 1,
    /**
     * Where vLLM itself listens. On decode port 8000 belongs to the routing sidecar, which has no metrics of vLLM; the server is on 8200
     * (llm-d/llm-d `guides/pd-disaggregation/modelserver/gpu/vllm/base`, `guides/recipes/modelserver/base/single-host/pd/vllm`).
     */
    metricsPort: { aggregated: 8000, prefill: 8000, decode: 8200 },
    /**
     * The pod takes 2 to 7 minutes (llm-d/llm-d-workload-variant-autoscaler `docs/saturation-analyzer.md`), a node before it 3 to 4
     * (kubernetes/autoscaler `cluster-autoscaler/FAQ.md`): the slow end of both.
     */
    startupSeconds: 600,
  },
  poolOwner: 'inference-fleet',
  signals: {
    /** Ours: six scrapes of 15 s (the interval of llm-d's monitors) may fail before a sample is too old to decide by. */
    maxAgeSeconds: 90,
    sources: ['pods', 'monitoring'],
  },
  targets: {
    /** Thresholds of llm-d/llm-d `guides/workload-autoscaling/keda-epp/optimized-baseline/base/scaledobject.yaml`. */
    queuedRequestsPerReplica: 1,
    runningRequestsPerReplica: 16,
    /** Of llm-d/llm-d `guides/workload-autoscaling/keda-epp/README.md`; 1 is a pod with 5 queued requests or 80 % of its KV cache used. */
    saturationRatio: 0.7,
    /** Thresholds of llm-d/llm-d `guides/workload-autoscaling/keda-epp-token-aware/README.md`. */
    kvCacheUsedRatio: 0.8,
    prefillBacklogSeconds: 1.5,
  },
  /** `--horizontal-pod-autoscaler-tolerance` (kubernetes/kubernetes `pkg/controller/podautoscaler/config/v1alpha1/defaults.go`). */
  toleranceRatio: 0.1,
  /** Windows and rates of the same guide as the thresholds: at once and doubling every 15 s up, 300 s of calm before anything down. */
  up: { stabilizationSeconds: 0, maxPercentPerPeriod: 100, periodSeconds: 15 },
  down: { stabilizationSeconds: 300, maxPercentPerPeriod: 100, periodSeconds: 15 },
  /** Ours: after a replica was added, as many of its start-up times pass before one is taken away; else its start was for nothing. */
  cooldownAfterUpInStartups: 2,
  /** The ten minutes without activity that llm-d/llm-d-autoscaling issue 1531 proposes for prefill and decode together. */
  scaleToZeroAfterSeconds: 600,
} as const;
