/**
 * Managed Service for Prometheus: what its collector makes of one scrape. Rules after GoogleCloudPlatform/prometheus-engine,
 * pkg/export/{series_cache,transform}.go:
 *
 *   gauge      → `prometheus.googleapis.com/NAME/gauge`, double
 *   counter    → `prometheus.googleapis.com/NAME/counter`, cumulative double; NAME keeps its `_total`
 *   histogram  → `prometheus.googleapis.com/NAME/histogram`, cumulative distribution of `NAME_bucket`, `_sum`, `_count`
 *   summary    → `NAME/summary` gauge, `NAME_sum/summary:counter` and `NAME_count/summary` cumulative
 *   no type    → `NAME/unknown` gauge and `NAME/unknown:counter` cumulative
 */
import type { WorldClock } from '../world/clock.ts';
import { CumulativeRuns } from './cumulative-runs.ts';
import type { Descriptors } from './descriptors.ts';
import type { Distribution } from './distribution.ts';
import type { Misfortunes } from './misfortunes.ts';
import { parsePrometheusNumber, parsePrometheusText, type PrometheusSample } from './prometheus-text.ts';
import { labelsKey, type Labels, type Point, type SeriesIdentity, type Value } from './series.ts';
import type { MetricShape, SeriesStore } from './series-store.ts';

export const PROMETHEUS_PREFIX = 'prometheus.googleapis.com/';

/** Whom the text was scraped from. */
export interface ScrapeTarget {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  /** Region or zone of the cluster. */
  readonly location: string;
  /** Name of the PodMonitoring. */
  readonly job: string;
  /** Name or number of the port, as the PodMonitoring spells it; `metrics` unless given. */
  readonly port?: string;
  /** Labels that the PodMonitoring adds (`targetLabels`), beside `pod`: `{container: 'vllm', role: 'decode'}`. */
  readonly labels?: Labels;
}

export interface PrometheusParts {
  readonly project: string;
  readonly clock: WorldClock;
  readonly store: SeriesStore;
  readonly descriptors: Descriptors;
  readonly misfortunes: Misfortunes;
}

const GAUGE: MetricShape = { metricKind: 'GAUGE', valueType: 'DOUBLE' };
const COUNTER: MetricShape = { metricKind: 'CUMULATIVE', valueType: 'DOUBLE' };
const HISTOGRAM: MetricShape = { metricKind: 'CUMULATIVE', valueType: 'DISTRIBUTION' };

/** One series of a scrape before its reset is accounted for. */
interface Scraped {
  readonly name: string;
  /** `gauge`, `counter`, `histogram`, … as the last part of the metric type. */
  readonly suffix: string;
  readonly shape: MetricShape;
  readonly labels: Labels;
  readonly value: Value;
}

/** Series of one scraped port by metric type, then by the labels of their lines. */
type KnownSeries = Map<string, WeakMap<Labels, SeriesIdentity>>;

/** More ports than any world has at a time; then those of pods that are gone are forgotten with all others. */
const MAX_KNOWN_TARGETS = 1_000;

export class ManagedPrometheus {
  readonly #parts: PrometheusParts;
  readonly #runs = new CumulativeRuns();
  /** By target: what a series is called is worked out at its first scrape. */
  readonly #known = new Map<string, KnownSeries>();

  constructor(parts: PrometheusParts) {
    this.#parts = parts;
  }

  /** Takes over what `/metrics` of one pod said just now; throws if the text cannot be read. */
  ingest(text: string, target: ScrapeTarget): void {
    const { clock, store, descriptors, misfortunes } = this.#parts;
    const nowMs = Math.floor(clock.nowMs());
    const known = this.#knownOf(target);
    for (const scraped of scrapedSeries(text)) {
      const identity = this.#recall(known, scraped, target);
      // Lost between the pod and the store: the collector never saw it, so the counter's run goes on beyond it.
      if (misfortunes.loses(identity, nowMs)) continue;
      const point = this.#pointOf(scraped, identity, nowMs);
      const newest = store.newest(identity);
      if (point === undefined || (newest !== undefined && newest.endMs >= nowMs)) continue;
      descriptors.note(identity.metric.type, scraped.shape, identity.metric.labels);
      store.append(identity, scraped.shape, point);
    }
  }

  /** Undefined for the first value of a cumulative series: the collector only begins to count there. */
  #pointOf({ shape, value }: Scraped, identity: SeriesIdentity, nowMs: number): Point | undefined {
    if (shape.metricKind === 'GAUGE') return { startMs: nowMs, endMs: nowMs, value };
    return this.#runs.next(identity, value, nowMs);
  }

  #knownOf(target: ScrapeTarget): KnownSeries {
    const key = JSON.stringify(target);
    const known: KnownSeries = this.#known.get(key) ?? new Map<string, WeakMap<Labels, SeriesIdentity>>();
    if (this.#known.size >= MAX_KNOWN_TARGETS) this.#known.clear();
    this.#known.set(key, known);
    return known;
  }

  #recall(known: KnownSeries, scraped: Scraped, target: ScrapeTarget): SeriesIdentity {
    const type = `${PROMETHEUS_PREFIX}${scraped.name}/${scraped.suffix}`;
    const byLabels = known.get(type) ?? new WeakMap<Labels, SeriesIdentity>();
    known.set(type, byLabels);
    const identity = byLabels.get(scraped.labels) ?? this.#identityOf(type, scraped, target);
    byLabels.set(scraped.labels, identity);
    return identity;
  }

  /** A label of the text that the target has too becomes `exported_…` (page "Set up managed collection", honorLabels is off). */
  #identityOf(type: string, { labels }: Scraped, target: ScrapeTarget): SeriesIdentity {
    const { cluster, namespace, location, job, pod, port = 'metrics' } = target;
    const resource = { project_id: this.#parts.project, location, cluster, namespace, job, instance: `${pod}:${port}` };
    const added: Labels = { pod, ...target.labels };
    const own = Object.entries(labels).map(([label, value]) => {
      const isTaken = Object.hasOwn(resource, label) || Object.hasOwn(added, label);
      return [isTaken ? `exported_${label}` : label, value] as const;
    });
    return {
      metric: { type, labels: { ...added, ...Object.fromEntries(own) } },
      resource: { type: 'prometheus_target', labels: resource },
    };
  }
}

function scrapedSeries(text: string): readonly Scraped[] {
  const { samples, familyOf } = parsePrometheusText(text);
  const series: Scraped[] = [];
  const histograms = new Map<string, PrometheusSample[]>();
  for (const sample of samples) {
    const { family, type } = familyOf(sample.name);
    if (type === 'histogram') {
      const parts = histograms.get(family);
      if (parts === undefined) histograms.set(family, [sample]);
      else parts.push(sample);
    } else if (!Number.isNaN(sample.value)) {
      series.push(...variantsOf(sample, family, type));
    }
  }
  for (const [family, parts] of histograms) series.push(...histogramsOf(family, parts));
  return series;
}

function variantsOf(
  { name, labels, value }: PrometheusSample,
  family: string,
  type: 'gauge' | 'counter' | 'summary' | 'unknown',
): readonly Scraped[] {
  const gauge: Scraped = { name, suffix: type, shape: GAUGE, labels, value };
  const counter: Scraped = { ...gauge, shape: COUNTER };
  if (type === 'gauge') return [gauge];
  if (type === 'counter') return [counter];
  if (type === 'unknown') return [gauge, { ...counter, suffix: 'unknown:counter' }];
  if (name === family) return [gauge];
  return [name.endsWith('_sum') ? { ...counter, suffix: 'summary:counter' } : counter];
}

/** One distribution for each label set; an incomplete one (no `_count`, no buckets) is left out, as the exporter does. */
function histogramsOf(family: string, parts: readonly PrometheusSample[]): readonly Scraped[] {
  const groups = new Map<string, { labels: Labels; parts: PrometheusSample[] }>();
  for (const part of parts) {
    const { key, labels } = withoutEdge(part.labels);
    const group = groups.get(key) ?? { labels, parts: [] };
    group.parts.push(part);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group): Scraped[] => {
    const value = toDistribution(family, group.parts);
    return value === undefined
      ? []
      : [{ name: family, suffix: 'histogram', shape: HISTOGRAM, labels: group.labels, value }];
  });
}

interface Edgeless {
  readonly labels: Labels;
  readonly key: string;
}

const edgeless = new WeakMap<Labels, Edgeless>();

/** The labels that all buckets of a histogram have in common. */
function withoutEdge(all: Labels): Edgeless {
  const known = edgeless.get(all);
  if (known !== undefined) return known;
  const { le: _, ...labels } = all;
  const made = { labels, key: labelsKey(labels) };
  edgeless.set(all, made);
  return made;
}

function toDistribution(family: string, parts: readonly PrometheusSample[]): Distribution | undefined {
  const [countName, sumName, bucketName] = [`${family}_count`, `${family}_sum`, `${family}_bucket`];
  const count = parts.find(({ name }) => name === countName)?.value;
  const sum = parts.find(({ name }) => name === sumName)?.value;
  const buckets = parts
    .filter(({ name }) => name === bucketName)
    .map(({ labels, value }) => ({ bound: parsePrometheusNumber(labels['le'] ?? ''), accumulated: value }))
    .sort((a, b) => a.bound - b.bound);
  if (count === undefined || sum === undefined || buckets.length === 0) return undefined;
  const finite = buckets.filter(({ bound }) => Number.isFinite(bound));
  const accumulated = [...finite.map((bucket) => bucket.accumulated), count];
  return {
    count,
    sum,
    bounds: finite.map(({ bound }) => bound),
    bucketCounts: accumulated.map((value, index) => value - (accumulated[index - 1] ?? 0)),
  };
}
