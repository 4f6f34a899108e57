import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../../emulator/monitoring/prometheus-text.ts';
import {
  at,
  counterText,
  gaugeText,
  histogramText,
  listRequest,
  makeMonitoring,
  seriesIn,
  target,
  valuesIn,
} from './make-monitoring.ts';

type Made = ReturnType<typeof makeMonitoring>;

function all(made: Made, name: string) {
  return seriesIn(
    made.monitoring.metrics.listTimeSeries(listRequest(`metric.type="prometheus.googleapis.com/${name}"`, -60, 600)),
  );
}

describe('a scrape', () => {
  it('becomes series of the pod, with the labels of the target beside those of the text', () => {
    const made = makeMonitoring();

    made.monitoring.ingestPrometheus(
      gaugeText(7),
      target('decode-0', { port: 'modelserver', labels: { container: 'vllm', role: 'decode' } }),
    );

    expect(all(made, 'vllm:num_requests_waiting/gauge')).toEqual([
      {
        metric: {
          type: 'prometheus.googleapis.com/vllm:num_requests_waiting/gauge',
          labels: { model_name: 'llama', engine: '0', pod: 'decode-0', container: 'vllm', role: 'decode' },
        },
        resource: {
          type: 'prometheus_target',
          labels: {
            project_id: 'demo',
            location: 'us-central1',
            cluster: 'demo',
            namespace: 'serving',
            job: 'modelserver',
            instance: 'decode-0:modelserver',
          },
        },
        metricKind: 'GAUGE',
        valueType: 'DOUBLE',
        points: [{ interval: { startTime: at(0), endTime: at(0) }, value: { doubleValue: 7 } }],
      },
    ]);
  });

  it('renames labels that the target has itself', () => {
    const made = makeMonitoring();

    made.monitoring.ingestPrometheus('# TYPE x gauge\nx{pod="mine",namespace="n"} 1', target('a'));

    expect(all(made, 'x/gauge')[0]?.metric.labels).toEqual({ pod: 'a', exported_pod: 'mine', exported_namespace: 'n' });
  });

  it('counts from the first value on, and begins anew at a restart', async () => {
    const made = makeMonitoring();
    const values = [1000, 1010, 1030, 5, 6];

    await made.scrape((_, afterMs) => counterText(values[afterMs / 15_000] ?? 0), 75_000);

    const [series] = all(made, 'vllm:prompt_tokens_total/counter');
    expect(series?.metricKind).toBe('CUMULATIVE');
    expect(series?.points.map(({ interval, value }) => [interval.startTime, value['doubleValue']])).toEqual([
      [at(44.999), 6],
      [at(44.999), 5],
      [at(0), 30],
      [at(0), 10],
    ]);
  });

  it('makes one distribution of the lines of a histogram', async () => {
    const made = makeMonitoring();

    made.monitoring.ingestPrometheus(histogramText([1, 1, 1], 5), target('a'));
    await made.pass(15_000);
    made.monitoring.ingestPrometheus(histogramText([2, 4, 2], 19), target('a'));

    const [series] = all(made, 'vllm:time_to_first_token_seconds/histogram');
    expect(series).toMatchObject({ metricKind: 'CUMULATIVE', valueType: 'DISTRIBUTION' });
    expect(series?.points).toMatchObject([
      {
        interval: { startTime: at(0), endTime: at(15) },
        value: {
          distributionValue: {
            count: '5',
            mean: 2.8,
            bucketOptions: { explicitBuckets: { bounds: [1, 2] } },
            bucketCounts: ['1', '3', '1'],
          },
        },
      },
    ]);
  });

  it.each([
    { name: 'no TYPE line', text: 'x 3', types: ['x/unknown', 'x/unknown:counter'] },
    { name: 'a counter declared without its suffix', text: '# TYPE x counter\nx_total 3', types: ['x_total/counter'] },
    {
      name: 'a summary',
      text: '# TYPE x summary\nx{quantile="0.5"} 1\nx_sum 2\nx_count 3',
      types: ['x/summary', 'x_sum/summary:counter', 'x_count/summary'],
    },
    { name: 'a value that is no number', text: '# TYPE x gauge\nx NaN', types: [] },
  ])('of $name gives $types', async ({ text, types }) => {
    const made = makeMonitoring();

    await made.scrape(() => text, 30_000);

    const listed = made.monitoring.metrics.listMetricDescriptors({ name: 'projects/demo' });
    expect(listed.map(({ type }) => String(type).replace('prometheus.googleapis.com/', ''))).toEqual(types);
  });

  it('loses a share of the points for good, the same ones in every run', async () => {
    const run = async () => {
      const made = makeMonitoring();
      made.monitoring.misfortunes.lose(0.5, ({ metric }) => metric.labels['pod'] === 'a');
      await made.scrape((_, afterMs) => gaugeText(afterMs / 15_000), 600_000, ['a', 'b']);
      return all(made, 'vllm:num_requests_waiting/gauge').map(valuesIn);
    };

    const [first, second] = [await run(), await run()];

    const counts = first.map((values) => values.length).sort((a, b) => a - b);
    expect(counts[0]).toBeGreaterThan(10);
    expect(counts[0]).toBeLessThan(30);
    expect(counts[1]).toBe(40);
    expect(second).toEqual(first);
  });
});

describe('Prometheus text', () => {
  it('is read with escapes, infinities and timestamps', () => {
    const { samples } = parsePrometheusText(
      '# HELP x ?\n\nx{a="1\\"2\\\\3\\n4",b="c d,e"} +Inf 1700000000000\n y -1.5e3\n',
    );

    expect(samples).toEqual([
      { name: 'x', labels: { a: '1"2\\3\n4', b: 'c d,e' }, value: Number.POSITIVE_INFINITY },
      { name: 'y', labels: {}, value: -1500 },
    ]);
  });

  it.each(['x', '<html>', 'x{a=b} 1', 'x{a="b"; c="d"} 1'])('cannot be %j', (text) => {
    expect(() => parsePrometheusText(text)).toThrow('parsing Prometheus text');
  });
});
