import { describe, expect, it } from 'vitest';
import { counterText, customPoint, gaugeText, histogramText, makeMonitoring, PROJECT } from './make-monitoring.ts';

describe('PromQL over the series of the world', () => {
  it.each([
    ['sum by (pod) (vllm:num_requests_waiting)', { a: 9, b: 9 }],
    ['sum by (pod) (vllm:num_requests_waiting{pod="a",cluster="demo"})', { a: 9 }],
    ['sum by (pod) (vllm:num_requests_waiting{pod!="a"})', { b: 9 }],
    ['sum by (pod) (vllm:num_requests_waiting{pod=~"a|c"})', { a: 9 }],
    ['sum by (pod) (vllm:num_requests_waiting{instance!~"a:.*"})', { b: 9 }],
    ['sum by (pod) (vllm:num_requests_waiting{cluster=~"de"})', {}],
    ['sum by (pod) (vllm:num_requests_waiting{none=""})', { a: 9, b: 9 }],
    ['sum by (pod) (rate(vllm:prompt_tokens_total[1m]))', { a: 10, b: 10 }],
    ['sum by (role) (custom_googleapis_com:fleet_desired)', { decode: 4 }],
    ['histogram_quantile(0.5, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[1m])))', { '': 1.5 }],
    ['sum(vllm:time_to_first_token_seconds_bucket{le="1.0"})', {}],
    ['sum by (le) (vllm:time_to_first_token_seconds_bucket{le="1"})', { '1': 0 }],
    ['sum(vllm:time_to_first_token_seconds_count)', { '': 176 }],
  ])('%s finds %j', async (query, expected) => {
    const { monitoring, scrape } = makeMonitoring();
    const condition = { query, disableMetricValidation: true };
    const conditions = [{ displayName: 'q', conditionPrometheusQueryLanguage: condition }];
    monitoring.policies.create(PROJECT, { displayName: 'p', combiner: 'OR', conditions });

    // Ten tokens a second; eight observations between 1 and 2 a scrape, of which the first only starts the count.
    monitoring.metrics.createTimeSeries({ name: PROJECT, timeSeries: [customPoint(0, { int64Value: '4' })] });
    const text = (_: string, afterMs: number) =>
      gaugeText(9) + counterText(afterMs / 100) + histogramText([5, (8 * afterMs) / 15_000, 0], afterMs / 1000);
    await scrape(text, 180_001, ['a', 'b']);

    // Whatever the query yields is an open incident; its value is the one of the last evaluation, at 180 s.
    const found = monitoring.policies.openIncidents.map(({ observation: { metric, value } }) => [
      Object.values(metric.labels).join(','),
      Math.round(value * 1000) / 1000,
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
