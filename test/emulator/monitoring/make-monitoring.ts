/** A world with Cloud Monitoring, a topic for alerts and whoever listens to it. */
import { MonitoringWorld } from '../../../emulator/monitoring/monitoring-world.ts';
import type { ScrapeTarget } from '../../../emulator/monitoring/managed-prometheus.ts';
import type { MonitoringFacts } from '../../../emulator/monitoring/facts.ts';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeDeliveryWorld, START_MS } from '../delivery/make-world.ts';

export const PROJECT = 'projects/demo';
export const ALERTS = `${PROJECT}/topics/alerts`;
export const WAITING = 'prometheus.googleapis.com/vllm:num_requests_waiting/gauge';
export const CUSTOM = 'custom.googleapis.com/fleet/desired';

/** Series and points can be seen at once, unless a test is about when they can. */
const PROMPT: Partial<MonitoringFacts> = { visibilityDelayMs: 0, newSeriesVisibilityDelayMs: 0 };

export function makeMonitoring(facts: Partial<MonitoringFacts> = PROMPT) {
  const world = makeDeliveryWorld();
  const pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: ALERTS });
  pubsub.createSubscription({
    name: `${PROJECT}/subscriptions/alerts`,
    topic: ALERTS,
    pushConfig: { pushEndpoint: 'http://127.0.0.1:1/functions/intake' },
  });
  const monitoring = new MonitoringWorld(world.base, pubsub, facts);
  /** Notifications that reached the listener so far. */
  const notices = (): readonly JsonMap[] =>
    world.arrivals.map(({ body }) =>
      JSON.parse(Buffer.from(JSON.parse(body.toString()).message.data, 'base64').toString()),
    );
  const incidents = () => notices().map(({ incident }) => incident as JsonMap);
  /** Scrapes `text(seconds)` of each pod every 15 s for so long. */
  const scrape = async (text: (pod: string, afterMs: number) => string, forMs: number, pods = ['a']) => {
    for (let passedMs = 0; passedMs < forMs; passedMs += 15_000) {
      for (const pod of pods) monitoring.ingestPrometheus(text(pod, world.base.clock.nowMs() - START_MS), target(pod));
      await world.pass(15_000);
    }
  };
  return { ...world, pubsub, monitoring, notices, incidents, scrape };
}

export function target(pod: string, over: Partial<ScrapeTarget> = {}): ScrapeTarget {
  return { cluster: 'demo', namespace: 'serving', location: 'us-central1', job: 'modelserver', pod, ...over };
}

export function gaugeText(value: number, name = 'vllm:num_requests_waiting'): string {
  return `# TYPE ${name} gauge\n${name}{model_name="llama",engine="0"} ${value}\n`;
}

export function counterText(value: number, name = 'vllm:prompt_tokens_total'): string {
  return `# TYPE ${name} counter\n${name}{model_name="llama"} ${value}\n`;
}

/** Counts at bounds 1, 2 and above. */
export function histogramText([low, middle, high]: readonly [number, number, number], sum: number): string {
  const name = 'vllm:time_to_first_token_seconds';
  return [
    `# TYPE ${name} histogram`,
    `${name}_bucket{le="1.0"} ${low}`,
    `${name}_bucket{le="2.0"} ${low + middle}`,
    `${name}_bucket{le="+Inf"} ${low + middle + high}`,
    `${name}_sum ${sum}`,
    `${name}_count ${low + middle + high}`,
  ].join('\n');
}

/** RFC 3339 of so many seconds after the world began. */
export function at(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString();
}

export function customPoint(seconds: number, value: JsonMap, over: JsonMap = {}): JsonMap {
  return {
    metric: { type: CUSTOM, labels: { role: 'decode' } },
    resource: { type: 'global', labels: {} },
    points: [{ interval: { endTime: at(seconds) }, value }],
    ...over,
  };
}

export function listRequest(filter: string, fromSeconds: number, toSeconds: number, over: JsonMap = {}): JsonMap {
  return { name: PROJECT, filter, interval: { startTime: at(fromSeconds), endTime: at(toSeconds) }, ...over };
}

interface ReadPoint {
  readonly interval: { readonly startTime: string; readonly endTime: string };
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReadSeries {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly metricKind: string;
  readonly valueType: string;
  readonly points: readonly ReadPoint[];
}

/** The series of an answer, with types for the tests. */
export function seriesIn(answer: JsonMap): readonly ReadSeries[] {
  return (answer['timeSeries'] ?? []) as unknown as readonly ReadSeries[];
}

/** Values of a series, newest first. */
export function valuesIn(series: ReadSeries | undefined): readonly unknown[] {
  return (series?.points ?? []).map(({ value }) => Object.values(value)[0]);
}
