/** How pods are compared, for each kind of scoring: what one that does all does, and what the two sides of a disaggregated stack do. */
import type { StackGateway } from '../../../../shared/domain/serving/resolve-gateway.ts';
import { KV_EVENTS_PORT, KV_HASH_SEED, kvBlockTokensOf } from '../../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Stack } from '../../../../shared/domain/serving/resolved-stack.ts';
import { labelKeys } from '../../labels.ts';
import type { PickerPlan, Use } from './picker-config.ts';
import { type Plugin, plain } from './plugins.ts';

/** Filters and scorers, in the order in which they apply; whoever builds the profile adds the filter of its role. */
export interface Scoring {
  readonly single: readonly Use[];
  readonly prefill: readonly Use[];
  readonly decode: readonly Use[];
  readonly standing: readonly Plugin[];
  readonly sources: PickerPlan['sources'];
}

type ScoringOf = (stack: Stack, gateway: StackGateway) => Scoring;

/** Of the tokenizer beside the picker: llm-d/llm-d-router config/charts/routerlib/values.yaml. */
export const TOKENIZER_PORT = 8000;

export const scoringOf: { readonly [K in StackGateway['scoring']]: ScoringOf } = {
  'load-aware': (stack, gateway) =>
    gateway.peakPrefillTokensPerSecond === undefined
      ? byLoad(stack, gateway)
      : byMeasuredLoad(stack, gateway.peakPrefillTokensPerSecond),
  'precise-prefix': byReportedPrefix,
  'predicted-latency': byPredictedLatency,
};

/** llm-d/llm-d-router config/charts/routerlib/templates/_config.yaml; for two roles llm-d/llm-d guides/wide-ep/router. */
const QUEUE: Use = { plugin: plain('queue-scorer'), weight: 2 };
const KV_CACHE: Use = { plugin: plain('kv-cache-utilization-scorer'), weight: 2 };
const PREFIX: Use = { plugin: plain('prefix-cache-scorer'), weight: 3 };
const ACTIVE: Use = { plugin: plain('active-request-scorer'), weight: 2 };
const BEST = { plugin: plain('max-score-picker') };

function byLoad(stack: Stack, { prefillWhen }: StackGateway): Scoring {
  // Keys and values of a conversation are on its decode pod; whether they are matters to who decides by them.
  const decodePrefix = typeof prefillWhen === 'object' ? [PREFIX] : [];
  return {
    single: [QUEUE, KV_CACHE, PREFIX, BEST],
    prefill: [PREFIX, QUEUE, KV_CACHE, BEST],
    decode: [...decodePrefix, ACTIVE, BEST],
    standing: [approximatePrefixes(stack)],
    sources: [],
  };
}

/** llm-d/llm-d guides/optimized-baseline/router and guides/pd-disaggregation/router: for a peak that was measured on this model and machine. */
function byMeasuredLoad(stack: Stack, peakPrefillThroughput: number): Scoring {
  const affinity = { plugin: { type: 'prefix-cache-affinity-filter', parameters: { peakPrefillThroughput } } } as const;
  const tokens = { plugin: plain('token-load-scorer') };
  return {
    single: [affinity, tokens, BEST],
    prefill: [affinity, tokens, BEST],
    decode: [ACTIVE, BEST],
    standing: [approximatePrefixes(stack), plain('inflight-load-producer')],
    sources: [],
  };
}

/** No more of a prompt is compared than there can be; 131,072 tokens, the plugin's own, where nobody said (its README). */
function approximatePrefixes({ model: { maxContextTokens = 131_072 } }: Stack): Plugin {
  return { type: 'approx-prefix-cache-producer', parameters: { maxPrefixTokensToMatch: maxContextTokens } };
}

/** llm-d/llm-d guides/precise-prefix-cache-routing/router; llm-d/llm-d-router deploy/config/epp-precise-prefix-cache-config.yaml. */
function byReportedPrefix(stack: Stack): Scoring {
  const producer = reportedPrefixes(stack);
  const prefix: Use = {
    plugin: {
      type: 'prefix-cache-scorer',
      parameters: { prefixMatchInfoProducerName: 'precise-prefix-cache-producer' },
    },
    weight: 3,
  };
  return {
    single: [QUEUE, KV_CACHE, prefix, BEST],
    prefill: [prefix, QUEUE, KV_CACHE, BEST],
    decode: [prefix, ACTIVE, BEST],
    standing: [tokens(stack), producer],
    sources: [
      { source: plain('metrics-data-source'), extractor: plain('core-metrics-extractor') },
      // It connects to a pod's events as soon as the pod is an endpoint.
      { source: plain('endpoint-notification-source'), extractor: producer },
    ],
  };
}

function reportedPrefixes(stack: Stack): Plugin {
  const blockSizeTokens = kvBlockTokensOf(stack);
  return {
    type: 'precise-prefix-cache-producer',
    parameters: {
      tokenProcessorConfig: {
        ...(blockSizeTokens !== undefined && { blockSizeTokens }),
        hashSeed: KV_HASH_SEED,
      },
      speculativeIndexing: true,
      kvEventsConfig: {
        topicFilter: 'kv@',
        concurrency: 8,
        discoverPods: true,
        podDiscoveryConfig: { socketPort: KV_EVENTS_PORT },
      },
    },
  };
}

/** Blocks are found by the very tokens of the model; an estimate, the default, would find none (README of token-producer). */
function tokens({ model }: Stack): Plugin {
  const vllm = { url: `http://localhost:${TOKENIZER_PORT}` };
  return { type: 'token-producer', parameters: { modelName: model.id, vllm } };
}

/** llm-d/llm-d guides/predicted-latency-routing/router, the files predicted-latency-slo and predicted-latency-pd. */
function byPredictedLatency(stack: Stack): Scoring {
  const pick = { plugin: plain('weighted-random-picker') };
  const loose = affinity('loose-affinity-filter', 0.8);
  const isDisaggregated = stack.roles.length > 1;
  return {
    single: [
      { plugin: affinity('strict-affinity-filter', 0.99) },
      { plugin: plain('slo-headroom-tier-filter') },
      { plugin: loose },
      { plugin: plain('latency-scorer') },
      pick,
    ],
    prefill: [{ plugin: loose }, { plugin: latency('ttft-scorer', { ttftWeight: 1, tpotWeight: 0 }) }, pick],
    decode: [{ plugin: latency('tpot-scorer', { ttftWeight: 0, tpotWeight: 1 }) }, pick],
    standing: [
      approximatePrefixes(stack),
      {
        type: 'predicted-latency-producer',
        // Times to the next token are learnt from gaps within a stream, and only of pods that decode.
        parameters: { streamingMode: true, ...(isDisaggregated && { endpointRoleLabel: labelKeys.role }) },
      },
      ...(isDisaggregated ? [] : [plain('latency-slo-admitter')]),
    ],
    sources: [],
  };
}

function affinity(name: string, affinityThreshold: number): Plugin {
  const parameters = { affinityThreshold, ttftSource: 'latencyPredictor', maxTTFTPenaltyMs: 5000 } as const;
  return { type: 'prefix-cache-affinity-filter', name, parameters };
}

function latency(name: string, parameters: { readonly ttftWeight: number; readonly tpotWeight: number }): Plugin {
  return { type: 'latency-scorer', name, parameters };
}
