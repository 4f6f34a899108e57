/** Signals through the official Monitoring client, over gRPC, from what was scraped. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcPort } from '../../emulator/wires/grpc.ts';
import { addMonitoring } from '../../emulator/wires/monitoring-grpc.ts';
import { makeMonitoringSignals } from '#shared/gcp/monitoring-signals.ts';
import type { SignalStore } from '#shared/ports/serving-signals.ts';
import { START_MS } from '../emulator/delivery/make-world.ts';
import { counterText, gaugeText, histogramText, makeMonitoring } from '../emulator/monitoring/make-monitoring.ts';

let made: ReturnType<typeof makeMonitoring>;
let port: GrpcPort;
let store: SignalStore;

beforeEach(async () => {
  made = makeMonitoring();
  port = new GrpcPort();
  addMonitoring(port, made.monitoring);
  const monitoring = `http://127.0.0.1:${await port.listen(0)}`;
  store = makeMonitoringSignals({
    connection: { credentials: { accessToken: 'token' }, endpoints: { monitoring } },
  });
});

afterEach(() => port.close());

const service = (afterSeconds: number) => ({
  project: 'demo',
  location: 'us-central1',
  cluster: 'demo',
  namespace: 'serving',
  servedModelName: 'llama',
  pods: { decode: ['a', 'b'] },
  inferencePool: 'llama',
  nowMs: START_MS + afterSeconds * 1000,
});

const running = (value: number) => gaugeText(value, 'vllm:num_requests_running');
const finished = (value: number) => counterText(value, 'vllm:request_success_total');

describe('signals from Cloud Monitoring', () => {
  it('reads the newest value of each pod, with its age', async () => {
    await made.scrape((pod, afterMs) => gaugeText(pod === 'a' ? afterMs / 15_000 : 7) + running(2), 60_000, ['a', 'b']);

    const { roles } = await store.read(service(60));

    expect(roles['decode']?.pods.map(({ pod, queuedRequests }) => [pod, queuedRequests])).toEqual([
      ['a', { kind: 'value', value: 3, atMs: START_MS + 45_000, source: 'monitoring' }],
      ['b', { kind: 'value', value: 7, atMs: START_MS + 45_000, source: 'monitoring' }],
    ]);
  });

  it('is missing, not zero, for a pod that was never scraped', async () => {
    await made.scrape(() => gaugeText(1), 30_000, ['a']);

    const { roles, service: entrance } = await store.read(service(30));

    expect(roles['decode']?.pods[1]?.queuedRequests.kind).toBe('missing');
    expect(entrance.heldRequests.kind).toBe('missing');
  });

  it('reads the older name where the newer one has no series', async () => {
    await made.scrape(() => gaugeText(0.4, 'vllm:gpu_cache_usage_perc'), 30_000, ['a']);

    const { roles } = await store.read(service(30));

    expect(roles['decode']?.pods[0]?.kvCacheUsedRatio).toMatchObject({ kind: 'value', value: 0.4 });
  });

  it('adds up the rates of all pods, and a counter that began anew does not count backwards', async () => {
    // 10 a second, begun anew after a minute.
    await made.scrape((_, afterMs) => finished((afterMs % 60_000) / 100), 240_000, ['a', 'b']);

    const { service: entrance } = await store.read(service(240));

    expect(entrance.completedRequestsPerSecond.kind).toBe('value');
    expect(entrance.completedRequestsPerSecond).toMatchObject({ value: expect.closeTo(20, -1) });
  });

  it('computes quantiles over all pods', async () => {
    await made.scrape((_, afterMs) => histogramText([afterMs / 1000, afterMs / 1000, 0], afterMs / 1000), 120_000, [
      'a',
    ]);

    const { service: entrance } = await store.read(service(120));

    // Half below 1 s, half from 1 s to 2 s: 90 % are below 1.8 s.
    expect(entrance.ttftP90Seconds).toMatchObject({ kind: 'value', value: expect.closeTo(1.8, 5) });
  });

  it('reads the endpoint picker by pool, model and pod', async () => {
    const held =
      '# TYPE llm_d_epp_flow_control_queue_size gauge\nllm_d_epp_flow_control_queue_size{model_name="llama"} 4\n';
    const tokens =
      '# TYPE llm_d_epp_inflight_tokens gauge\nllm_d_epp_inflight_tokens{endpoint_name="a"} 900\nllm_d_epp_inflight_tokens{endpoint_name="gone"} 5\n';
    await made.scrape(() => held + tokens, 30_000, ['epp']);

    const { service: entrance, roles } = await store.read(service(30));

    expect(entrance.heldRequests).toMatchObject({ kind: 'value', value: 4, source: 'monitoring' });
    expect(roles['decode']?.inflightTokens).toMatchObject({ kind: 'value', value: 900 });
  });

  it.each([
    ['unavailable', 'transient'],
    ['permissionDenied', 'auth'],
  ] as const)(
    'throws what its kind is while Cloud Monitoring is %s',
    async (blackout, kind) => {
      made.monitoring.misfortunes.blackout(blackout);

      await expect(store.read(service(10))).rejects.toMatchObject({ kind });
    },
    30_000,
  );
});
