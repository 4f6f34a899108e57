/** What the answers of pods say of a service. Pure: who asks them is functions/scale-replicas/ask-pods.ts. */
import type { PodSignals, RoleSignals, Sample, ServiceSignals } from '../scaling/signals.ts';
import { type CounterMemory, type CounterReading, readRate, rememberCounters } from './counters.ts';
import { type GaugeRule, readGauge } from './gauges.ts';
import { endpointPickerMetrics, endpointPickerNames, modelServerMetrics, modelServerNames } from './names.ts';
import { parsePrometheusText, type PrometheusMetrics } from './prometheus-text.ts';

/** A text, or why there is none. */
export type Answer = { readonly text: string } | { readonly failure: string };

/** What one pod said when it was asked. */
export interface PodAnswer {
  readonly pod: string;
  readonly answer: Answer;
}

/** One round of questions to all pods of a service, and the counters of the round before. */
export interface ServingAnswers {
  readonly servedModelName: string;
  /** Model servers by role. */
  readonly roles: Readonly<Record<string, readonly PodAnswer[]>>;
  /** The picker's pods; undefined: the service has none. */
  readonly endpointPicker: readonly PodAnswer[] | undefined;
  readonly atMs: number;
  /** Undefined in the first round: counters tell nothing without an earlier reading. */
  readonly counters: CounterMemory | undefined;
}

/** `counters` are for the next round. */
export interface ServingSignals {
  readonly roles: Readonly<Record<string, RoleSignals>>;
  readonly service: ServiceSignals;
  readonly counters: CounterMemory;
}

/** Everything that pods said of one service, as samples: each names what is missing, and nothing absent becomes 0. */
export function readServingSignals(answers: ServingAnswers): ServingSignals {
  const { atMs, counters, servedModelName } = answers;
  const servers = finishing(answers.roles);
  const completed = servers.map((server) => readCompleted(server, servedModelName));
  const picker = readPicker(answers);
  const roles = Object.entries(answers.roles).map(([role, pods]): [string, RoleSignals] => [
    role,
    {
      pods: pods.map((pod) => readPod(pod, answers)),
      inflightTokens: picker.inflightTokensOf(new Set(pods.map(({ pod }) => pod))),
    },
  ]);
  return {
    roles: Object.fromEntries(roles),
    service: {
      ...picker.gauges,
      completedRequestsPerSecond: readRate(counters, completed, { atMs, source: 'modelServer' }),
      // Quantiles need the buckets of minutes; Cloud Monitoring keeps them, the pods' own text does not.
      ttftP90Seconds: notRead,
      tpotP90Seconds: notRead,
    },
    counters: rememberCounters(counters, completed, atMs),
  };
}

/**
 * Of the roles those whose servers end requests. A prefill server ends each of its own with the first token
 * (llm-d/llm-d docs/operations/disaggregation/vllm.md): counted too, every request would end twice.
 */
export function finishing<T>(roles: Readonly<Record<string, readonly T[]>>): readonly T[] {
  return Object.entries(roles).flatMap(([role, servers]) => (role === 'prefill' ? [] : servers));
}

const notRead: Sample = { kind: 'missing', reason: 'not read from pods' };

function readPod({ pod, answer }: PodAnswer, { servedModelName, atMs }: ServingAnswers): PodSignals {
  if ('failure' in answer) {
    const silent: Sample = { kind: 'missing', reason: answer.failure };
    return { pod, queuedRequests: silent, runningRequests: silent, kvCacheUsedRatio: silent };
  }
  const reading = { metrics: parsePrometheusText(answer.text, modelServerNames), source: 'modelServer' as const, atMs };
  const counts = ofModel(servedModelName);
  const { queuedRequests, runningRequests, kvCacheUsedRatio } = modelServerMetrics;
  return {
    pod,
    queuedRequests: readGauge(reading, { names: queuedRequests, combine: 'sum', counts }),
    runningRequests: readGauge(reading, { names: runningRequests, combine: 'sum', counts }),
    kvCacheUsedRatio: readGauge(reading, { names: kvCacheUsedRatio, combine: 'mean', max: 1, counts }),
  };
}

/** Finished requests of one pod, whatever they finished by. Before the first one vLLM has no such series: that is a zero. */
function readCompleted({ pod, answer }: PodAnswer, servedModelName: string): CounterReading {
  if ('failure' in answer) return { pod, value: undefined };
  const [{ name }] = modelServerMetrics.completedRequests;
  const metrics = parsePrometheusText(answer.text, modelServerNames);
  if (!metrics.has(modelServerMetrics.runningRequests[0].name)) return { pod, value: undefined };
  const series = (metrics.get(name) ?? []).filter(({ labels }) => ofModel(servedModelName)(labels));
  const value = series.reduce((sum, one) => sum + one.value, 0);
  return { pod, value: Number.isFinite(value) ? value : undefined };
}

/** A series without the label is of the only model that there is. */
export function ofModel(servedModelName: string): (labels: Readonly<Record<string, string>>) => boolean {
  return ({ model_name, target_model_name }) =>
    model_name === undefined || model_name === servedModelName || target_model_name === servedModelName;
}

interface Picker {
  readonly gauges: Pick<ServiceSignals, 'heldRequests' | 'runningRequests' | 'saturationRatio' | 'flowControl'>;
  inflightTokensOf(pods: ReadonlySet<string>): Sample;
}

function readPicker({ endpointPicker, servedModelName, atMs }: ServingAnswers): Picker {
  if (endpointPicker === undefined) return silentPicker('the service has no endpoint picker');
  const texts = endpointPicker.flatMap(({ answer }) => ('text' in answer ? [answer.text] : []));
  if (texts.length < endpointPicker.length || texts.length === 0) {
    // In-flight accounting is per process: with one picker of two silent, the sum would be a half.
    const failure = endpointPicker.map(({ answer }) => ('failure' in answer ? answer.failure : '')).find(Boolean);
    return silentPicker(failure ?? 'the endpoint picker has no pod');
  }
  const metrics = merge(texts.map((text) => parsePrometheusText(text, endpointPickerNames)));
  const read = (rule: GaugeRule) => readGauge({ metrics, source: 'endpointPicker', atMs }, rule);
  const counts = ofModel(servedModelName);
  const { heldRequests, runningRequests, saturationRatio, inflightTokens } = endpointPickerMetrics;
  return {
    gauges: {
      flowControl: flowControlOf(metrics),
      heldRequests: read({ names: heldRequests, combine: 'sum', counts }),
      runningRequests: read({ names: runningRequests, combine: 'sum', counts }),
      saturationRatio: read({ names: saturationRatio, combine: 'max' }),
    },
    // Series of pods that are gone are not pruned up to router v0.10.0 (llm-d/llm-d-router pull request 2577): they do not count.
    inflightTokensOf: (pods) =>
      read({ names: inflightTokens, combine: 'sum', counts: ({ endpoint_name = '' }) => isOneOf(pods, endpoint_name) }),
  };
}

/**
 * With flow control the picker writes its pool's saturation from its start on, and its queue from the first request on
 * (llm-d/llm-d-router pkg/epp/flowcontrol); without it neither is ever written.
 */
function flowControlOf(metrics: PrometheusMetrics): 'on' | 'off' {
  const { heldRequests, saturationRatio } = endpointPickerMetrics;
  return [...heldRequests, ...saturationRatio].some(({ name }) => metrics.has(name)) ? 'on' : 'off';
}

/** Endpoints are named by their pod, with a rank behind it (`decode-0-rank-1`) and a namespace before it where it is shown. */
export function isOneOf(pods: ReadonlySet<string>, endpoint: string): boolean {
  const name = endpoint.slice(endpoint.lastIndexOf('/') + 1);
  return pods.has(name) || pods.has(name.replace(/-rank-\d+$/, ''));
}

function silentPicker(reason: string): Picker {
  const missing: Sample = { kind: 'missing', reason };
  return {
    gauges: { heldRequests: missing, runningRequests: missing, saturationRatio: missing },
    inflightTokensOf: () => missing,
  };
}

function merge(all: readonly PrometheusMetrics[]): PrometheusMetrics {
  const merged = new Map<string, PrometheusMetrics extends ReadonlyMap<string, infer Series> ? Series : never>();
  for (const metrics of all) {
    for (const [name, series] of metrics) merged.set(name, [...(merged.get(name) ?? []), ...series]);
  }
  return merged;
}
