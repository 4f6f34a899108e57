/** Alignment and reduction of time series ("Filtering and aggregation" in the Cloud Monitoring documentation). */
import { durationMsOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { alignerFor, samplesOf } from './aligners.ts';
import { reducerFor } from './reducers.ts';
import { invalidField } from './rejections.ts';
import { labelsKey, type Labels, type Point, type TimeRange, type TimeSeries, type Value } from './series.ts';

export interface Aggregation {
  readonly periodMs: number;
  /** `ALIGN_NONE`: the points as they are. */
  readonly aligner: string;
  /** `REDUCE_NONE`: every series for itself. */
  readonly reducer: string;
  /** `resource.labels.cluster`, `metric.label.role`, …; what is not named is aggregated away. */
  readonly groupBy: readonly string[];
}

/** Shortest alignment period (comment of Aggregation.alignment_period in common.proto). */
const SHORTEST_PERIOD_MS = 60_000;

/** How far before a range points are read, so that the first increment inside has something to count from. */
export const LOOKBACK_MS = 5 * 60_000;

/** Undefined: no aggregation was asked for. `field` is the name of the message in a refusal. */
export function readAggregation(json: JsonMap | undefined, field: string): Aggregation | undefined {
  if (json === undefined) return undefined;
  const aligner = textOf(json, 'perSeriesAligner') ?? 'ALIGN_NONE';
  const reducer = textOf(json, 'crossSeriesReducer') ?? 'REDUCE_NONE';
  if (aligner === 'ALIGN_NONE') {
    if (reducer === 'REDUCE_NONE') return undefined;
    reject(invalidField, `${field}.perSeriesAligner`, aligner, 'The aligner must be specified when a reducer is.');
  }
  const fields = json['groupByFields'];
  const groupBy = Array.isArray(fields) ? fields.map(String) : [];
  return { periodMs: readPeriod(json, field), aligner, reducer, groupBy };
}

function readPeriod(json: JsonMap, field: string): number {
  const periodMs = durationMsOf(json, 'alignmentPeriod') ?? 0;
  if (periodMs >= SHORTEST_PERIOD_MS) return periodMs;
  const value = textOf(json, 'alignmentPeriod') ?? '';
  return reject(invalidField, `${field}.alignmentPeriod`, value, 'The alignment period must be at least 60 seconds.');
}

/** Applies alignment, then reduction. The series hold what came up to `LOOKBACK_MS` before the range, too. */
export function aggregate(
  all: readonly TimeSeries[],
  aggregation: Aggregation,
  range: TimeRange,
): readonly TimeSeries[] {
  const aligned = all
    .map((series) => alignSeries(series, aggregation, range))
    .filter(({ points }) => points.length > 0);
  return aggregation.reducer === 'REDUCE_NONE' ? aligned : reduceSeries(aligned, aggregation);
}

/** Periods are counted back from the end of the range; each yields a point at its own end. */
function alignSeries(series: TimeSeries, { aligner: name, periodMs }: Aggregation, range: TimeRange): TimeSeries {
  const aligner = alignerFor(name, series);
  const periods = new Map<number, { value: Value; durationMs: number }[]>();
  for (const { endMs, value, durationMs } of samplesOf(series, range.startMs - LOOKBACK_MS)) {
    if (endMs <= range.startMs || endMs > range.endMs) continue;
    const periodEndMs = range.endMs - Math.floor((range.endMs - endMs) / periodMs) * periodMs;
    const samples = periods.get(periodEndMs) ?? [];
    samples.push({ value, durationMs });
    periods.set(periodEndMs, samples);
  }
  const points = [...periods].flatMap(([endMs, samples]): Point[] => {
    const value = aligner.align(samples);
    const startMs = aligner.toKind === 'GAUGE' ? endMs : endMs - periodMs;
    return value === undefined ? [] : [{ startMs, endMs, value }];
  });
  return { ...series, metricKind: aligner.toKind, valueType: aligner.toType ?? series.valueType, points };
}

function reduceSeries(aligned: readonly TimeSeries[], aggregation: Aggregation): readonly TimeSeries[] {
  const groups = new Map<string, TimeSeries[]>();
  for (const series of aligned) {
    const group = grouped(series, aggregation.groupBy);
    const key = JSON.stringify([group.resource.type, labelsKey(group.resource.labels), labelsKey(group.metric.labels)]);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return [...groups.values()].flatMap((members) => reduceGroup(members, aggregation));
}

function reduceGroup(members: readonly TimeSeries[], { reducer: name, groupBy }: Aggregation): readonly TimeSeries[] {
  const [first] = members;
  if (first === undefined) return [];
  const reducer = reducerFor(name, first);
  const instants = new Map<number, Point[]>();
  for (const point of members.flatMap(({ points }) => points)) {
    instants.set(point.endMs, [...(instants.get(point.endMs) ?? []), point]);
  }
  const points = [...instants.values()].flatMap((group): Point[] => {
    const value = reducer.reduce(group.map((point) => point.value));
    const [some] = group;
    return value === undefined || some === undefined ? [] : [{ ...some, value }];
  });
  const sorted = points.sort((a, b) => a.endMs - b.endMs);
  return [{ ...first, ...grouped(first, groupBy), valueType: reducer.toType ?? first.valueType, points: sorted }];
}

/** The identity of the group that a series belongs to: `resource.type` is always part of it (common.proto, group_by_fields). */
function grouped(
  { metric, resource }: TimeSeries,
  groupBy: readonly string[],
): Pick<TimeSeries, 'metric' | 'resource'> {
  return {
    metric: { type: metric.type, labels: kept(metric.labels, 'metric', groupBy) },
    resource: { type: resource.type, labels: kept(resource.labels, 'resource', groupBy) },
  };
}

function kept(labels: Labels, root: 'metric' | 'resource', groupBy: readonly string[]): Labels {
  const names = groupBy.flatMap((field) => {
    const match = /^(metric|resource)\.labels?\."?([^".]+)"?$/.exec(field);
    if (match === null && !/^(metric|resource)\.type$|^project$/.test(field)) {
      reject(invalidField, 'aggregation.groupByFields', field, 'The field is unknown.');
    }
    return match?.[1] === root && match[2] !== undefined ? [match[2]] : [];
  });
  return Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
}
