/**
 * How close latency is to what is promised: 1 is at the limit (llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md). Recorded, so
 * that what the scaler sees can be looked at, and smoothed over what was recorded.
 */
import { type ResolvedAutoscaling, resolveAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { RuleGroup } from '../../kubernetes/managed-prometheus.ts';
import { ofStack, pickerMetrics, serverMetrics, seriesLabels } from '../monitoring/metrics.ts';
import {
  aggregate,
  atMost,
  averageOver,
  dividedBy,
  firstOf,
  larger,
  type OneSeries,
  quantile,
  select,
  zeroWhile,
} from '../monitoring/promql.ts';
import { place } from './queries.ts';

/** All of the same guide. */
const QUANTILE = { of: 0.9, window: '1m' } as const;
const SMOOTHED_OVER = '45s';
/** More than this says no more than that it is too much, and would linger in the mean. */
const MOST = 2;

const RECORDED = 'stack:latency_pressure:p90_1m';

export function pressureRules(stack: Stack): readonly RuleGroup[] {
  const scaling = resolveAutoscaling(stack);
  if (scaling?.signal !== 'slo') return [];
  const rule = {
    record: RECORDED,
    expr: pressureNow(stack, scaling).promql,
    labels: { [seriesLabels.stack]: stack.name },
  };
  // Three samples for the mean.
  return [{ name: `${stack.name}-pressure`, interval: '15s', rules: [rule] }];
}

/** The worse of the two promises; none without traffic, as long as somebody is there who would tell. */
function pressureNow(stack: Stack, { objectives: { ttftSeconds, itlSeconds } }: ResolvedAutoscaling): OneSeries {
  const source = gatewayOf(stack) === undefined ? serverMetrics : pickerMetrics;
  const p90 = (histogram: string) => quantile(QUANTILE, histogram, ofStack(stack));
  const worse = larger(
    dividedBy(p90(source.timeToFirstToken), ttftSeconds),
    dividedBy(p90(source.timePerOutputToken), itlSeconds),
  );
  const alive = gatewayOf(stack) === undefined ? serverMetrics.running : pickerMetrics.readyEndpoints;
  return firstOf(atMost(MOST, worse), zeroWhile(aggregate('sum', select(alive, ofStack(stack)))));
}

export function pressure(stack: Stack): OneSeries {
  return aggregate('max', averageOver(SMOOTHED_OVER, select(RECORDED, { ...place(stack), ...ofStack(stack) })));
}
