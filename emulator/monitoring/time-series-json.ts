/** Time series in the form of google.monitoring.v3 and back. */
import { mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { type Distribution, readDistribution, writeDistribution } from './distribution.ts';
import type { Labelled, Point, TimeSeries, Value, ValueType } from './series.ts';

/** Points come newest first (comment of TimeSeries.points in metric.proto); the caller has put them so. */
export function writeSeries(series: Omit<TimeSeries, 'points'>, newestFirst: readonly Point[]): JsonMap {
  return {
    metric: writeLabelled(series.metric),
    resource: writeLabelled(series.resource),
    metricKind: series.metricKind,
    valueType: series.valueType,
    points: newestFirst.map((point) => writePoint(point, series.valueType)),
  };
}

function writePoint({ startMs, endMs, value }: Point, valueType: ValueType): JsonMap {
  return { interval: { startTime: timeOf(startMs), endTime: timeOf(endMs) }, value: writeValue(value, valueType) };
}

export function writeValue(value: Value, valueType: ValueType): JsonMap {
  if (typeof value === 'object') return { distributionValue: writeDistribution(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  return valueType === 'INT64' ? { int64Value: String(Math.round(value)) } : { doubleValue: value };
}

export function writeLabelled({ type, labels }: Labelled): JsonMap {
  return { type, labels: { ...labels } };
}

export function readLabelled(json: JsonMap | undefined): Labelled {
  return { type: textOf(json ?? {}, 'type') ?? '', labels: textsOf(json ?? {}, 'labels') };
}

/** What a client wrote: the value and its type; undefined for none, texts, and distributions without explicit buckets. */
export function readValue(json: JsonMap | undefined): { value: Value; valueType: ValueType } | undefined {
  if (json === undefined) return undefined;
  const { boolValue, int64Value, doubleValue } = json;
  if (typeof boolValue === 'boolean') return { value: boolValue, valueType: 'BOOL' };
  if (int64Value !== undefined) return { value: Number(int64Value), valueType: 'INT64' };
  if (doubleValue !== undefined) return { value: Number(doubleValue), valueType: 'DOUBLE' };
  const written = mapOf(json, 'distributionValue');
  const distribution: Distribution | undefined = written && readDistribution(written);
  return distribution && { value: distribution, valueType: 'DISTRIBUTION' };
}

/** Milliseconds of an RFC 3339 time; undefined when it is absent. */
export function timeMsOf(map: JsonMap, field: string): number | undefined {
  const text = textOf(map, field);
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
