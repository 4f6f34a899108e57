/** Cloud Monitoring's series as PromQL sees them (page "Mapping Cloud Monitoring metrics to PromQL"). */
import { PROMETHEUS_PREFIX } from '../managed-prometheus.ts';
import type { Labels, Point, SeriesIdentity, TimeSeries } from '../series.ts';
import type { SeriesStore } from '../series-store.ts';
import type { Matcher, Selector } from './syntax.ts';
import type { Sample, SampledSeries } from './values.ts';

/** Page "Mapping Cloud Monitoring metrics to PromQL": before a metric label that the resource has too. */
const CONFLICT_PREFIX = 'metric_';

/** Which value of a distribution a name stands for. */
type Part = 'value' | 'bucket' | 'sum' | 'count';

/** The metric type that carries a name, and what of it; undefined if no metric that was ever written does. */
export function findMetric(name: string, metricTypes: readonly string[]): { type: string; part: Part } | undefined {
  for (const type of metricTypes) {
    const own = promqlName(type);
    if (own === name && !type.endsWith('/histogram')) return { type, part: 'value' };
    const suffix = /_(bucket|sum|count)$/.exec(name)?.[1];
    if ((suffix === 'bucket' || suffix === 'sum' || suffix === 'count') && `${own}_${suffix}` === name) {
      return { type, part: suffix };
    }
  }
  return undefined;
}

/** `prometheus.googleapis.com/vllm:x/gauge` → `vllm:x`; `custom.googleapis.com/a/b` → `custom_googleapis_com:a_b`. */
export function promqlName(type: string): string {
  if (type.startsWith(PROMETHEUS_PREFIX)) return type.slice(PROMETHEUS_PREFIX.length, type.lastIndexOf('/'));
  return type.replace('/', ':').replace(/[^a-zA-Z0-9_:]/g, '_');
}

/** Samples of what a selector names in `(startMs, endMs]`. */
export function readSeries(
  store: SeriesStore,
  { name, matchers }: Selector,
  range: { readonly startMs: number; readonly endMs: number },
): readonly SampledSeries[] {
  const metric = findMetric(name, store.metricTypes);
  if (metric === undefined) return [];
  const tests = matchers.map(toTest);
  // `le` is made below and not yet a label of the series.
  const ofSeries = tests.filter(({ label }) => label !== 'le');
  const all = store.select(metric.type, range, (identity) =>
    // Label by label: to put the whole set together for every series of every query would take most of the time.
    ofSeries.every(({ label, fits }) => fits(labelOf(identity, label))),
  );
  const ofBuckets = tests.filter(({ label }) => label === 'le');
  return all
    .flatMap((series) => sampled(series, metric.part, name))
    .filter(({ labels }) => ofBuckets.every(({ fits }) => fits(labels['le'] ?? '')));
}

function sampled(series: TimeSeries, part: Part, name: string): readonly SampledSeries[] {
  const labels = promqlLabels(series, name);
  if (part !== 'bucket') return [{ labels, samples: samplesOf(series.points, (point) => valueOf(point, part)) }];
  const bounds = boundsOf(series.points);
  return [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => ({
    labels: { ...labels, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) },
    samples: samplesOf(series.points, (point) => accumulated(point, index)),
  }));
}

/** Labels of the resource and of the metric side by side; a metric label that the resource has too gets a prefix. */
function promqlLabels({ metric, resource }: SeriesIdentity, name: string): Labels {
  const own = Object.entries(metric.labels).map(([label, value]) => [
    Object.hasOwn(resource.labels, label) ? `${CONFLICT_PREFIX}${label}` : label,
    value,
  ]);
  return { ...resource.labels, ...Object.fromEntries(own), __name__: name };
}

/** One of those labels; the empty text if it is not there. */
function labelOf({ metric, resource }: SeriesIdentity, label: string): string {
  const inConflict = label.startsWith(CONFLICT_PREFIX) ? label.slice(CONFLICT_PREFIX.length) : undefined;
  if (inConflict !== undefined && Object.hasOwn(resource.labels, inConflict)) return metric.labels[inConflict] ?? '';
  return resource.labels[label] ?? metric.labels[label] ?? '';
}

function samplesOf(points: readonly Point[], read: (point: Point) => number | undefined): readonly Sample[] {
  return points.flatMap((point) => {
    const value = read(point);
    const { startMs, endMs: atMs } = point;
    return value === undefined ? [] : [{ atMs, value, ...(startMs < atMs && { startMs }) }];
  });
}

function valueOf({ value }: Point, part: Part): number | undefined {
  if (typeof value !== 'object') return Number(value);
  return part === 'sum' || part === 'count' ? value[part] : undefined;
}

function accumulated({ value }: Point, index: number): number | undefined {
  if (typeof value !== 'object') return undefined;
  return value.bucketCounts.slice(0, index + 1).reduce((total, count) => total + count, 0);
}

function boundsOf(points: readonly Point[]): readonly number[] {
  const value = points.at(-1)?.value;
  return typeof value === 'object' ? value.bounds : [];
}

interface LabelTest {
  readonly label: string;
  readonly fits: (value: string) => boolean;
}

/** Regular expressions match the whole value. */
function toTest({ label, operator, value }: Matcher): LabelTest {
  const negated = operator.startsWith('!');
  const pattern = operator.endsWith('~') ? new RegExp(`^(?:${value})$`) : undefined;
  const matches = (actual: string) => (pattern === undefined ? actual === value : pattern.test(actual));
  return { label, fits: (actual) => matches(actual) !== negated };
}
