/** Figures of a stack that dashboards, alerts and scalers share; `level:metric:operation` (Prometheus documentation, "Recording rules"). */
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { RecordingRule } from '../../kubernetes/managed-prometheus.ts';
import { ofStack, pickerMetrics, serverMetrics, seriesLabels } from './metrics.ts';
import { type Aggregation, aggregateBy, type Histogram, quantileBy, rate, select, type Vector } from './promql.ts';

/** Long enough that one scrape that is lost does not show; what happened in a minute still does. */
export const RATE_WINDOW = '5m';

const PERCENTILES = [50, 90, 99] as const;
export type Percentile = (typeof PERCENTILES)[number];

/** Ratios are 0..1, latencies seconds; `_5m` is the window. */
export const recorded = {
  ttft: (percentile: Percentile) => `stack_role:vllm_time_to_first_token_seconds:p${percentile}_5m`,
  itl: (percentile: Percentile) => `stack_role:vllm_inter_token_latency_seconds:p${percentile}_5m`,
  /** From the picker on, as users see it. */
  stackTtft: (percentile: Percentile) => `stack:llm_d_epp_request_ttft_seconds:p${percentile}_5m`,
  waiting: 'stack_role:vllm_num_requests_waiting:sum',
  running: 'stack_role:vllm_num_requests_running:sum',
  servers: 'stack_role:vllm_num_requests_running:count',
  kvMean: 'stack_role:vllm_kv_cache_usage_perc:avg',
  kvMax: 'stack_role:vllm_kv_cache_usage_perc:max',
  hitRatio: 'stack_role:vllm_prefix_cache_hit:ratio_5m',
  held: 'stack:llm_d_epp_flow_control_queue_size:sum',
} as const;

const BY_STACK = [seriesLabels.stack];
const BY_ROLE = [seriesLabels.stack, seriesLabels.role];

export function recordingRules(stack: Stack): readonly RecordingRule[] {
  return [...latencyOf(stack), ...loadOf(stack), ...pickerOf(stack)];
}

/** Of each role: of prefill and decode only one half of a request says anything about either. */
function latencyOf(stack: Stack): readonly RecordingRule[] {
  const histogram = (name: string): Histogram => ({ name, matchers: ofStack(stack) });
  const { timeToFirstToken, timePerOutputToken } = serverMetrics;
  return PERCENTILES.flatMap((percentile) => {
    const wanted = { of: percentile / 100, window: RATE_WINDOW };
    return [
      record(recorded.ttft(percentile), quantileBy(BY_ROLE, wanted, histogram(timeToFirstToken))),
      record(recorded.itl(percentile), quantileBy(BY_ROLE, wanted, histogram(timePerOutputToken))),
    ];
  });
}

/** Queues and sequences are added up; caches are not, since a full one is not helped by an empty one. */
function loadOf(stack: Stack): readonly RecordingRule[] {
  const gauge = (how: Aggregation, metric: string) => aggregateBy(how, BY_ROLE, select(metric, ofStack(stack)));
  const perSecond = (counter: string) => aggregateBy('sum', BY_ROLE, rate(counter, ofStack(stack), RATE_WINDOW));
  const hits = perSecond(serverMetrics.prefixHits);
  const queries = perSecond(serverMetrics.prefixQueries);
  return [
    record(recorded.waiting, gauge('sum', serverMetrics.waiting)),
    record(recorded.running, gauge('sum', serverMetrics.running)),
    record(recorded.servers, gauge('count', serverMetrics.running)),
    record(recorded.kvMean, gauge('avg', serverMetrics.kvCacheUsedRatio)),
    record(recorded.kvMax, gauge('max', serverMetrics.kvCacheUsedRatio)),
    // Both count tokens.
    { record: recorded.hitRatio, expr: `${hits.promql} / ${queries.promql}` },
  ];
}

/** What only the picker sees: the wait of users, and what it holds back. */
function pickerOf(stack: Stack): readonly RecordingRule[] {
  const gateway = gatewayOf(stack);
  if (gateway === undefined) return [];
  const histogram: Histogram = { name: pickerMetrics.timeToFirstToken, matchers: ofStack(stack) };
  const ttft = PERCENTILES.map((percentile) => {
    const wanted = { of: percentile / 100, window: RATE_WINDOW };
    return record(recorded.stackTtft(percentile), quantileBy(BY_STACK, wanted, histogram));
  });
  if (gateway.flowControl === undefined) return ttft;
  const held = aggregateBy('sum', BY_STACK, select(pickerMetrics.held, ofStack(stack)));
  return [...ttft, record(recorded.held, held)];
}

function record(name: string, { promql }: Vector): RecordingRule {
  return { record: name, expr: promql };
}
