/** Decisions as custom metrics through the official Monitoring client, over gRPC, read back as a dashboard would. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcPort } from '../../emulator/wires/grpc.ts';
import { addMonitoring } from '../../emulator/wires/monitoring-grpc.ts';
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import { makeDecisionMetrics } from '#shared/gcp/decision-metrics.ts';
import { monitoringCallsOf } from '#shared/gcp/monitoring-calls.ts';
import type { DecisionMetrics } from '#shared/ports/decision-metrics.ts';
import { START_MS } from '../emulator/delivery/make-world.ts';
import { makeMonitoring } from '../emulator/monitoring/make-monitoring.ts';

const PREFIX = 'custom.googleapis.com/inference_fleet';
const AT_MS = START_MS + 60_000;

let made: ReturnType<typeof makeMonitoring>;
let port: GrpcPort;
let connection: GoogleConnection;
let metrics: DecisionMetrics;
let calls: number;

beforeEach(async () => {
  made = makeMonitoring();
  await made.pass(60_000);
  port = new GrpcPort();
  calls = 0;
  const { metrics: served } = made.monitoring;
  const create = served.createTimeSeries.bind(served);
  served.createTimeSeries = (request) => {
    calls += 1;
    create(request);
  };
  addMonitoring(port, made.monitoring);
  const monitoring = `http://127.0.0.1:${await port.listen(0)}`;
  connection = { credentials: { accessToken: 'token' }, endpoints: { monitoring } };
  metrics = makeDecisionMetrics({ connection, project: 'demo' });
});

afterEach(() => port.close());

/** `labels → value` of every series of one metric. */
async function read(metric: string) {
  const series = await monitoringCallsOf(connection).listTimeSeries(
    {
      name: 'projects/demo',
      filter: `metric.type = "${PREFIX}/${metric}"`,
      interval: {
        startTime: new Date(AT_MS - 1_000).toISOString(),
        endTime: new Date(AT_MS + 1_000).toISOString(),
      },
    },
    5_000,
  );
  return series.map((one) => {
    const [point] = listAt(one, 'points');
    return {
      labels: at(one, 'metric.labels'),
      resource: textAt(one, 'resource.type'),
      value: at(point, 'value'),
      atMs: Date.parse(textAt(point, 'interval.endTime') ?? ''),
    };
  });
}

describe('metrics of decisions', () => {
  it('say what is wanted, what is ready, what limits it, and how old the decision is', async () => {
    const target = 'model/demo/serving/llama';
    const prefill = { role: 'prefill', desiredReplicas: 2, readyReplicas: 2 };
    const decode = { role: 'decode', desiredReplicas: 4, readyReplicas: 3, limitedBy: 'ceiling' };

    await metrics.write([{ target, decisionAgeSeconds: 4.5, roles: [prefill, decode] }], AT_MS);

    expect(await read('desired_replicas')).toMatchObject([
      { labels: { target, role: 'prefill' }, value: { int64Value: '2' }, resource: 'global' },
      { labels: { target, role: 'decode' }, value: { int64Value: '4' } },
    ]);
    expect(await read('ready_replicas')).toMatchObject([
      { value: { int64Value: '2' } },
      { value: { int64Value: '3' } },
    ]);
    expect(await read('limited_by')).toMatchObject([
      { labels: { target, role: 'decode', limited_by: 'ceiling' }, value: { int64Value: '1' } },
    ]);
    expect(await read('decision_age_seconds')).toMatchObject([
      { labels: { target }, value: { doubleValue: 4.5 }, atMs: AT_MS },
    ]);
  });

  it('go in as few calls as their number allows: 200 series each', async () => {
    const one = { role: 'aggregated', desiredReplicas: 1, readyReplicas: 1 };
    const gauges = Array.from({ length: 150 }, (_, n) => ({
      target: `model/c/n/m${n}`,
      decisionAgeSeconds: 0,
      roles: [one],
    }));

    await metrics.write(gauges, AT_MS);

    expect(calls).toBe(3);
    expect(await read('ready_replicas')).toHaveLength(150);
  });

  it('that Cloud Monitoring refuses are an error of ours, with what was done', async () => {
    const gauges = [{ target: 'model/c/n/m', decisionAgeSeconds: 0, roles: [] }];
    await metrics.write(gauges, AT_MS);

    await expect(metrics.write(gauges, AT_MS)).rejects.toMatchObject({
      name: 'AutomationError',
      message: expect.stringMatching(/^writing 1 custom metrics: /),
    });
  });

  it('of nothing are no call', async () => {
    await metrics.write([], AT_MS);

    expect(calls).toBe(0);
  });
});
