/** Truth table of the limits: what the rule wanted, what stopped it, and the word for it. */
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { LimitedBy, RoleMemory, ScalingInput, ScalingMemory } from '#shared/domain/scaling/types.ts';
import {
  fresh,
  makeInput,
  makePending,
  makeRole,
  makeSettings,
  makeSignals,
  missing,
  NOW_MS,
  stale,
} from './make-scaling.ts';

/** Seen long ago: no window, rate or cool-down holds anything. */
const rested: RoleMemory = { recommendations: [], ups: [], downs: [] };
const memoryOf = (over: Partial<RoleMemory> = {}): ScalingMemory => ({
  roles: { aggregated: { ...rested, ...over }, prefill: rested, decode: rested },
});

type RoleOver = NonNullable<Parameters<typeof makeRole>[1]>;
interface Case {
  readonly name: string;
  readonly role?: RoleOver;
  readonly held?: number;
  readonly running?: number;
  readonly memory?: ScalingMemory;
  readonly settings?: Partial<ScalingInput['settings']>;
  readonly signals?: Partial<ScalingInput['signals']>;
  readonly expected: readonly [number, string, LimitedBy?];
}

const idlePods = { gauges: { kv: 0.1, running: 0 } };
function decide({
  role = {},
  held = 0,
  running = 56,
  memory = memoryOf(),
  settings = {},
  signals = {},
}: Omit<Case, 'name' | 'expected'>) {
  const { roles } = decideSizes(
    makeInput({
      settings: makeSettings(settings),
      roles: [makeRole('aggregated', role)],
      signals: makeSignals({
        heldRequests: fresh(held),
        runningRequests: fresh(running),
        saturationRatio: fresh(0),
        ...signals,
      }),
      memory,
    }),
  );
  return roles[0]!;
}

describe('one role', () => {
  const up = { held: 7 };
  const down = { role: idlePods, running: 20 };

  it.each<Case>([
    { name: 'nothing to do', expected: [4, 'keep'] },
    { name: 'more is needed', ...up, expected: [7, 'up'] },
    { name: 'less is needed', ...down, expected: [2, 'down'] },
    { name: 'somebody else’s autoscaler sets it', ...up, role: { owner: 'hpa' }, expected: [4, 'keep', 'owner'] },
    { name: 'nobody may set it', ...up, role: { owner: 'fixed' }, expected: [4, 'keep', 'owner'] },
    {
      name: 'another scaler was found on it',
      ...up,
      role: { foreignScaler: 'ScaledObject serving/llama' },
      expected: [4, 'hold', 'foreignScaler'],
    },
    {
      name: 'the maximum',
      held: 30,
      memory: memoryOf(),
      settings: { up: { stabilizationSeconds: 0, periodSeconds: 15 } },
      expected: [10, 'up', 'ceiling'],
    },
    { name: 'at the maximum', held: 30, role: { currentReplicas: 10 }, expected: [10, 'keep', 'ceiling'] },
    { name: 'above the maximum', role: { currentReplicas: 14 }, expected: [10, 'down', 'ceiling'] },
    { name: 'the minimum', ...down, role: { ...idlePods, size: { min: 3, max: 10 } }, expected: [3, 'down', 'floor'] },
    {
      name: 'no smaller than half at once',
      running: 0,
      role: { currentReplicas: 9, gauges: { kv: 0, running: 0 } },
      expected: [5, 'down', 'rateLimit'],
    },
    { name: 'below the minimum', role: { size: { min: 6, max: 10 } }, expected: [6, 'up', 'floor'] },
    {
      name: 'a minimum of zero is one while it is not proven idle',
      ...down,
      running: 0,
      role: { currentReplicas: 1, gauges: { kv: 0, running: 0 }, size: { min: 0, max: 10 } },
      expected: [1, 'keep', 'floor'],
    },
    {
      name: 'no faster than the rate',
      held: 30,
      settings: { up: { stabilizationSeconds: 0, periodSeconds: 60, maxReplicasPerPeriod: 2 } },
      expected: [6, 'up', 'rateLimit'],
    },
    {
      name: 'the rate is used up',
      held: 30,
      settings: { up: { stabilizationSeconds: 0, periodSeconds: 60, maxReplicasPerPeriod: 2 } },
      memory: memoryOf({ ups: [{ atMs: NOW_MS - 30_000, change: 2 }] }),
      expected: [4, 'hold', 'rateLimit'],
    },
    {
      name: 'the window of the way down',
      ...down,
      memory: memoryOf({ recommendations: [{ atMs: NOW_MS - 200_000, replicas: 4 }] }),
      expected: [4, 'hold', 'stabilization'],
    },
    {
      name: 'first seen: its size is the window',
      ...down,
      memory: { roles: {} },
      expected: [4, 'hold', 'stabilization'],
    },
    {
      name: 'grown a moment ago',
      ...down,
      memory: memoryOf({ lastUpAtMs: NOW_MS - 1_199_000 }),
      expected: [4, 'hold', 'cooldown'],
    },
    {
      name: 'grown long enough ago',
      ...down,
      memory: memoryOf({ lastUpAtMs: NOW_MS - 1_200_000 }),
      expected: [2, 'down'],
    },
    {
      name: 'a rollout: nothing smaller',
      ...down,
      role: { ...idlePods, rolloutInProgress: true },
      expected: [4, 'hold', 'rollout'],
    },
    {
      name: 'a rollout: not even below the maximum',
      role: { currentReplicas: 14, rolloutInProgress: true },
      expected: [14, 'hold', 'rollout'],
    },
    { name: 'a rollout: larger if need be', ...up, role: { rolloutInProgress: true }, expected: [7, 'up'] },
    { name: 'a smaller size would be full again', role: idlePods, running: 46, expected: [4, 'keep', 'tolerance'] },
    {
      name: 'a smaller size has just proved too small',
      ...down,
      memory: memoryOf({ tooFew: { replicas: 3, untilMs: NOW_MS + 1000 } }),
      expected: [4, 'hold', 'tooFew'],
    },
    {
      name: 'it proved too small long ago',
      ...down,
      memory: memoryOf({ tooFew: { replicas: 3, untilMs: NOW_MS } }),
      expected: [2, 'down'],
    },
    {
      name: 'one signal is stale: nothing smaller',
      ...down,
      signals: { heldRequests: stale(0) },
      expected: [4, 'hold', 'unprovenSignal'],
    },
    {
      name: 'one signal is missing: larger if another proves it',
      running: 130,
      signals: { heldRequests: missing },
      settings: { targets: { ...makeSettings().targets } },
      expected: [8, 'up', 'rateLimit'],
    },
    {
      name: 'no signal at all',
      role: { signals: { pods: [], inflightTokens: missing } },
      signals: { heldRequests: missing, runningRequests: stale(0), saturationRatio: missing },
      expected: [4, 'hold', 'noSignal'],
    },
    {
      name: 'what is starting is not asked for again',
      held: 7,
      role: { currentReplicas: 7, pending: makePending('aggregated', [30, 30, 30]) },
      expected: [7, 'keep'],
    },
    {
      name: 'what does not come up is tried once more beside it',
      held: 7,
      role: { currentReplicas: 7, pending: makePending('aggregated', [1300, 1300, 1300]) },
      expected: [8, 'up'],
    },
  ])('$name', ({ expected, ...given }) => {
    const { desiredReplicas, action, limitedBy } = decide(given);

    expect([desiredReplicas, action, ...(limitedBy === undefined ? [] : [limitedBy])]).toEqual(expected);
  });

  it.each<Case & { readonly override: { readonly replicas: number; readonly untilMs: number } }>([
    {
      name: 'goes before the rule',
      ...down,
      override: { replicas: 6, untilMs: NOW_MS + 1 },
      expected: [6, 'up', 'override'],
    },
    {
      name: 'stays within the bounds',
      override: { replicas: 99, untilMs: NOW_MS + 1 },
      expected: [10, 'up', 'override'],
    },
    {
      name: 'needs no signals',
      override: { replicas: 2, untilMs: NOW_MS + 1 },
      signals: { heldRequests: missing },
      expected: [2, 'down', 'override'],
    },
    { name: 'ends', ...up, override: { replicas: 2, untilMs: NOW_MS }, expected: [7, 'up'] },
    {
      name: 'waits for a rollout',
      role: { rolloutInProgress: true },
      override: { replicas: 2, untilMs: NOW_MS + 1 },
      expected: [4, 'hold', 'rollout'],
    },
    {
      name: 'does not move what another scaler sets',
      role: { foreignScaler: 'HorizontalPodAutoscaler serving/x' },
      override: { replicas: 2, untilMs: NOW_MS + 1 },
      expected: [4, 'hold', 'foreignScaler'],
    },
  ])('an override $name', ({ expected, override, role, ...given }) => {
    const { desiredReplicas, action, limitedBy } = decide({ ...given, role: { ...role, override } });

    expect([desiredReplicas, action, ...(limitedBy === undefined ? [] : [limitedBy])]).toEqual(expected);
  });
});
