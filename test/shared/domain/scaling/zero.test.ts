/** To zero and from zero, for the pair together. */
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { PodSignals } from '#shared/domain/scaling/signals.ts';
import type { LimitedBy, RoleInput, ScalingInput } from '#shared/domain/scaling/types.ts';
import {
  fresh,
  invalid,
  makeInput,
  makeRole,
  makeSettings,
  makeSignals,
  missing,
  NOW_MS,
  stale,
} from './make-scaling.ts';

const quiet = { heldRequests: fresh(0), runningRequests: fresh(0), completedRequestsPerSecond: fresh(0) };
const size = { min: 0, max: 4 };
const gauges = { kv: 0, running: 0 };
const pair = (replicas: number, over: Partial<RoleInput> = {}): readonly RoleInput[] => [
  makeRole('prefill', { currentReplicas: replicas, size, gauges, peakPrefillTokensPerSecond: 10_000, ...over }),
  makeRole('decode', { currentReplicas: replicas, size, gauges, ...over }),
];
const longIdle = { roles: {}, idleSinceMs: NOW_MS - 600_000 };
const decide = (over: Partial<ScalingInput>) => decideSizes(makeInput({ signals: makeSignals(quiet), ...over }));
const sizes = (over: Partial<ScalingInput>) => decide(over).roles.map(({ desiredReplicas }) => desiredReplicas);
const limitedBy = (over: Partial<ScalingInput>) =>
  decide(over).roles.map((role): LimitedBy | undefined => role.limitedBy);

describe('to zero', () => {
  it('both go after the idle time, and not a second before', () => {
    expect(sizes({ roles: pair(1), memory: longIdle })).toEqual([0, 0]);
    expect(sizes({ roles: pair(1), memory: { roles: {}, idleSinceMs: NOW_MS - 599_000 } })).toEqual([1, 1]);
  });

  it('the idle time begins with the first look that proves it, and ends with the first that does not', () => {
    const first = decide({ roles: pair(1) });
    const busy = decide({
      roles: pair(1),
      memory: first.memory,
      signals: makeSignals({ ...quiet, runningRequests: fresh(1) }),
    });

    expect(first.memory.idleSinceMs).toBe(NOW_MS);
    expect(busy.memory.idleSinceMs).toBeUndefined();
  });

  it.each([
    { name: 'something ended', signals: { completedRequestsPerSecond: fresh(0.01) } },
    { name: 'something waits', signals: { heldRequests: fresh(1) } },
    { name: 'something runs', signals: { runningRequests: fresh(1) } },
    { name: 'the rate is stale', signals: { completedRequestsPerSecond: stale(0) } },
    { name: 'the rate is missing', signals: { completedRequestsPerSecond: missing } },
    { name: 'the held count is missing', signals: { heldRequests: missing } },
    { name: 'the running count is invalid', signals: { runningRequests: invalid } },
    { name: 'nothing would wake it', signals: { flowControl: 'off' } as const },
  ])('not when $name', ({ signals }) => {
    const { roles, memory } = decide({
      roles: pair(1),
      memory: longIdle,
      signals: makeSignals({ ...quiet, ...signals }),
    });

    expect(roles.map(({ desiredReplicas }) => desiredReplicas)).toEqual([1, 1]);
    expect(memory.idleSinceMs).toBeUndefined();
  });

  it.each([
    { name: 'run requests that the picker does not count', gauges: { ...gauges, running: 12 } },
    { name: 'wait requests that the picker does not count', gauges: { ...gauges, queued: 1 } },
  ])('not when at the servers of one role $name', ({ gauges: busy }) => {
    const [prefill] = pair(2);
    const decode = makeRole('decode', { currentReplicas: 2, size, gauges: busy });

    const { roles, memory } = decide({ roles: [prefill!, decode], memory: longIdle });

    expect(roles.map(({ desiredReplicas }) => desiredReplicas)).not.toContain(0);
    expect(memory.idleSinceMs).toBeUndefined();
  });

  it.each<{ name: string; pods: (pods: readonly PodSignals[]) => readonly PodSignals[] }>([
    { name: 'says nothing', pods: (pods) => pods.map((pod) => ({ ...pod, runningRequests: missing })) },
    { name: 'said it long ago', pods: (pods) => pods.map((pod) => ({ ...pod, queuedRequests: stale(0) })) },
    { name: 'is not even listed', pods: (pods) => pods.slice(1) },
  ])('not when a server $name', ({ pods }) => {
    const roles = pair(2).map((role) => ({ ...role, signals: { ...role.signals, pods: pods(role.signals.pods) } }));

    expect(sizes({ roles, memory: longIdle })).not.toContain(0);
  });

  it('when none of the replicas serves', () => {
    expect(sizes({ roles: pair(2, { readyReplicas: 0 }), memory: longIdle })).toEqual([0, 0]);
  });

  it('not by an idle time that a later clock has proven', () => {
    const { memory } = decide({ roles: pair(1), memory: { roles: {}, idleSinceMs: NOW_MS + 600_000 } });

    expect(memory.idleSinceMs).toBe(NOW_MS);
  });

  it.each<{ name: string; prefill: Partial<RoleInput>; expected: readonly number[] }>([
    { name: 'a minimum of one', prefill: { size: { min: 1, max: 4 } }, expected: [1, 1] },
    { name: 'another owner', prefill: { owner: 'hpa' }, expected: [1, 1] },
    { name: 'another scaler', prefill: { foreignScaler: 'HorizontalPodAutoscaler serving/x' }, expected: [1, 1] },
    { name: 'a rollout', prefill: { rolloutInProgress: true }, expected: [1, 1] },
    { name: 'an override', prefill: { override: { replicas: 1, untilMs: NOW_MS + 1 } }, expected: [1, 1] },
  ])('$name of one role keeps both', ({ prefill, expected }) => {
    const [first, second] = pair(1);

    expect(sizes({ roles: [{ ...first!, ...prefill }, second!], memory: longIdle })).toEqual(expected);
  });

  it('an override of one role to zero leaves it one; of both, none', () => {
    const override = { replicas: 0, untilMs: NOW_MS + 1 };
    const [first, second] = pair(2);

    expect(sizes({ roles: [{ ...first!, override }, second!] })).toEqual([1, 2]);
    expect(sizes({ roles: pair(2, { override }) })).toEqual([0, 0]);
  });
});

describe('from zero', () => {
  const held = makeSignals({ ...quiet, heldRequests: fresh(3) });

  it('a held request wakes both at once', () => {
    expect(sizes({ roles: pair(0), signals: held })).toEqual([1, 1]);
  });

  it('an aggregated role wakes too', () => {
    expect(sizes({ roles: [makeRole('aggregated', { currentReplicas: 0, size })], signals: held })).toEqual([1]);
  });

  it.each([
    { name: 'nothing is held', signals: makeSignals(quiet), expected: undefined },
    { name: 'nobody knows', signals: makeSignals({ ...quiet, heldRequests: stale(3) }), expected: 'noSignal' },
  ])('not when $name', ({ signals, expected }) => {
    expect(sizes({ roles: pair(0), signals })).toEqual([0, 0]);
    expect(limitedBy({ roles: pair(0), signals })).toEqual([expected, expected]);
  });

  it.each([
    {
      name: 'nothing else could ever wake it',
      over: { roles: pair(0), settings: makeSettings({ hasEndpointPicker: false }) },
      expected: [1, 1],
    },
    { name: 'a minimum was raised', over: { roles: pair(0, { size: { min: 2, max: 4 } }) }, expected: [2, 2] },
    {
      name: 'a person asks for it',
      over: { roles: [{ ...pair(0)[0]!, override: { replicas: 3, untilMs: NOW_MS + 1 } }, pair(0)[1]!] },
      expected: [3, 1],
    },
  ])('wakes when $name', ({ over, expected }) => {
    expect(sizes(over)).toEqual(expected);
  });

  it('neither wakes alone', () => {
    const [first, second] = pair(0);
    const roles = [first!, { ...second!, foreignScaler: 'HorizontalPodAutoscaler serving/x' }];

    expect(sizes({ roles, signals: held })).toEqual([0, 0]);
    expect(limitedBy({ roles, signals: held })).toEqual(['pair', 'foreignScaler']);
  });

  it('neither wakes alone because the money is enough for one', () => {
    const roles = pair(0, { usdPerGpuHour: 10 });

    expect(sizes({ roles, signals: held, settings: makeSettings({ spendCapUsdPerHour: 79 }) })).toEqual([0, 0]);
    expect(sizes({ roles, signals: held, settings: makeSettings({ spendCapUsdPerHour: 80 }) })).toEqual([1, 1]);
  });

  it('half a pair is made whole', () => {
    expect(sizes({ roles: [pair(0)[0]!, pair(1)[1]!] })).toEqual([1, 1]);
  });
});
