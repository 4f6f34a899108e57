/** Vocabulary of time series as the world keeps them; the wire's forms are made in `time-series-json.ts`. */
import type { Distribution } from './distribution.ts';

/** google.api.MetricDescriptor.MetricKind */
export type MetricKind = 'GAUGE' | 'DELTA' | 'CUMULATIVE';

/** google.api.MetricDescriptor.ValueType; texts and money are not kept. */
export type ValueType = 'BOOL' | 'INT64' | 'DOUBLE' | 'DISTRIBUTION';

/** INT64 values are numbers here: exact up to 2^53, far above what a counter of tokens reaches. */
export type Value = number | boolean | Distribution;

export type Labels = Readonly<Record<string, string>>;

/** A metric (`custom.googleapis.com/…`) or a monitored resource (`prometheus_target`) with its labels. */
export interface Labelled {
  readonly type: string;
  readonly labels: Labels;
}

export interface Point {
  /** Equal to `endMs` for gauges; for cumulative values the instant of the last reset. */
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Value;
}

/** What one time series is, apart from its points. */
export interface SeriesIdentity {
  readonly metric: Labelled;
  readonly resource: Labelled;
}

export interface TimeSeries extends SeriesIdentity {
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
  /** Oldest first. */
  readonly points: readonly Point[];
}

export interface TimeRange {
  /** Exclusive, unless it equals `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Made once for each identity: a scrape asks for the key of each of its hundred series three times. */
const keys = new WeakMap<SeriesIdentity, string>();

/** Name of a series within the world: the same for the same types and labels, whatever their order. */
export function seriesKey(identity: SeriesIdentity): string {
  const known = keys.get(identity);
  if (known !== undefined) return known;
  const { metric, resource } = identity;
  const key = JSON.stringify([metric.type, resource.type, sorted(metric.labels), sorted(resource.labels)]);
  keys.set(identity, key);
  return key;
}

/** A label set in one spelling. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(sorted(labels));
}

function sorted(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
