/** Inputs of every kind, doubtful samples and odd counts included. */
import fc from 'fast-check';
import type { PodSignals, Sample } from '#shared/domain/scaling/signals.ts';
import type { RoleInput, RoleName, ScalingInput } from '#shared/domain/scaling/types.ts';
import { makeSettings, NOW_MS } from './make-scaling.ts';

const value = (most: number): fc.Arbitrary<Sample> =>
  fc.record({
    kind: fc.constant('value'),
    value: fc.oneof(fc.constant(0), fc.double({ min: 0, max: most, noNaN: true })),
    atMs: fc.integer({ min: NOW_MS - 90_000, max: NOW_MS }),
    source: fc.constant('endpointPicker'),
  });
const doubt: fc.Arbitrary<Sample> = fc.oneof(
  fc.constant<Sample>({ kind: 'stale', value: 0, atMs: 0, source: 'monitoring' }),
  fc.constant<Sample>({ kind: 'missing', reason: 'not scraped' }),
  fc.constant<Sample>({ kind: 'invalid', reason: 'NaN', source: 'modelServer' }),
);
const sample = (most: number) => fc.oneof({ weight: 6, arbitrary: value(most) }, { weight: 1, arbitrary: doubt });

function podsOf(role: RoleName, count: number): fc.Arbitrary<readonly PodSignals[]> {
  return fc.tuple(
    ...Array.from({ length: count }, (_, at) =>
      fc.record({
        pod: fc.constant(`${role}-${at}`),
        queuedRequests: sample(20),
        runningRequests: sample(40),
        kvCacheUsedRatio: sample(1),
      }),
    ),
  );
}

export function roleOf(role: RoleName, currentReplicas: fc.Arbitrary<number>): fc.Arbitrary<RoleInput> {
  const optional = fc.record(
    {
      peakPrefillTokensPerSecond: fc.constant(10_000),
      usdPerGpuHour: fc.constant(10),
      foreignScaler: fc.constant('HorizontalPodAutoscaler a/b'),
      override: fc.record({
        replicas: fc.integer({ min: 0, max: 12 }),
        untilMs: fc.integer({ min: NOW_MS - 1000, max: NOW_MS + 1000 }),
      }),
    },
    { requiredKeys: [] },
  );
  return fc
    .tuple(currentReplicas, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }))
    .chain(([current, notReady, min]) => {
      const ready = Math.max(0, current - notReady);
      const ages = fc.array(fc.integer({ min: 0, max: 2_400_000 }), {
        minLength: current - ready,
        maxLength: current - ready,
      });
      return fc
        .record({
          role: fc.constant(role),
          owner: fc.constantFrom('inference-fleet', 'inference-fleet', 'inference-fleet', 'hpa', 'fixed'),
          size: fc.integer({ min: Math.max(min, 1), max: 10 }).map((max) => ({ min, max })),
          gpusPerReplica: fc.constant(4),
          startupSeconds: fc.constant(600),
          currentReplicas: fc.constant(current),
          readyReplicas: fc.constant(ready),
          pending: ages.map((list) => list.map((age, at) => ({ pod: `pending-${at}`, sinceMs: NOW_MS - age }))),
          terminating: fc.constant([]),
          rolloutInProgress: fc.boolean(),
          signals: fc.record({ pods: podsOf(role, ready), inflightTokens: sample(200_000) }),
          rest: optional,
        })
        .map(({ rest, ...required }): RoleInput => ({ ...required, ...rest }) as RoleInput);
    });
}

const replicas = fc.integer({ min: 0, max: 12 });
const anyRoles = fc.oneof(
  fc.tuple(roleOf('aggregated', replicas)),
  fc.tuple(roleOf('prefill', replicas), roleOf('decode', replicas)),
);
export const inputOf = (roles: fc.Arbitrary<readonly RoleInput[]>): fc.Arbitrary<ScalingInput> =>
  fc
    .record({
      roles,
      hasEndpointPicker: fc.boolean(),
      cap: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
      flow: fc.constantFrom('on', 'off', undefined),
      signals: fc.record({
        heldRequests: sample(30),
        runningRequests: sample(200),
        saturationRatio: sample(2),
        completedRequestsPerSecond: sample(5),
        ttftP90Seconds: sample(5),
        tpotP90Seconds: sample(1),
      }),
      idleForMs: fc.option(fc.integer({ min: 0, max: 1_200_000 }), { nil: undefined }),
      isRested: fc.boolean(),
    })
    .map(({ roles: list, hasEndpointPicker, cap, flow, signals, idleForMs, isRested }): ScalingInput => {
      const rested = { recommendations: [], ups: [], downs: [] };
      return {
        nowMs: NOW_MS,
        roles: list,
        settings: makeSettings({ hasEndpointPicker, ...(cap !== undefined && { spendCapUsdPerHour: cap }) }),
        signals: { ...signals, ...(flow !== undefined && { flowControl: flow as 'on' | 'off' }) },
        memory: {
          roles: isRested ? { aggregated: rested, prefill: rested, decode: rested } : {},
          ...(idleForMs !== undefined && { idleSinceMs: NOW_MS - idleForMs }),
        },
      };
    });
export const anyInput = inputOf(anyRoles);
