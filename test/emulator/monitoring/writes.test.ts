import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  at,
  CUSTOM,
  customPoint,
  listRequest,
  makeMonitoring,
  PROJECT,
  seriesIn,
  valuesIn,
} from './make-monitoring.ts';

const FILTER = `metric.type="${CUSTOM}"`;

function write(...timeSeries: readonly JsonMap[]): JsonMap {
  return { name: PROJECT, timeSeries: [...timeSeries] };
}

describe('writing time series', () => {
  it('keeps the points, newest first, with the project among the labels', async () => {
    const { monitoring, pass, base } = makeMonitoring();

    monitoring.metrics.createTimeSeries(write(customPoint(0, { int64Value: '4' })));
    await pass(10_000);
    monitoring.metrics.createTimeSeries(write(customPoint(10, { int64Value: '6' })));

    const [series] = seriesIn(monitoring.metrics.listTimeSeries(listRequest(FILTER, -60, 60)));
    expect(series).toMatchObject({
      metric: { type: CUSTOM, labels: { role: 'decode' } },
      resource: { type: 'global', labels: { project_id: 'demo' } },
      metricKind: 'GAUGE',
      valueType: 'INT64',
    });
    expect(series?.points).toEqual([
      { interval: { startTime: at(10), endTime: at(10) }, value: { int64Value: '6' } },
      { interval: { startTime: at(0), endTime: at(0) }, value: { int64Value: '4' } },
    ]);
    expect(
      base.journal.entries.map(({ method }) => method).filter((method) => method === 'createTimeSeries'),
    ).toHaveLength(2);
  });

  const first = customPoint(0, { doubleValue: 1 });
  const cumulative = (start: number, end: number): JsonMap =>
    customPoint(
      end,
      { doubleValue: 1 },
      {
        metric: { type: `${CUSTOM}_total` },
        metricKind: 'CUMULATIVE',
        points: [{ interval: { startTime: at(start), endTime: at(end) }, value: { doubleValue: 1 } }],
      },
    );

  it.each([
    {
      name: 'a point that is not newer',
      before: first,
      next: customPoint(0, { doubleValue: 2 }),
      says: 'older end time',
    },
    {
      name: 'a second point within 5 s',
      before: first,
      next: customPoint(4.9, { doubleValue: 2 }),
      says: 'written more frequently than the maximum sampling period',
    },
    {
      name: 'another value type',
      before: first,
      next: customPoint(9, { int64Value: '2' }),
      says: 'must be DOUBLE, but is INT64',
    },
    {
      name: 'another kind',
      before: first,
      next: customPoint(
        9,
        { doubleValue: 1 },
        {
          metricKind: 'CUMULATIVE',
          points: [{ interval: { startTime: at(0), endTime: at(9) }, value: { doubleValue: 1 } }],
        },
      ),
      says: 'must be GAUGE, but is CUMULATIVE',
    },
    {
      name: 'a start before the last end',
      before: cumulative(0, 10),
      next: cumulative(5, 20),
      says: 'older start time',
    },
    { name: 'a start after the end', next: cumulative(20, 10), says: 'The start time must be before the end time' },
    {
      name: 'an interval of a gauge',
      next: customPoint(
        9,
        { doubleValue: 1 },
        {
          points: [{ interval: { startTime: at(0), endTime: at(9) }, value: { doubleValue: 1 } }],
        },
      ),
      says: 'The start time must be equal to the end time',
    },
    {
      name: 'a point of yesterday and more',
      next: customPoint(-26 * 3600, { doubleValue: 1 }),
      says: 'more than 25h in the past',
    },
    { name: 'a point of the future', next: customPoint(301, { doubleValue: 1 }), says: 'more than 5m in the future' },
    {
      name: 'two points of one series',
      next: { ...first, points: [...(first['points'] as JsonMap[]), ...(first['points'] as JsonMap[])] },
      says: 'Field timeSeries[0].points had an invalid value: Only one point can be written',
    },
    { name: 'a point without a value', next: customPoint(0, {}), says: 'The value is missing' },
    {
      name: 'an unknown resource type',
      next: { ...first, resource: { type: 'teapot' } },
      says: 'Unrecognized resource type: teapot.: timeSeries[0]',
    },
    {
      name: 'an unknown resource label',
      next: { ...first, resource: { type: 'global', labels: { zone: 'a' } } },
      says: 'Unrecognized resource labels: [zone]',
    },
    {
      name: 'missing resource labels',
      next: { ...first, resource: { type: 'generic_task', labels: { location: 'a', job: 'b' } } },
      says: 'Missing labels: (namespace task_id)',
    },
    {
      name: "a metric of Google's own",
      next: { ...first, metric: { type: 'compute.googleapis.com/instance/cpu' } },
      says: 'Field timeSeries[0].metric.type had an invalid value',
    },
  ])('refuses $name', ({ before, next, says }) => {
    const { monitoring } = makeMonitoring();
    if (before !== undefined) monitoring.metrics.createTimeSeries(write(before));

    const refused = () => monitoring.metrics.createTimeSeries(write(next));

    expect(refused).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', id: 'monitoring.notWritten' }));
    expect(refused).toThrow(says);
  });

  it('writes the good ones of a call whose others it refuses', () => {
    const { monitoring } = makeMonitoring();
    const bad = customPoint(0, { doubleValue: 1 }, { resource: { type: 'teapot' } });

    expect(() => monitoring.metrics.createTimeSeries(write(bad, customPoint(0, { doubleValue: 7 })))).toThrow(
      'timeSeries[0]',
    );
    const [series] = seriesIn(monitoring.metrics.listTimeSeries(listRequest(FILTER, -60, 60)));

    expect(valuesIn(series)).toEqual([7]);
  });

  it('takes 200 series in one call and not 201', () => {
    const { monitoring } = makeMonitoring();
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        customPoint(0, { doubleValue: 1 }, { metric: { type: CUSTOM, labels: { index: String(index) } } }),
      );

    monitoring.metrics.createTimeSeries(write(...many(200)));

    expect(() => monitoring.metrics.createTimeSeries(write(...many(201)))).toThrow(
      'Field timeSeries had an invalid value: A maximum of 200 TimeSeries can be written in a single request.',
    );
  });

  it('refuses another project', () => {
    const { monitoring } = makeMonitoring();

    expect(() => monitoring.metrics.createTimeSeries({ ...write(first), name: 'projects/other' })).toThrow(
      expect.objectContaining({
        code: 'PERMISSION_DENIED',
        message: 'Permission monitoring.timeSeries.create denied (or the resource may not exist).',
      }),
    );
  });
});

describe('metric descriptors', () => {
  it('come with the first point, and are listed by filter', () => {
    const { monitoring } = makeMonitoring();
    monitoring.metrics.createTimeSeries(write(customPoint(0, { doubleValue: 1 })));
    monitoring.metrics.createMetricDescriptor({
      name: PROJECT,
      metricDescriptor: {
        type: 'custom.googleapis.com/other',
        metricKind: 'CUMULATIVE',
        valueType: 'INT64',
        description: 'other',
      },
    });

    const all = monitoring.metrics.listMetricDescriptors({ name: PROJECT });
    const some = monitoring.metrics.listMetricDescriptors({
      name: PROJECT,
      filter: 'metric.type = starts_with("custom.googleapis.com/fleet/")',
    });

    expect(all).toHaveLength(2);
    expect(some).toEqual([
      {
        name: `${PROJECT}/metricDescriptors/${CUSTOM}`,
        type: CUSTOM,
        labels: [{ key: 'role' }],
        metricKind: 'GAUGE',
        valueType: 'DOUBLE',
      },
    ]);
  });

  it('cannot change their kind', () => {
    const { monitoring } = makeMonitoring();
    monitoring.metrics.createTimeSeries(write(customPoint(0, { doubleValue: 1 })));

    expect(() =>
      monitoring.metrics.createMetricDescriptor({
        name: PROJECT,
        metricDescriptor: { type: CUSTOM, metricKind: 'CUMULATIVE', valueType: 'DOUBLE' },
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'ALREADY_EXISTS',
        message: `Errors during metric descriptor creation: {(metric: ${CUSTOM}, error: The metric already exists.)}.`,
      }),
    );
  });

  it.each([
    {
      name: 'without a value type',
      metricDescriptor: { type: CUSTOM, metricKind: 'GAUGE' },
      message: 'Request was missing field metricDescriptor.valueType: The descriptor does not have the value type set.',
    },
    {
      name: 'with a type that is no URL',
      metricDescriptor: { type: 'custom.googleapis.com/', metricKind: 'GAUGE', valueType: 'DOUBLE' },
      message:
        'Field metricDescriptor.type had an invalid value of "custom.googleapis.com/": ' +
        'The metric type must be a URL-formatted string with a domain and non-empty path.',
    },
  ])('are not taken $name', ({ metricDescriptor, message }) => {
    const { monitoring } = makeMonitoring();

    expect(() => monitoring.metrics.createMetricDescriptor({ name: PROJECT, metricDescriptor })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
    );
  });

  it('are not found before somebody made them', () => {
    const { monitoring } = makeMonitoring();

    expect(() => monitoring.metrics.getMetricDescriptor({ name: `${PROJECT}/metricDescriptors/${CUSTOM}` })).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: `Could not find descriptor for metric '${CUSTOM}'.` }),
    );
  });
});
