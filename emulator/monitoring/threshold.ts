/** Conditions that compare time series with a number (alert.proto, AlertPolicy.Condition.MetricThreshold). */
import { durationMsOf, listOf, mapOf, numberOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type Aggregation, readAggregation } from './aggregation.ts';
import type { Condition, ConditionContext, Observation } from './condition.ts';
import { type Filter, parseFilter } from './filter.ts';
import { invalidField, missingField, notServed, resourceTypeNeeded } from './rejections.ts';
import { seriesKey, type TimeSeries } from './series.ts';

const MINUTE_MS = 60_000;

/** How far back the last point of a series without alignment is looked for. Assumed: the lookback of PromQL. */
const LATEST_WITHIN_MS = 5 * MINUTE_MS;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  COMPARISON_GT: (value, threshold) => value > threshold,
  COMPARISON_LT: (value, threshold) => value < threshold,
};

const WHEN_MISSING: Readonly<Record<string, Condition['whenMissing']>> = {
  EVALUATION_MISSING_DATA_INACTIVE: 'notMet',
  EVALUATION_MISSING_DATA_ACTIVE: 'met',
  EVALUATION_MISSING_DATA_NO_OP: 'unknown',
};

export function readThreshold(
  json: JsonMap,
  index: number,
  { facts, metrics }: ConditionContext,
): Omit<Condition, 'name' | 'json'> {
  const field = `alert_policy.conditions[${index}].condition_threshold`;
  for (const name of ['denominatorFilter', 'forecastOptions']) {
    if (json[name] !== undefined) reject(notServed, `${name} of a threshold`);
  }
  checkTrigger(mapOf(json, 'trigger') ?? {});
  const filter = readFilter(json, field);
  // A metric that nobody ever wrote is refused when the policy is made.
  metrics.metricTypeOf(filter);
  const comparison = textOf(json, 'comparison') ?? 'COMPARISON_UNSPECIFIED';
  const compare =
    COMPARISONS[comparison] ??
    reject(invalidField, `${field}.comparison`, comparison, 'Only COMPARISON_LT and COMPARISON_GT are supported.');
  const aggregations = listOf(json, 'aggregations').flatMap(
    (one) => readAggregation(one, `${field}.aggregations`) ?? [],
  );
  const threshold = numberOf(json, 'thresholdValue') ?? 0;
  const observe = (nowMs: number): readonly Observation[] =>
    latest(filter, aggregations, { metrics, nowMs }).map((series) => toObservation(series, compare, threshold));
  return { everyMs: facts.thresholdEvaluationMs, ...readPatience(json, field), observe };
}

/** How long it must be met, and what becomes of it without data. */
function readPatience(json: JsonMap, field: string): Pick<Condition, 'durationMs' | 'whenMissing'> {
  const durationMs = durationMsOf(json, 'duration') ?? 0;
  if (durationMs < 0 || durationMs % MINUTE_MS !== 0) {
    reject(invalidField, `${field}.duration`, textOf(json, 'duration') ?? '', 'Must be a multiple of a minute.');
  }
  const missing = textOf(json, 'evaluationMissingData');
  if (missing !== undefined && durationMs === 0) {
    const problem = 'Conditions setting evaluation_missing_data must have a non-zero duration.';
    reject(invalidField, `${field}.evaluation_missing_data`, missing, problem);
  }
  return { durationMs, whenMissing: WHEN_MISSING[missing ?? ''] ?? 'unknown' };
}

function readFilter(json: JsonMap, field: string): Filter {
  const text = textOf(json, 'filter') ?? reject(missingField, `${field}.filter`);
  const filter = parseFilter(text);
  if (!filter.hasResourceType) reject(resourceTypeNeeded, `${field}.filter`, text);
  return filter;
}

function checkTrigger(trigger: JsonMap): void {
  if ((numberOf(trigger, 'count') ?? 1) !== 1 || trigger['percent'] !== undefined) {
    reject(notServed, 'triggers other than {count: 1}');
  }
}

/** Series with their last aligned point: the period that ends now. */
function latest(
  filter: Filter,
  aggregations: readonly Aggregation[],
  { metrics, nowMs }: { readonly metrics: ConditionContext['metrics']; readonly nowMs: number },
): readonly TimeSeries[] {
  const reachMs = aggregations[0]?.periodMs ?? LATEST_WITHIN_MS;
  return metrics.query(filter, { startMs: nowMs - reachMs, endMs: nowMs }, aggregations);
}

function toObservation(
  series: TimeSeries,
  compare: (value: number, threshold: number) => boolean,
  threshold: number,
): Observation {
  const { metric, resource, points } = series;
  // A distribution cannot be compared: without an aligner that makes a number of it the condition is never met.
  const last = points.at(-1)?.value;
  const value = typeof last === 'object' || last === undefined ? Number.NaN : Number(last);
  return { key: seriesKey(series), isMet: compare(value, threshold), value, metric, resource };
}
