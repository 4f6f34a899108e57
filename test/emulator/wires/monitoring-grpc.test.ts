/** The official clients of Cloud Monitoring, unchanged, over gRPC. */
import { createRequire } from 'node:module';
import { AlertPolicyServiceClient } from '@google-cloud/monitoring/build/src/v3/alert_policy_service_client.js';
import { MetricServiceClient } from '@google-cloud/monitoring/build/src/v3/metric_service_client.js';
import { NotificationChannelServiceClient } from '@google-cloud/monitoring/build/src/v3/notification_channel_service_client.js';
import { PassThroughClient } from 'google-auth-library';
import { grpc } from 'google-gax';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcPort } from '../../../emulator/wires/grpc.ts';
import { addMonitoring, unservedMonitoringMethods } from '../../../emulator/wires/monitoring-grpc.ts';
import { START_MS } from '../delivery/make-world.ts';
import {
  ALERTS,
  counterText,
  CUSTOM,
  gaugeText,
  makeMonitoring,
  PROJECT,
  WAITING,
} from '../monitoring/make-monitoring.ts';

let made: ReturnType<typeof makeMonitoring>;
let port: GrpcPort;
let metrics: MetricServiceClient;
let policies: AlertPolicyServiceClient;
let channels: NotificationChannelServiceClient;

beforeEach(async () => {
  made = makeMonitoring();
  port = new GrpcPort();
  addMonitoring(port, made.monitoring);
  const options = {
    apiEndpoint: '127.0.0.1',
    port: await port.listen(0),
    sslCreds: grpc.credentials.createInsecure(),
    projectId: 'demo',
    authClient: new PassThroughClient(),
  };
  metrics = new MetricServiceClient(options);
  policies = new AlertPolicyServiceClient(options);
  channels = new NotificationChannelServiceClient(options);
});

afterEach(async () => {
  await Promise.all([metrics.close(), policies.close(), channels.close()]);
  await port.close();
});

const second = (afterSeconds: number) => ({ seconds: START_MS / 1000 + afterSeconds });
const interval = (from: number, to: number) => ({ startTime: second(from), endTime: second(to) });

describe('MetricServiceClient', () => {
  it('reads what was scraped, raw and aggregated', async () => {
    await made.scrape((_, afterMs) => gaugeText(afterMs / 15_000) + counterText(afterMs / 100), 60_000, ['a', 'b']);
    const filter = `metric.type="${WAITING}" AND resource.type="prometheus_target" AND resource.labels.cluster="demo" AND metric.labels.pod=starts_with("a")`;

    const [raw] = await metrics.listTimeSeries({ name: PROJECT, filter, interval: interval(-1, 60), view: 'FULL' });
    const [rates] = await metrics.listTimeSeries({
      name: PROJECT,
      filter: 'metric.type="prometheus.googleapis.com/vllm:prompt_tokens_total/counter"',
      interval: interval(0, 60),
      view: 'FULL',
      aggregation: {
        alignmentPeriod: { seconds: 60 },
        perSeriesAligner: 'ALIGN_RATE',
        crossSeriesReducer: 'REDUCE_SUM',
        groupByFields: ['metric.labels.model_name'],
      },
    });

    expect(raw).toMatchObject([
      { metric: { type: WAITING, labels: { pod: 'a' } }, metricKind: 'GAUGE', valueType: 'DOUBLE' },
    ]);
    expect(
      raw[0]?.points?.map(({ interval: point, value }) => [Number(point?.endTime?.seconds), value?.doubleValue]),
    ).toEqual([3, 2, 1, 0].map((scrape) => [START_MS / 1000 + scrape * 15, scrape]));
    expect(rates).toMatchObject([
      { metric: { labels: { model_name: 'llama' } }, points: [{ value: { doubleValue: 20 } }] },
    ]);
  });

  it('follows the pages by itself', async () => {
    await made.scrape(() => gaugeText(1), 150_000);

    const [all] = await metrics.listTimeSeries({
      name: PROJECT,
      filter: `metric.type="${WAITING}"`,
      interval: interval(-1, 300),
      pageSize: 4,
    });

    expect(all.flatMap(({ points }) => points ?? [])).toHaveLength(10);
  });

  it('writes custom metrics and is told what was refused', async () => {
    const write = (value: number) =>
      metrics.createTimeSeries({
        name: PROJECT,
        timeSeries: [
          {
            metric: { type: CUSTOM, labels: { role: 'decode' } },
            resource: {
              type: 'generic_task',
              labels: { location: 'us-central1', namespace: 'fleet', job: 'a', task_id: 'b' },
            },
            points: [{ interval: { endTime: second(0) }, value: { int64Value: value } }],
          },
        ],
      });

    await write(0);

    const [series] = await metrics.listTimeSeries({
      name: PROJECT,
      filter: `metric.type="${CUSTOM}"`,
      interval: interval(-60, 60),
    });
    expect(series).toMatchObject([
      { valueType: 'INT64', points: [{ value: { int64Value: '0', value: 'int64Value' } }] },
    ]);
    await expect(write(4)).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining('Points must be written in order'),
    });
  });

  it.each([
    {
      name: 'an unknown metric',
      code: 5,
      call: () =>
        metrics.listTimeSeries({
          name: PROJECT,
          filter: 'metric.type="custom.googleapis.com/x"',
          interval: interval(0, 1),
        }),
    },
    {
      name: 'a filter that cannot be read',
      code: 3,
      call: () => metrics.listTimeSeries({ name: PROJECT, filter: 'metric.type=', interval: interval(0, 1) }),
    },
    {
      name: 'a method that is not served',
      code: 12,
      call: () => metrics.deleteMetricDescriptor({ name: `${PROJECT}/metricDescriptors/x` }),
    },
  ])('is told of $name with code $code', async ({ call, code }) => {
    await expect(call()).rejects.toMatchObject({ code });
  });

  it('is refused in a blackout', async () => {
    made.monitoring.misfortunes.blackout('permissionDenied');

    await expect(
      metrics.listTimeSeries({ name: PROJECT, filter: `metric.type="${WAITING}"`, interval: interval(0, 1) }),
    ).rejects.toMatchObject({ code: 7 });
  });
});

describe('the clients of alert policies and channels', () => {
  it('make a policy that alerts the topic', async () => {
    const [channel] = await channels.createNotificationChannel({
      name: PROJECT,
      notificationChannel: { type: 'pubsub', displayName: 'fleet', labels: { topic: ALERTS } },
    });
    const [created] = await policies.createAlertPolicy({
      name: PROJECT,
      alertPolicy: {
        displayName: 'queues',
        combiner: 'OR',
        userLabels: { name: 'llama' },
        notificationChannels: [channel.name ?? ''],
        conditions: [
          {
            displayName: 'queue',
            conditionPrometheusQueryLanguage: {
              query: 'sum by (model_name) (vllm:num_requests_waiting) > 10',
              duration: { seconds: 60 },
              evaluationInterval: { seconds: 30 },
              disableMetricValidation: true,
            },
          },
        ],
      },
    });

    const name = String(created.name);

    await made.scrape(() => gaugeText(6), 150_000, ['a', 'b']);

    const [read] = await policies.getAlertPolicy({ name });
    const [listed] = await policies.listAlertPolicies({ name: PROJECT });
    expect(read).toMatchObject({
      enabled: { value: true },
      conditions: [{ condition: 'conditionPrometheusQueryLanguage' }],
    });
    expect(listed).toHaveLength(1);
    expect(made.incidents()).toMatchObject([
      {
        state: 'open',
        observed_value: '12',
        policy_user_labels: { name: 'llama' },
        metric: { labels: { model_name: 'llama' } },
      },
    ]);
    await policies.updateAlertPolicy({
      alertPolicy: { name, enabled: { value: false } },
      updateMask: { paths: ['enabled'] },
    });
    expect(made.monitoring.policies.get(name)).toMatchObject({ enabled: false });
    await policies.deleteAlertPolicy({ name });
    await channels.deleteNotificationChannel({ name: String(channel.name) });
    expect((await channels.listNotificationChannels({ name: PROJECT }))[0]).toEqual([]);
  });
});

it('serves every method of the three services that is not listed as unserved', () => {
  const protos = createRequire(import.meta.url)('@google-cloud/monitoring/build/protos/protos.json');
  const { v3 } = protos.nested.google.nested.monitoring.nested;
  const all = ['MetricService', 'AlertPolicyService', 'NotificationChannelService'].flatMap((service) =>
    Object.keys(v3.nested[service].methods).map((method) => `${service}.${method}`),
  );
  const served: readonly string[] = [
    'ListTimeSeries',
    'CreateTimeSeries',
    'CreateMetricDescriptor',
    'GetMetricDescriptor',
    'ListMetricDescriptors',
  ]
    .map((method) => `MetricService.${method}`)
    .concat(
      ['Create', 'Get', 'Update', 'Delete'].flatMap((verb) => [
        `AlertPolicyService.${verb}AlertPolicy`,
        `NotificationChannelService.${verb}NotificationChannel`,
      ]),
    )
    .concat(['AlertPolicyService.ListAlertPolicies', 'NotificationChannelService.ListNotificationChannels']);

  expect([...served, ...unservedMonitoringMethods].sort()).toEqual(all.sort());
});
