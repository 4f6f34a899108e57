/**
 * Plugins of llm-d's endpoint picker that stacks use, with the parameters that we write; all others keep their defaults
 * (llm-d/llm-d-router cmd/epp/runner/runner.go and the README of each plugin under pkg/epp/framework/plugins, at v0.10.0).
 */
export type Plugin =
  | Plain<PlainPlugin>
  | With<'approx-prefix-cache-producer', { readonly maxPrefixTokensToMatch: number }>
  | With<'prefix-cache-scorer', { readonly prefixMatchInfoProducerName: 'precise-prefix-cache-producer' }>
  | With<'prefix-cache-affinity-filter', { readonly peakPrefillThroughput: number }>
  | Named<'prefix-cache-affinity-filter', PredictedAffinity>
  | With<'disagg-profile-handler', { readonly deciders: { readonly prefill: PrefillDecider } }>
  | With<'prefix-based-pd-decider', { readonly nonCachedTokens: number }>
  | With<'predicted-latency-producer', { readonly streamingMode: true; readonly endpointRoleLabel?: string }>
  | Named<'latency-scorer', { readonly ttftWeight: number; readonly tpotWeight: number }>
  | With<'token-producer', { readonly modelName: string; readonly vllm: { readonly url: string } }>
  | With<'precise-prefix-cache-producer', PrecisePrefixCache>
  | With<'utilization-detector', { readonly queueDepthThreshold?: number; readonly kvCacheUtilThreshold?: number }>
  | With<'concurrency-detector', { readonly maxConcurrency: number }>;

type PlainPlugin =
  | 'active-request-scorer'
  | 'always-disagg-pd-decider'
  | 'core-metrics-extractor'
  | 'decode-filter'
  | 'edf-ordering-policy'
  | 'endpoint-notification-source'
  | 'fcfs-ordering-policy'
  | 'global-strict-fairness-policy'
  | 'inflight-load-producer'
  | 'kv-cache-utilization-scorer'
  | 'latency-scorer'
  | 'latency-slo-admitter'
  | 'max-score-picker'
  | 'metrics-data-source'
  | 'prefill-filter'
  | 'prefix-cache-scorer'
  | 'queue-scorer'
  | 'round-robin-fairness-policy'
  | 'slo-deadline-ordering-policy'
  | 'slo-headroom-tier-filter'
  | 'token-load-scorer'
  | 'utilization-detector'
  | 'weighted-random-picker';

export type PrefillDecider = 'always-disagg-pd-decider' | 'prefix-based-pd-decider';

interface Plain<T extends string> {
  readonly type: T;
}

interface With<T extends string, P> {
  readonly type: T;
  readonly parameters: P;
}

/** One of several of a type. */
interface Named<T extends string, P> extends With<T, P> {
  readonly name: string;
}

interface PredictedAffinity {
  /** Part of the prompt that a pod must have, 0..1. */
  readonly affinityThreshold: number;
  readonly ttftSource: 'latencyPredictor';
  /** Milliseconds to the first token that a cached prefix may cost before any pod will do. */
  readonly maxTTFTPenaltyMs: number;
}

interface PrecisePrefixCache {
  readonly tokenProcessorConfig: { readonly blockSizeTokens?: number; readonly hashSeed: string };
  /** A prefix counts as cached from the moment that its request was sent, not from the pod's report. */
  readonly speculativeIndexing: true;
  readonly kvEventsConfig: {
    readonly topicFilter: string;
    readonly concurrency: number;
    readonly discoverPods: true;
    readonly podDiscoveryConfig: { readonly socketPort: number };
  };
}

export function plain<T extends PlainPlugin>(type: T): Plain<T> {
  return { type };
}
