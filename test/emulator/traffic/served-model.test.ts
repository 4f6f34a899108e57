import { describe, expect, it } from 'vitest';
import { readServingSignals } from '#shared/domain/metrics/serving-signals.ts';
import { KubernetesApi } from '../../../emulator/kubernetes/api.ts';
import { ServedModel } from '../../../emulator/traffic/served-model.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { makeWorld, startMs } from '../kubernetes/kubernetes-fixtures.ts';
import { HandTime } from '../delivery/hand-time.ts';
import { bareService, makeGroupTraffic, makeTraffic, modelName, scale, steady } from './traffic-fixtures.ts';

const minute = 60_000;
/** Image, weights and warm-up of the fixture's pods. */
const startedMs = 6 * minute;

describe('a served model in a cluster', () => {
  it('holds requests until prefill and decode are ready, and serves them then', async () => {
    const { served, world } = await makeTraffic();

    await world.pass(90_000);
    const waiting = served.summary();
    await world.pass(startedMs);
    const serving = served.summary();

    expect(waiting.completedRequests).toBe(0);
    expect(waiting.heldRequests).toBeGreaterThan(50);
    expect(serving.heldRequests).toBe(0);
    expect(serving.roles).toMatchObject({ prefill: { replicasReady: 2 }, decode: { replicasReady: 2 } });
    expect(serving.requestsPerSecond).toBeGreaterThan(1);
    expect(serving.ttftP90Seconds).toBeLessThan(1);
  });

  it('answers through the pod proxy what the signals of a service are read from', async () => {
    const { served, world, podsOf, pods, metricsOf } = await makeTraffic({ requests: steady(6) });
    await world.pass(startedMs);

    const answer = (pod: string, port: number) => ({ pod, answer: { text: metricsOf(pod, port).text } });
    const epp = String((pods('app=llama-70b-epp')[0]!['metadata'] as { name: string }).name);
    const signals = readServingSignals({
      servedModelName: modelName,
      roles: {
        prefill: podsOf('prefill').map((pod) => answer(pod, 8000)),
        decode: podsOf('decode').map((pod) => answer(pod, 8200)),
      },
      endpointPicker: [answer(epp, 9090)],
      atMs: world.clock.nowMs(),
      counters: undefined,
    });

    const running = (role: string) =>
      signals.roles[role]!.pods.map(({ runningRequests }) =>
        runningRequests.kind === 'value' ? runningRequests.value : -1,
      );
    const { roles, heldRequests } = served.summary();
    expect(running('decode').reduce((sum, one) => sum + one, 0)).toBe(roles.decode!.runningRequests);
    expect(roles.decode!.runningRequests).toBeGreaterThan(5);
    expect(signals.service.heldRequests).toMatchObject({ kind: 'value', value: heldRequests });
    expect(signals.service.saturationRatio).toMatchObject({ kind: 'value' });
    expect(signals.roles['prefill']!.inflightTokens).toMatchObject({ kind: 'value' });
  });

  it('answers on the port of its role only, and only where something serves', async () => {
    const { world, pods, podsOf, metricsOf } = await makeTraffic();
    const phase = () => (pods('llm-d.ai/role=decode')[0]?.['status'] as { phase: string } | undefined)?.phase;
    while (phase() !== 'Running') await world.pass(1_000);
    const loading = metricsOf(podsOf('decode')[0]!, 8200);
    await world.pass(startedMs);

    expect(loading.status).toBe(503);
    expect(metricsOf(podsOf('decode')[0]!, 8200).status).toBe(200);
    expect(metricsOf(podsOf('decode')[0]!, 8000).status).toBe(503);
  });

  it('is scraped every 15 s, endpoint picker included', async () => {
    const { world, scrapes, podsOf } = await makeTraffic();
    await world.pass(startedMs);
    scrapes.length = 0;

    await world.pass(minute);

    const ofPod = scrapes.filter(({ target }) => target.pod === podsOf('decode')[0]);
    expect(ofPod.map(({ atMs }, at) => atMs - ofPod[0]!.atMs - at * 15_000)).toEqual([0, 0, 0, 0]);
    expect(ofPod[0]!.target).toMatchObject({ cluster: 'demo', namespace: 'serving', port: 'modelserver' });
    expect(scrapes.some(({ target, text }) => target.port === 'metrics' && text.includes('llm_d_epp_'))).toBe(true);
  });

  it('follows the size of its workloads', async () => {
    const traffic = await makeTraffic();
    await traffic.world.pass(startedMs);
    const before = traffic.served.summary();

    expect(scale(traffic, 'decode', 1).status).toBe(200);
    await traffic.world.pass(2 * minute);

    const after = traffic.served.summary();
    expect(after.roles.decode).toMatchObject({ replicasReady: 1 });
    expect(after.gpuHours - before.gpuHours).toBeGreaterThan((12 * 2) / 60 - 0.01);
    expect(after.gpuHours - before.gpuHours).toBeLessThan((16 * 2) / 60);
  });

  it('finishes what a pod has before it goes', async () => {
    const traffic = await makeTraffic({ requests: steady(1) });
    await traffic.world.pass(startedMs);

    scale(traffic, 'decode', 1);
    await traffic.world.pass(2 * minute);

    expect(traffic.served.summary().retriedRequests).toBe(0);
  });

  it('keeps requests without replicas, and loses them with the endpoint picker', async () => {
    const traffic = await makeTraffic();
    await traffic.world.pass(startedMs);
    scale(traffic, 'decode', 0);
    await traffic.world.pass(3 * minute);
    const { heldRequests } = traffic.served.summary();

    traffic.call(
      'DELETE',
      `/api/v1/namespaces/serving/pods/${String((traffic.pods('app=llama-70b-epp')[0]!['metadata'] as { name: string }).name)}`,
    );
    await traffic.world.pass(minute);

    expect(heldRequests).toBeGreaterThan(100);
    expect(traffic.served.summary().lostRequests).toBeGreaterThanOrEqual(heldRequests);
  });

  it('counts the leader of a group once, and only while the whole group is there', async () => {
    const traffic = await makeGroupTraffic();
    await traffic.world.pass(startedMs);
    const [, worker] = traffic.podsOf('aggregated');
    const whole = traffic.served.summary();

    traffic.call('DELETE', `/api/v1/namespaces/serving/pods/${worker}?gracePeriodSeconds=0`);
    await traffic.world.pass(1_000);

    expect(whole.roles.aggregated).toMatchObject({ replicasReady: 1 });
    expect(traffic.served.summary().roles.aggregated?.replicasReady ?? 0).toBe(0);
    expect(whole.gpuHours).toBeGreaterThan(16 * (4 / 60));
  });
});

describe('the clock of a served model', () => {
  it('hurries while requests come or are under way, and falls to 1× afterwards', () => {
    const timers: { readonly delayMs: number; readonly fire: () => void }[] = [];
    const real = {
      nowMs: () => 0,
      setTimer: (delayMs: number, fire: () => void) => {
        timers.push({ delayMs, fire });
        return () => undefined;
      },
    };
    const world = { ...makeWorld(), clock: new WorldClock({ startMs, speed: 'max', real }) };
    const { clock } = world;
    const served = new ServedModel({
      api: new KubernetesApi(world, 'demo'),
      clock,
      service: bareService(startMs + 20_000),
    });
    clock.start();

    const delays = Array.from({ length: 4 }, () => {
      const { delayMs, fire } = timers.at(-1)!;
      fire();
      return delayMs;
    });

    expect(delays).toEqual([0, 0, 15_000, 15_000]);
    expect(served.summary().refusedRequests).toBeGreaterThan(0);
  });
});

describe('a load that nobody waits for any more', () => {
  it('goes on at 1×', () => {
    const real = new HandTime();
    const world = { ...makeWorld(), clock: new WorldClock({ startMs, speed: 'max', real }) };
    const served = new ServedModel({
      api: new KubernetesApi(world, 'demo'),
      clock: world.clock,
      service: bareService(Number.POSITIVE_INFINITY),
    });
    world.clock.start();
    const waitsWhileBusy = real.pending;

    served.becomeRoutine();
    real.pass();

    expect(waitsWhileBusy).toEqual([0]);
    expect(real.pending).toEqual([15_000]);
  });
});

describe('what goes wrong with metrics', () => {
  it('a blackout silences every pod until it ends', async () => {
    const { world, served, podsOf, metricsOf, scrapes } = await makeTraffic();
    await world.pass(startedMs);
    const end = served.faults.blackout();
    scrapes.length = 0;

    await world.pass(minute);
    const statuses = [metricsOf(podsOf('prefill')[0]!, 8000).status, metricsOf(podsOf('decode')[0]!, 8200).status];
    const scraped = scrapes.length;
    end();

    expect(statuses).toEqual([503, 503]);
    expect(scraped).toBe(0);
    expect(metricsOf(podsOf('prefill')[0]!, 8000).status).toBe(200);
  });

  it('one pod can be cut off', async () => {
    const { world, served, podsOf, metricsOf } = await makeTraffic();
    await world.pass(startedMs);
    const [first, second] = podsOf('decode');

    served.faults.cutOff(first!);

    expect([metricsOf(first!, 8200).status, metricsOf(second!, 8200).status]).toEqual([503, 200]);
  });

  it('a stuck pod tells the same for ever', async () => {
    const { world, served, podsOf, metricsOf } = await makeTraffic();
    await world.pass(startedMs);
    const [pod] = podsOf('decode');
    served.faults.freeze(pod!);
    const before = metricsOf(pod!, 8200).text;

    await world.pass(minute);

    expect(metricsOf(pod!, 8200).text).toBe(before);
  });

  it('a restarted container counts from zero, and what it had is tried again', async () => {
    const { world, served, podsOf, metricsOf } = await makeTraffic({ requests: steady(6) });
    await world.pass(startedMs);
    const [pod] = podsOf('decode');
    const tokens = () => Number(/generation_tokens_total\{.*\} (\d+)/.exec(metricsOf(pod!, 8200).text)?.[1]);
    const before = tokens();

    served.restart(pod!);

    expect(before).toBeGreaterThan(1_000);
    expect(tokens()).toBe(0);
    expect(served.summary().retriedRequests).toBeGreaterThan(0);
  });
});
