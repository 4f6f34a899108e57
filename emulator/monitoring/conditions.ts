/** Conditions of alert policies, read from their JSON and ready to be looked at. */
import { durationMsOf, listOf, mapOf, numberOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { Condition, ConditionContext, Observation } from './condition.ts';
import { EVALUATION_STEP_MS } from './facts.ts';
import { evaluate } from './promql/evaluate.ts';
import { parsePromql } from './promql/parser.ts';
import { findMetric, readSeries } from './promql/series-reader.ts';
import { selectorsOf, type Selector } from './promql/syntax.ts';
import { type Element, withoutName } from './promql/values.ts';
import {
  conditionMissing,
  invalidField,
  invalidPromql,
  metricNotFound,
  missingField,
  notServed,
} from './rejections.ts';
import { labelsKey } from './series.ts';
import type { SeriesStore } from './series-store.ts';
import { readThreshold } from './threshold.ts';

const UNSERVED = [
  'conditionAbsent',
  'conditionMatchedLog',
  'conditionMonitoringQueryLanguage',
  'conditionSql',
] as const;

/** Refuses what the service refuses; `json` has its name already. */
export function readCondition(json: JsonMap, index: number, context: ConditionContext): Condition {
  const common = { name: textOf(json, 'name') ?? '', json };
  const unserved = UNSERVED.find((field) => json[field] !== undefined);
  if (unserved !== undefined) reject(notServed, `alert policies with ${unserved}`);
  const promql = mapOf(json, 'conditionPrometheusQueryLanguage');
  if (promql !== undefined) return { ...common, ...readPromql(promql, index, context) };
  const threshold = mapOf(json, 'conditionThreshold');
  if (threshold !== undefined) return { ...common, ...readThreshold(threshold, index, context) };
  return reject(conditionMissing, index);
}

/**
 * "Every evaluation cycle this expression is evaluated at the current time, and all resultant time series become pending/firing
 * alerts" (alert.proto, PrometheusQueryLanguageCondition): what is no longer in the result is no longer met.
 */
function readPromql(json: JsonMap, index: number, { store }: ConditionContext): Omit<Condition, 'name' | 'json'> {
  const field = `alert_policy.conditions[${index}].condition_prometheus_query_language`;
  const query = textOf(json, 'query') ?? reject(missingField, `${field}.query`);
  const fail = (problem: string) => reject(invalidPromql, query, problem);
  const expression = parsePromql(query, fail);
  // Wrong types of arguments show on an empty world, too: better now than at each evaluation.
  evaluate(expression, { nowMs: 0, read: () => [], fail });
  const everyMs = durationMsOf(json, 'evaluationInterval') ?? EVALUATION_STEP_MS;
  if (everyMs <= 0 || everyMs % EVALUATION_STEP_MS !== 0) {
    const value = textOf(json, 'evaluationInterval') ?? '';
    reject(invalidField, `${field}.evaluation_interval`, value, 'Must be a positive multiple of 30 seconds.');
  }
  const durationMs = durationMsOf(json, 'duration') ?? 0;
  if (durationMs < 0)
    reject(invalidField, `${field}.duration`, textOf(json, 'duration') ?? '', 'Must not be negative.');
  if (json['disableMetricValidation'] !== true) checkMetrics(selectorsOf(expression), store);
  const labels = textsOf(json, 'labels');
  const observe = (nowMs: number): readonly Observation[] => {
    const read = (selector: Selector, startMs: number) => readSeries(store, selector, { startMs, endMs: nowMs });
    const result = evaluate(expression, { nowMs, read, fail });
    const elements = result.kind === 'vector' ? result.elements : [{ labels: {}, value: result.value }];
    return elements.map((element) => toObservation({ ...element, labels: { ...element.labels, ...labels } }));
  };
  return { everyMs, durationMs, whenMissing: 'notMet', observe };
}

/** Validated unless told not to (alert.proto, disable_metric_validation). */
function checkMetrics(selectors: readonly Selector[], store: SeriesStore): void {
  const unknown = selectors.find(({ name }) => findMetric(name, store.metricTypes) === undefined);
  if (unknown !== undefined) reject(metricNotFound, unknown.name);
}

const RESOURCE_LABELS: readonly string[] = ['project_id', 'location', 'cluster', 'namespace', 'job', 'instance'];

/** Assumed: how the service divides the labels of a result between `resource` and `metric` of an incident. */
function toObservation({ labels, value }: Element): Observation {
  const all = Object.entries(withoutName(labels));
  return {
    key: labelsKey(withoutName(labels)),
    isMet: true,
    value,
    metric: {
      type: labels['__name__'] ?? '',
      labels: Object.fromEntries(all.filter(([label]) => !RESOURCE_LABELS.includes(label))),
    },
    resource: {
      type: 'prometheus_target',
      labels: Object.fromEntries(all.filter(([label]) => RESOURCE_LABELS.includes(label))),
    },
  };
}

/** At most six conditions, at least one (comment of AlertPolicy.conditions). */
export function conditionsOf(policy: JsonMap): readonly JsonMap[] {
  const conditions = listOf(policy, 'conditions');
  if (conditions.length === 0) reject(missingField, 'alert_policy.conditions');
  if (conditions.length > 6) {
    reject(invalidField, 'alert_policy.conditions', String(conditions.length), 'A policy can have up to 6 conditions.');
  }
  return conditions;
}

/** Threshold of a condition as notifications show it; a PromQL condition has none. */
export function thresholdOf(condition: JsonMap): number | undefined {
  const threshold = mapOf(condition, 'conditionThreshold');
  return threshold && (numberOf(threshold, 'thresholdValue') ?? 0);
}
