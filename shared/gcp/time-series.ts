/** Time series of Cloud Monitoring as samples. Pure; the JSON is that of the API reference, `TimeSeries`. */
import { at, instantMsAt, listAt, objectAt, textAt } from '../domain/compare.ts';
import { type Json, type JsonObject, mapValues } from '../domain/json.ts';
import type { Sample } from '../domain/scaling/signals.ts';

/** One series as the API answered it. */
export interface StoredSeries {
  /** Prometheus name. */
  readonly name: string;
  readonly series: JsonObject;
}

/** Its newest point; `atMs` is the end of the interval that it stands for, Unix ms. */
export interface StoredPoint {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}

/** Points come newest first. Undefined: the series has none. */
export function newestOf({ name, series }: StoredSeries): StoredPoint | undefined {
  const [point] = listAt(series, 'points');
  const atMs = instantMsAt(point, 'interval.endTime');
  if (atMs === undefined) return undefined;
  return { name, labels: labelsOf(series), value: numberOf(at(point, 'value')), atMs };
}

/** A typed value is read by its type: an int64, which travels as text, is no missing double. What is neither is NaN, i.e. invalid. */
function numberOf(value: Json | undefined): number {
  const number = at(value, 'doubleValue') ?? at(value, 'int64Value');
  return number === undefined ? Number.NaN : Number(number);
}

function labelsOf(series: JsonObject): Readonly<Record<string, string>> {
  return mapValues(objectAt(series, 'metric.labels'), (value) => (typeof value === 'string' ? value : ''));
}

/** The pod that was scraped: a label where the PodMonitoring adds it, else the first part of `instance`, `<pod>:<port>`. */
export function podOf({ series }: StoredSeries): string | undefined {
  return textAt(series, 'metric.labels.pod') ?? textAt(series, 'resource.labels.instance')?.split(':')[0];
}

/** One rate for all series together; missing where there is none. */
export function sumOfRates(found: readonly StoredSeries[]): Sample {
  const points = found.flatMap((series) => newestOf(series) ?? []);
  if (points.length === 0) return { kind: 'missing', reason: 'no points in Cloud Monitoring' };
  const value = points.reduce((sum, point) => sum + point.value, 0);
  if (!Number.isFinite(value) || value < 0) {
    return { kind: 'invalid', reason: `the rate is ${value}`, source: 'monitoring' };
  }
  return { kind: 'value', value, atMs: Math.min(...points.map(({ atMs }) => atMs)), source: 'monitoring' };
}

/**
 * A quantile of the newest distribution, interpolated within its bucket as Prometheus' `histogram_quantile` does
 * (prometheus/prometheus promql/quantile.go). Above the last bound nothing is known but that bound.
 */
export function mergedQuantile(found: readonly StoredSeries[], quantile: number): Sample {
  const [series] = found;
  const [point] = series === undefined ? [] : listAt(series.series, 'points');
  const atMs = instantMsAt(point, 'interval.endTime');
  const distribution = at(point, 'value.distributionValue');
  if (atMs === undefined || distribution === undefined) {
    return { kind: 'missing', reason: 'no points in Cloud Monitoring' };
  }
  const bounds = listAt(distribution, 'bucketOptions.explicitBuckets.bounds').map(Number);
  const counts = listAt(distribution, 'bucketCounts').map(Number);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { kind: 'missing', reason: 'no request in the last minutes' };
  const value = interpolate({ bounds, counts }, quantile * total);
  return { kind: 'value', value, atMs, source: 'monitoring' };
}

/** Bucket i is from bound i-1 (0 before the first) to bound i; the last one has no upper bound. */
function interpolate(
  { bounds, counts }: { readonly bounds: readonly number[]; readonly counts: readonly number[] },
  rank: number,
): number {
  let below = 0;
  for (const [index, count] of counts.entries()) {
    const upper = bounds[index];
    const lower = bounds[index - 1] ?? 0;
    if (upper === undefined) return lower;
    if (below + count >= rank) return lower + (upper - lower) * ((rank - below) / count);
    below += count;
  }
  return bounds.at(-1) ?? 0;
}
