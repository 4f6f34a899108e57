import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  counterText,
  gaugeText,
  histogramText,
  listRequest,
  makeMonitoring,
  seriesIn,
  target,
  valuesIn,
  WAITING,
} from './make-monitoring.ts';

const GAUGES = `metric.type="${WAITING}" AND resource.type="prometheus_target"`;
const COUNTERS = 'metric.type="prometheus.googleapis.com/vllm:prompt_tokens_total/counter"';
const HISTOGRAMS = 'metric.type="prometheus.googleapis.com/vllm:time_to_first_token_seconds/histogram"';

function aggregation(perSeriesAligner: string, over: JsonMap = {}): JsonMap {
  return { aggregation: { alignmentPeriod: '60s', perSeriesAligner, ...over } };
}

describe('listing time series', () => {
  it('shows a point of a known series after 5 s, and nothing of a new series for a minute', async () => {
    const { monitoring, pass } = makeMonitoring({});
    const visible = () => valuesIn(seriesIn(monitoring.metrics.listTimeSeries(listRequest(GAUGES, -60, 300)))[0]);
    monitoring.ingestPrometheus(gaugeText(1), target('a'));
    await pass(59_999);
    const early = visible();
    await pass(1);
    const first = visible();
    monitoring.ingestPrometheus(gaugeText(2), target('a'));
    await pass(4999);
    const beforeSecond = visible();
    await pass(1);

    expect({ early, first, beforeSecond, second: visible() }).toEqual({
      early: [],
      first: [1],
      beforeSecond: [1],
      second: [2, 1],
    });
  });

  it('leaves out series without points in the interval, whose start is not part of it', async () => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape(() => gaugeText(3), 30_000);

    const inside = seriesIn(monitoring.metrics.listTimeSeries(listRequest(GAUGES, 0, 15)));
    const outside = seriesIn(monitoring.metrics.listTimeSeries(listRequest(GAUGES, 15, 60)));
    const instant = seriesIn(monitoring.metrics.listTimeSeries({ ...listRequest(GAUGES, 15, 15) }));

    expect([inside, outside, instant].map((all) => all.length)).toEqual([1, 0, 1]);
  });

  it('pages by points with the full view, by series with headers only', async () => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape((pod, afterMs) => gaugeText(afterMs / 15_000 + (pod === 'a' ? 0 : 100)), 45_000, ['a', 'b']);
    const list = (over: JsonMap) => monitoring.metrics.listTimeSeries(listRequest(GAUGES, -60, 60, over));

    const first = list({ pageSize: 4 });
    const second = list({ pageSize: 4, pageToken: first['nextPageToken'] });
    const headers = list({ view: 'HEADERS', pageSize: 1 });

    expect(seriesIn(first).map(valuesIn)).toEqual([[2, 1, 0], [102]]);
    expect(seriesIn(second).map(valuesIn)).toEqual([[101, 100]]);
    expect(second['nextPageToken']).toBeUndefined();
    expect(seriesIn(headers).map(({ metric, points }) => [metric.labels['pod'], points])).toEqual([['a', []]]);
    expect(headers['nextPageToken']).toBe('1');
  });

  it('forgets what is older than the retention', async () => {
    const { monitoring, scrape } = makeMonitoring({
      visibilityDelayMs: 0,
      newSeriesVisibilityDelayMs: 0,
      retentionMs: 30_000,
    });
    await scrape((_, afterMs) => gaugeText(afterMs / 15_000), 90_000);

    const [series] = seriesIn(monitoring.metrics.listTimeSeries(listRequest(GAUGES, -60, 300)));

    expect(valuesIn(series)).toEqual([5, 4, 3]);
  });

  it.each([
    { name: 'an unknown metric', filter: 'metric.type="prometheus.googleapis.com/none/gauge"', code: 'NOT_FOUND' },
    { name: 'no metric type', filter: 'resource.type="prometheus_target"', code: 'INVALID_ARGUMENT' },
    { name: 'several metrics', filter: 'metric.type=starts_with("prometheus.")', code: 'INVALID_ARGUMENT' },
    {
      name: 'a reducer without an aligner',
      over: { aggregation: { crossSeriesReducer: 'REDUCE_SUM' } },
      code: 'INVALID_ARGUMENT',
    },
    {
      name: 'an aligner without a period',
      over: { aggregation: { perSeriesAligner: 'ALIGN_MEAN' } },
      code: 'INVALID_ARGUMENT',
    },
    { name: 'a rate of a gauge', over: aggregation('ALIGN_RATE'), code: 'INVALID_ARGUMENT' },
    { name: 'an aligner that is not served', over: aggregation('ALIGN_STDDEV'), code: 'UNIMPLEMENTED' },
    { name: 'an order', over: { orderBy: 'x' }, code: 'UNIMPLEMENTED' },
    { name: 'no end', over: { interval: {} }, code: 'INVALID_ARGUMENT' },
  ])('refuses $name', async ({ filter = GAUGES, over, code }) => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape(() => gaugeText(1) + counterText(1), 30_000);

    expect(() => monitoring.metrics.listTimeSeries(listRequest(filter, -60, 60, over))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('aggregation', () => {
  // Pod a waits 0, 1, 2, 3 and then 4, 5, 6, 7; pod b ten times as much.
  const scrapeGauges = async () => {
    const made = makeMonitoring();
    await made.scrape((pod, afterMs) => gaugeText((afterMs / 15_000) * (pod === 'a' ? 1 : 10)), 120_000, ['a', 'b']);
    return (over: JsonMap) => seriesIn(made.monitoring.metrics.listTimeSeries(listRequest(GAUGES, -15, 105, over)));
  };

  it.each([
    ['ALIGN_MEAN', [5.5, 1.5]],
    ['ALIGN_MAX', [7, 3]],
    ['ALIGN_MIN', [4, 0]],
    ['ALIGN_SUM', [22, 6]],
    ['ALIGN_NEXT_OLDER', [7, 3]],
    ['ALIGN_COUNT', ['4', '4']],
  ])('%s of a gauge', async (aligner, expected) => {
    const list = await scrapeGauges();

    const [a] = list(aggregation(aligner));

    expect(valuesIn(a)).toEqual(expected);
  });

  it.each([
    ['REDUCE_SUM', [77, 33]],
    ['REDUCE_MEAN', [38.5, 16.5]],
    ['REDUCE_MAX', [70, 30]],
    ['REDUCE_MIN', [7, 3]],
    ['REDUCE_COUNT', ['2', '2']],
    ['REDUCE_PERCENTILE_50', [38.5, 16.5]],
  ])('%s over both pods', async (reducer, expected) => {
    const list = await scrapeGauges();

    const all = list(aggregation('ALIGN_MAX', { crossSeriesReducer: reducer }));

    expect(all).toHaveLength(1);
    expect(valuesIn(all[0])).toEqual(expected);
    expect(all[0]).toMatchObject({ resource: { type: 'prometheus_target', labels: {} }, metric: { labels: {} } });
  });

  it('keeps the groups that it is asked for', async () => {
    const list = await scrapeGauges();

    const all = list(
      aggregation('ALIGN_MAX', {
        crossSeriesReducer: 'REDUCE_SUM',
        groupByFields: ['metric.labels.pod', 'resource.label.cluster', 'metric.label."absent"'],
      }),
    );

    expect(all.map(({ metric, resource, points }) => [metric.labels, resource.labels, points.length])).toEqual([
      [{ pod: 'a' }, { cluster: 'demo' }, 2],
      [{ pod: 'b' }, { cluster: 'demo' }, 2],
    ]);
  });

  it('rates a counter over its restart', async () => {
    const { monitoring, scrape } = makeMonitoring();
    // 150 tokens every 15 s; restarted between 60 and 75 s, where it begins at 150 again.
    await scrape(
      (_, afterMs) => counterText(afterMs <= 60_000 ? 1000 + afterMs / 100 : (afterMs - 60_000) / 100),
      135_000,
    );
    const list = (over: JsonMap) => seriesIn(monitoring.metrics.listTimeSeries(listRequest(COUNTERS, 0, 120, over)))[0];

    expect(valuesIn(list(aggregation('ALIGN_DELTA')))).toEqual([600, 600]);
    expect(valuesIn(list(aggregation('ALIGN_RATE')))).toEqual([10, 10]);
  });

  it('counts an increment from the point before the interval', async () => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape((_, afterMs) => counterText(afterMs / 100), 135_000);

    const [late] = seriesIn(
      monitoring.metrics.listTimeSeries(listRequest(COUNTERS, 60, 120, aggregation('ALIGN_DELTA'))),
    );

    expect(valuesIn(late)).toEqual([600]);
  });

  it('finds percentiles of a histogram', async () => {
    const { monitoring, scrape } = makeMonitoring();
    // Per scrape ten observations more, all between 1 and 2.
    await scrape((_, afterMs) => histogramText([5, 10 * (1 + afterMs / 15_000), 0], afterMs / 1000), 75_000);

    const [quantiles] = seriesIn(
      monitoring.metrics.listTimeSeries(
        listRequest(HISTOGRAMS, 0, 60, aggregation('ALIGN_DELTA', { crossSeriesReducer: 'REDUCE_PERCENTILE_50' })),
      ),
    );

    expect(quantiles).toMatchObject({ valueType: 'DOUBLE' });
    expect(valuesIn(quantiles)).toEqual([1.5]);
  });

  it('cannot align a cumulative distribution to a percentile', async () => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape((_, afterMs) => histogramText([5, afterMs, 0], afterMs), 45_000);

    expect(() =>
      monitoring.metrics.listTimeSeries(listRequest(HISTOGRAMS, 0, 60, aggregation('ALIGN_PERCENTILE_99'))),
    ).toThrow('The aligner cannot be applied to metrics with kind CUMULATIVE and value type DISTRIBUTION.');
  });

  it('aggregates a second time', async () => {
    const list = await scrapeGauges();

    const [total] = list({
      ...aggregation('ALIGN_MAX'),
      secondaryAggregation: {
        alignmentPeriod: '120s',
        perSeriesAligner: 'ALIGN_MEAN',
        crossSeriesReducer: 'REDUCE_SUM',
      },
    });

    expect(valuesIn(total)).toEqual([55]);
  });
});
