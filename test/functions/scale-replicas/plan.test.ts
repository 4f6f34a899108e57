import { describe, expect, it } from 'vitest';
import { plan } from '../../../functions/scale-replicas/plan.ts';
import type { PodFacts } from '../../../functions/scale-replicas/pods.ts';
import type { Observed, RoleObserved } from '../../../functions/scale-replicas/steps.ts';
import type { Subject } from '#shared/automation.ts';
import { pausePlan } from '#shared/domain/controls.ts';
import { resolveModelService } from '#shared/domain/model-service.ts';
import type { PoolDemand } from '#shared/domain/pool-demand.ts';
import type { PodSignals, Sample, ServiceSignals } from '#shared/domain/scaling/signals.ts';
import type { StepMemories } from '#shared/domain/step.ts';
import { makeModelService, type ModelServiceChanges } from '../../support/make-model-service.ts';

const NOW_MS = 10_000_000;
const target = 'model/demo/serving/llama-70b';
const connection = { server: 'https://demo' };

const value = (number: number): Sample => ({ kind: 'value', value: number, atMs: NOW_MS, source: 'modelServer' });
const missing: Sample = { kind: 'missing', reason: 'not asked' };

interface RoleState {
  readonly replicas?: number;
  readonly ready?: number;
  readonly kv?: number;
  readonly tokens?: number;
  readonly over?: Partial<RoleObserved>;
}

interface Changes extends ModelServiceChanges {
  readonly roles?: { readonly prefill?: RoleState; readonly decode?: RoleState };
  readonly entrance?: Partial<ServiceSignals>;
  readonly demands?: readonly PoolDemand[];
}

/** Prefill and decode with one replica each and hardly any load, unless a test says otherwise. */
function observe(changes: Changes = {}): Observed {
  const service = resolveModelService(makeModelService(changes));
  const states = service.roles.map((role) => ({
    role,
    state: changes.roles?.[role.role as 'prefill' | 'decode'] ?? {},
  }));
  const podsOf = (role: string, { replicas = 1, ready = replicas }: RoleState) =>
    Array.from({ length: replicas }, (_, index) => ({
      name: `${role}-${index}`,
      state: index < ready ? ('ready' as const) : ('starting' as const),
      sinceMs: NOW_MS - 60_000,
      answers: index < ready,
      reason: undefined,
    }));
  const signalsOf = (role: string, state: RoleState): readonly PodSignals[] =>
    podsOf(role, state)
      .filter(({ answers }) => answers)
      .map(({ name }) => ({
        pod: name,
        queuedRequests: value(0),
        runningRequests: value(4),
        kvCacheUsedRatio: value(state.kv ?? 0.5),
      }));
  return {
    service,
    connection: { cluster: 'demo/us-central1/demo', connection, readAtMs: NOW_MS },
    roles: states.map(({ role, state }) => ({
      role,
      workload: {
        replicas: state.replicas ?? 1,
        resourceVersion: '17',
        readyReplicas: state.ready ?? state.replicas ?? 1,
        inMotion: undefined,
        podSelector: 'a=b',
      },
      pods: podsOf(role.role, state),
      foreignScaler: undefined,
      usdPerGpuHour: 10,
      ...state.over,
    })),
    signals: {
      roles: Object.fromEntries(
        states.map(({ role, state }) => [
          role.role,
          { pods: signalsOf(role.role, state), inflightTokens: value(state.tokens ?? 20_000) },
        ]),
      ),
      service: {
        heldRequests: value(0),
        runningRequests: value(8),
        saturationRatio: value(0.3),
        completedRequestsPerSecond: value(1),
        ttftP90Seconds: missing,
        tpotP90Seconds: missing,
        ...changes.entrance,
      },
    },
    silent: [],
    prices: {},
    counters: { atMs: NOW_MS, byPod: {} },
    demands: new Map((changes.demands ?? [standingDemand()]).map((demand) => [demand.pool, demand])),
  };
}

function standingDemand(prefill = 1, decode = 1): PoolDemand {
  return {
    pool: 'pool/demo/h200',
    from: target,
    items: [
      { what: 'prefill', pods: prefill, gpusPerPod: 4, labels: { a: 'b' } },
      { what: 'decode', pods: decode, gpusPerPod: 4, labels: { a: 'b' } },
    ],
    decidedAtMs: 1,
  };
}

function subject(over: Partial<Subject> & { readonly memory?: StepMemories } = {}): Subject {
  return {
    target,
    wanted: {},
    sequence: 1,
    buildId: 'b',
    memory: {},
    controls: { overrides: {} },
    nowMs: NOW_MS,
    ...over,
  };
}

const stepsOf = (changes: Changes, about?: Partial<Subject>) =>
  plan(subject(about), observe(changes)).steps.map(({ step, status }) => [step.id, step.title, status.state]);

describe('the plan for a service', () => {
  it('has no step while every size is as decided, and looks again every 15 s', () => {
    const planned = plan(subject(), observe());

    expect(planned).toMatchObject({ kind: 'hold', phase: 'ready', steps: [], recheckAfterSeconds: 15 });
  });

  it('sets the size that the rule decides, about the very object that was looked at', () => {
    const planned = plan(subject(), observe({ roles: { decode: { kv: 0.95 } } }));

    const scale = planned.steps.find(({ step }) => step.id === 'scale/decode');
    expect(scale).toEqual({
      status: { state: 'ready' },
      step: {
        kind: 'scale',
        id: 'scale/decode',
        title: 'decode: 1 → 2 replicas',
        dependsOn: [],
        connection,
        workload: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'serving', name: 'llama-70b-decode' },
        replicas: 2,
        resourceVersion: '17',
      },
    });
    expect(planned).toMatchObject({ kind: 'act', phase: 'updating' });
  });

  it('tells the pool in the same round what all roles on it will have', () => {
    const { steps } = plan(subject(), observe({ roles: { decode: { kv: 0.95 } } }));

    expect(steps.map(({ step }) => step.kind)).toEqual(['scale', 'demand']);
    expect(steps[1]?.step).toMatchObject({
      demand: {
        pool: 'pool/demo/h200',
        from: target,
        items: [
          { what: 'prefill', pods: 1, gpusPerPod: 4, labels: { a: 'b' } },
          { what: 'decode', pods: 2, gpusPerPod: 4, labels: { a: 'b' } },
        ],
        decidedAtMs: NOW_MS,
      },
    });
  });

  it.each([
    ['nothing was told before', [], [['demand/h200', 'demand on pool h200', 'ready']]],
    ['it was told of other sizes', [standingDemand(1, 3)], [['demand/h200', 'demand on pool h200', 'ready']]],
    ['it was told the same', [standingDemand()], []],
  ] as const)('tells the pool when %s', (_when, demands, steps) => {
    expect(stepsOf({ demands })).toEqual(steps);
  });

  it('counts the pods of a group for the pool, each with its part of the GPUs', () => {
    const decode = { workload: { kind: 'LeaderWorkerSet', name: 'd' }, podsPerReplica: 2, gpusPerReplica: 16 };

    const { steps } = plan(subject(), observe({ decode }));

    expect(steps[0]?.step).toMatchObject({ demand: { items: [{ pods: 1 }, { pods: 2, gpusPerPod: 8 }] } });
  });

  it('changes no size while a workload is missing, and says which', () => {
    const planned = plan(
      subject(),
      observe({ roles: { prefill: { tokens: 90_000 }, decode: { over: { workload: undefined } } } }),
    );

    expect(planned).toMatchObject({
      phase: 'holding',
      reason: 'decode: Deployment serving/llama-70b-decode does not exist',
    });
    expect(planned.steps.map(({ step }) => step.id)).toEqual(['demand/h200']);
  });

  it('waits after a refused call as long as its record says', () => {
    const memory = {
      'scale/decode': {
        title: '',
        state: 'waiting',
        attempts: 0,
        calls: 1,
        failuresInARow: 1,
        reason: 'conflict',
        notBeforeMs: NOW_MS + 1,
      },
    } as const;

    expect(stepsOf({ roles: { decode: { kv: 0.95 } } }, { memory })[0]).toEqual([
      'scale/decode',
      'decode: 1 → 2 replicas',
      'waiting',
    ]);
  });

  it.each([
    [
      'by hand',
      { overrides: { decode: { replicas: 5, untilMs: NOW_MS + 1, actor: 'topic:x' } } },
      'decode: 1 → 5 replicas',
    ],
    ['no longer by hand', { overrides: { decode: { replicas: 5, untilMs: NOW_MS, actor: 'topic:x' } } }, undefined],
  ])('sets a size %s', (_how, controls, title) => {
    expect(stepsOf({}, { controls })[0]?.[1]).toBe(title);
  });

  it.each([
    ['an HPA', { foreignScaler: 'HorizontalPodAutoscaler decode' }],
    [
      'a rollout',
      { workload: { replicas: 3, resourceVersion: '1', readyReplicas: 3, inMotion: 'rolling', podSelector: 'a=b' } },
    ],
  ] as const)('takes nothing away beside %s', (_what, over) => {
    const roles = { decode: { replicas: 3, kv: 0.01, over } };

    expect(stepsOf({ roles, demands: [standingDemand(1, 3)] })).toEqual([]);
  });

  it.each([
    ['no replica of a wanted role is ready', { decode: { replicas: 2, ready: 0 } }, 'degraded'],
    ['a replica is on its way', { decode: { replicas: 2, ready: 1 } }, 'updating'],
  ] as const)('is %#: when %s', (_when, roles, phase) => {
    expect(plan(subject(), observe({ roles })).phase).toBe(phase);
  });

  it('holds, and says so, while nothing is known', () => {
    const roles = { decode: { replicas: 3, ready: 3 } };
    const observed = observe({ roles, demands: [standingDemand(1, 3)] });
    const blind: Observed = {
      ...observed,
      signals: {
        roles: Object.fromEntries(
          Object.entries(observed.signals.roles).map(([role, { pods }]) => [
            role,
            {
              pods: pods.map(({ pod }) => ({
                pod,
                queuedRequests: missing,
                runningRequests: missing,
                kvCacheUsedRatio: missing,
              })),
              inflightTokens: missing,
            },
          ]),
        ),
        service: {
          heldRequests: missing,
          runningRequests: missing,
          saturationRatio: missing,
          completedRequestsPerSecond: missing,
          ttftP90Seconds: missing,
          tpotP90Seconds: missing,
        },
      },
    };

    expect(plan(subject(), blind)).toMatchObject({ kind: 'hold', phase: 'holding', steps: [] });
  });

  it('hands windows and counters to the next look, and forgets those of another version', () => {
    const { carry } = plan(subject(), observe());

    expect(carry).toMatchObject({ version: 1, connection: { connection }, counters: { atMs: NOW_MS } });
    expect(plan(subject({ carry: { version: 0, scaling: 'other' } }), observe()).kind).toBe('hold');
  });

  it('keeps every term of the arithmetic with the decision', () => {
    const { decision } = plan(subject(), observe({ roles: { decode: { kv: 0.95 } } }));

    expect(decision).toMatchObject({
      outcome: expect.stringContaining('decode 1 2'),
      roles: expect.arrayContaining([
        expect.objectContaining({ role: 'decode', fromReplicas: 1, desiredReplicas: 2, terms: expect.any(Array) }),
      ]),
    });
  });
});

describe('a pool, while changes are paused', () => {
  const pausedBy = (scope: 'target' | 'all') => ({ overrides: {}, pause: { actor: 'ann', atMs: 0, scope } });
  const readySteps = (controls: Subject['controls'], changes: Changes) => {
    const planned = pausePlan(plan(subject({ controls }), observe(changes)), controls, target);
    const ready = planned.steps.filter(({ status }) => status.state === 'ready');
    return { planned, ready: ready.map(({ step }) => step) };
  };

  it.each(['target', 'all'] as const)('is told what a person has set by hand: pause of %s', (scope) => {
    const { planned, ready } = readySteps(pausedBy(scope), { roles: { decode: { replicas: 4, ready: 1 } } });

    expect(ready).toMatchObject([{ id: 'demand/h200', demand: { items: [{ pods: 1 }, { what: 'decode', pods: 4 }] } }]);
    expect(planned).toMatchObject({ kind: 'act', phase: 'holding' });
  });

  it('is told nothing of sizes that would be set without the pause', () => {
    const { planned, ready } = readySteps(pausedBy('target'), { roles: { decode: { kv: 0.95 } } });

    expect(ready).toEqual([]);
    expect(planned).toMatchObject({ kind: 'hold', phase: 'holding' });
    expect(planned.steps.map(({ step, status }) => `${step.id} ${status.state}`)).toEqual(['scale/decode waiting']);
  });

  it.each([
    ['a role of another owner', { size: { min: 1, max: 2, owner: 'hpa' } }, {}],
    ['a role that an HPA scales', {}, { foreignScaler: 'HorizontalPodAutoscaler decode' }],
  ] as const)('is told the size of %s without any pause', (_name, role, over) => {
    const observed = observe({ roles: { decode: { replicas: 4, over } } });
    const roles = observed.roles.map((one) =>
      one.role.role === 'decode' ? { ...one, role: { ...one.role, ...role } } : one,
    );

    const { steps } = plan(subject(), { ...observed, roles });

    expect(steps.map(({ step }) => step)).toMatchObject([{ demand: { items: [{ pods: 1 }, { pods: 4 }] } }]);
  });
});

describe('pods that are given back', () => {
  const roles = { decode: { replicas: 2, kv: 0.01 } } as const;
  const forced = { overrides: { decode: { replicas: 1, untilMs: NOW_MS + 1, actor: 'topic:x' } } };
  const on = (observed: Observed, nodes: readonly string[], over: Partial<PodFacts> = {}): Observed => ({
    ...observed,
    roles: observed.roles.map((role) => ({
      ...role,
      pods: role.pods.map((pod, index) => ({ ...pod, node: nodes[index] ?? 'n', ...(index === 0 && over) })),
    })),
  });

  it('are marked by the step that sets the size, and the decision says which nodes become free', () => {
    const surroundings = {
      kind: 'known',
      pods: [{ namespace: 'else', name: 'x', node: 'a', gpus: 1 }],
      cordoned: new Set<string>(),
    } as const;

    const { steps, decision } = plan(subject({ controls: forced }), {
      ...on(observe({ roles }), ['a', 'b']),
      surroundings,
    });

    expect(steps[0]?.step).toMatchObject({ id: 'scale/decode', marks: [{ pod: 'decode-1', goesFirst: true }] });
    const term = {
      name: 'which pods go',
      inputs: [],
      formula: '1 of 2 pods: decode-1',
      result: 'node b becomes free of GPU pods',
    };
    expect(decision).toMatchObject({
      roles: expect.arrayContaining([
        expect.objectContaining({ role: 'decode', terms: expect.arrayContaining([term]) }),
      ]),
    });
  });

  it('are not marked any more by a look that keeps them', () => {
    const observed = on(observe({ roles: { decode: { replicas: 1 } } }), ['a'], { deletionCost: 'ours' });

    const { steps } = plan(subject(), observed);

    expect(steps.find(({ step }) => step.id === 'marks/decode')).toMatchObject({
      status: { state: 'ready' },
      step: { kind: 'unmark', namespace: 'serving', marks: [{ pod: 'decode-0', goesFirst: false }] },
    });
  });
});
