import { describe, expect, it } from 'vitest';
import { observeSignals } from '../../../functions/scale-replicas/observe-signals.ts';
import type { SignalRequest } from '../../../functions/scale-replicas/signal-request.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import { resolveModelService } from '#shared/domain/model-service.ts';
import type { Sample, ServiceSignals } from '#shared/domain/scaling/signals.ts';
import { AutomationError } from '#shared/errors.ts';
import { makeLog } from '../../support/loop-ports.ts';
import { makeModelService } from '../../support/make-model-service.ts';

const NOW_MS = 10_000_000;
const stored = (value: number): Sample => ({ kind: 'value', value, atMs: NOW_MS - 60_000, source: 'monitoring' });

const entrance: ServiceSignals = {
  heldRequests: stored(9),
  runningRequests: stored(9),
  saturationRatio: stored(0.9),
  completedRequestsPerSecond: stored(9),
  ttftP90Seconds: stored(2),
  tpotP90Seconds: stored(0.05),
};

const picker =
  'llm_d_epp_flow_control_queue_size{model_name="meta-llama/Llama-3.3-70B-Instruct"} 1\n' +
  'llm_d_epp_request_running{model_name="meta-llama/Llama-3.3-70B-Instruct"} 2\n';
const server = 'vllm:num_requests_waiting 0\nvllm:num_requests_running 1\nvllm:kv_cache_usage_perc 0.5\n';

/** Pods that say everything, unless a test says otherwise, and a store that counts how often it is asked. */
function makePorts(over: { readonly text?: (pod: string) => string; readonly store?: () => never } = {}) {
  let asked = 0;
  const elapsed = { ms: 0 };
  const ports = {
    podTexts: {
      read: async (_connection: unknown, { pod }: { pod: string }) =>
        over.text?.(pod) ?? (pod === 'epp' ? picker : server),
    },
    signalStore: async () => ({
      read: async () => {
        asked++;
        over.store?.();
        return { roles: {}, service: entrance };
      },
    }),
    log: makeLog([]),
    clock: { nowMs: () => NOW_MS, elapsedMs: () => elapsed.ms },
  };
  return { ports: ports as unknown as ScaleReplicasPorts, asked: () => asked, elapsed }; // what signals are read from
}

function request(over: Partial<SignalRequest> & { readonly spec?: Record<string, unknown> } = {}): SignalRequest {
  const service = resolveModelService(makeModelService({ spec: { ...over.spec } as never }));
  return {
    service,
    connection: { server: 'https://demo' },
    roles: service.roles.map((role) => ({
      role,
      workload: undefined,
      pods: [{ name: `${role.role}-1`, state: 'ready', sinceMs: 0, answers: true, reason: undefined }],
      foreignScaler: undefined,
      usdPerGpuHour: undefined,
    })),
    pickers: ['epp'],
    nowMs: NOW_MS,
    counters: { atMs: NOW_MS - 15_000, byPod: { 'decode-1': 0 } },
    quantiles: undefined,
    ...over,
  };
}

/** One role of so many pods that serve, and a picker. */
function manyPods(count: number): SignalRequest {
  const about = request();
  const roles = about.roles
    .filter(({ role }) => role.role === 'decode')
    .map((role) => ({
      ...role,
      pods: Array.from({ length: count }, (_, index) => ({
        name: `decode-${index}`,
        state: 'ready' as const,
        sinceMs: 0,
        answers: true,
        reason: undefined,
      })),
    }));
  return { ...about, roles };
}

const objectives = { slo: { ttftP90Seconds: 3 } };

describe('signals of one look', () => {
  it('come from pods alone where they say everything', async () => {
    const { ports, asked } = makePorts();

    const { signals } = await observeSignals(request(), ports);

    expect(asked()).toBe(0);
    expect(signals.service.heldRequests).toMatchObject({ value: 1, source: 'endpointPicker' });
  });

  it.each([
    ['never asked', undefined, 1],
    ['asked a minute ago', NOW_MS - 60_000, 1],
    ['asked just now', NOW_MS - 45_000, 0],
  ] as const)('ask for objectives once a minute: %s', async (_when, askedAtMs, times) => {
    const { ports, asked } = makePorts();
    const quantiles =
      askedAtMs === undefined ? undefined : { askedAtMs, ttftP90Seconds: stored(1), tpotP90Seconds: stored(1) };

    const measured = await observeSignals(request({ spec: objectives, quantiles }), ports);

    expect(asked()).toBe(times);
    expect(measured.signals.service.ttftP90Seconds).toMatchObject({ value: times === 1 ? 2 : 1 });
    expect(measured.quantiles?.askedAtMs).toBe(times === 1 ? NOW_MS : askedAtMs);
  });

  it('are filled in where pods are silent, and only there', async () => {
    const { ports } = makePorts({
      text: (pod) => {
        if (pod === 'epp') throw new AutomationError('transient', 'HTTP 503');
        return server;
      },
    });

    const { signals } = await observeSignals(request(), ports);

    expect(signals.service.heldRequests).toMatchObject({ value: 9, source: 'monitoring' });
    expect(signals.roles['decode']?.pods[0]?.runningRequests).toMatchObject({ value: 1, source: 'modelServer' });
  });

  it.each([
    ['without a picker', { endpointPicker: undefined }, undefined, ''],
    ['with a picker without flow control', {}, ['epp'], 'llm_d_epp_request_running 2\n'],
  ])('are not sought where nobody writes them: a service %s', async (_case, spec, pickers, text) => {
    const { ports, asked } = makePorts({ text: (pod) => (pod === 'epp' ? text : server) });
    const document = makeModelService();
    const service = resolveModelService({ ...document, spec: { ...document.spec, ...spec } as typeof document.spec });

    await observeSignals({ ...request(), service, pickers }, ports);

    expect(asked()).toBe(0);
  });

  it('keep their gaps, each with its reason, where nobody can be read', async () => {
    const { ports } = makePorts({
      text: () => {
        throw new AutomationError('transient', 'HTTP 503');
      },
      store: () => {
        throw new AutomationError('auth', 'denied');
      },
    });

    const { signals } = await observeSignals(request(), ports);

    expect(signals.service.heldRequests).toEqual({ kind: 'missing', reason: 'HTTP 503' });
    expect(signals.roles['decode']?.pods[0]?.kvCacheUsedRatio).toEqual({ kind: 'missing', reason: 'HTTP 503' });
  });

  it('are stale beyond the age that the document allows', async () => {
    const { ports } = makePorts({ text: (pod) => (pod === 'epp' ? '' : server) });

    const { signals } = await observeSignals(request({ spec: { signals: { maxAgeSeconds: 30 } } }), ports);

    expect(signals.service.heldRequests).toMatchObject({ kind: 'stale', value: 9 });
  });

  it('are asked of the picker first, and of at most 12 pods at a time: none waits behind those that hang', async () => {
    const { ports } = makePorts();
    const running: string[] = [];
    const order: string[] = [];
    let most = 0;
    const podTexts = {
      read: async (_connection: unknown, { pod }: { readonly pod: string }) => {
        order.push(pod);
        running.push(pod);
        most = Math.max(most, running.length);
        await Promise.resolve();
        running.pop();
        return server;
      },
    };

    const { signals } = await observeSignals(manyPods(40), { ...ports, podTexts });

    expect([order[0], most, signals.roles['decode']?.pods.length]).toEqual(['epp', 12, 40]);
    expect(signals.roles['decode']?.pods[39]?.runningRequests).toMatchObject({ value: 1 });
  });

  it('are not asked for once a round has taken 10 s: the rest is missing, and says why', async () => {
    const { ports, elapsed } = makePorts({
      text: (pod) => {
        if (pod !== 'epp') elapsed.ms += 3_000;
        return pod === 'epp' ? picker : server;
      },
    });

    const { signals } = await observeSignals(manyPods(40), ports);

    const samples = signals.roles['decode']?.pods.map(({ runningRequests }) => runningRequests) ?? [];
    expect(samples.filter(({ kind }) => kind === 'value').length).toBeLessThan(20);
    expect(samples.at(-1)).toEqual({ kind: 'missing', reason: 'not asked: pods before it took more than 10 s' });
  });

  it('of the pods that answer are heard at every look, behind however many that hang', async () => {
    const hung = new Set(Array.from({ length: 60 }, (_, index) => `decode-${index}`));
    const { ports, elapsed } = makePorts({
      text: (pod) => {
        if (!hung.has(pod)) return pod === 'epp' ? picker : server;
        // Twelve wait side by side for the deadline of 3 s.
        elapsed.ms += 3_000 / 12;
        throw new AutomationError('transient', 'no answer within 3 s');
      },
    });
    let silent: readonly string[] | undefined;
    const heard: number[] = [];

    for (let look = 0; look < 4; look++) {
      elapsed.ms = 0;
      const measured = await observeSignals({ ...manyPods(80), silent }, ports);
      silent = measured.silent;
      heard.push(
        measured.signals.roles['decode']?.pods.filter((one) => one.runningRequests.kind === 'value').length ?? 0,
      );
    }

    // At first nobody knows; then the unknown ones go first, and from then on all twenty are heard.
    expect(heard.slice(2)).toEqual([20, 20]);
    expect(silent?.length).toBe(60);
  });

  it('of a pod that answers again are heard, and it is silent no more', async () => {
    const { ports } = makePorts();

    const { silent } = await observeSignals({ ...manyPods(3), silent: ['decode-1', 'gone'] }, ports);

    expect(silent).toEqual([]);
  });

  it('are not asked of pods that the document leaves out', async () => {
    const { ports } = makePorts();

    const { signals } = await observeSignals(request({ spec: { signals: { sources: ['monitoring'] } } }), ports);

    expect(signals.service.heldRequests).toMatchObject({ source: 'monitoring' });
    expect(signals.roles['decode']?.pods[0]?.runningRequests).toEqual({
      kind: 'missing',
      reason: 'signals.sources leaves pods out',
    });
  });
});

describe('a service that sleeps', () => {
  const asleep = (over: Parameters<typeof request>[0] = {}): SignalRequest => {
    const about = request(over);
    const workload = {
      replicas: 0,
      resourceVersion: '1',
      readyReplicas: 0,
      inMotion: undefined,
      podSelector: undefined,
    };
    return { ...about, roles: about.roles.map((role) => ({ ...role, workload, pods: [] })) };
  };
  const queueOnly = 'llm_d_epp_flow_control_queue_size 0\n';

  it.each([
    { name: 'not for its objectives', over: { spec: objectives }, text: () => picker, times: 0 },
    { name: 'not for running requests of which the picker says nothing', over: {}, text: () => queueOnly, times: 0 },
    {
      name: 'for the held requests that wake it',
      over: {},
      text: () => {
        throw new AutomationError('transient', 'HTTP 503');
      },
      times: 1,
    },
  ])('makes us ask Cloud Monitoring $name: $times', async ({ over, text, times }) => {
    const { ports, asked } = makePorts({ text });

    await observeSignals(asleep(over), ports);

    expect(asked()).toBe(times);
  });
});
