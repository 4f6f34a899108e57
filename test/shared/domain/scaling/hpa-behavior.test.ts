import { describe, expect, it } from 'vitest';
import {
  beginMemory,
  type Behavior,
  downLimit,
  type HpaMemory,
  remember,
  rememberChange,
  type ScalingRules,
  stabilize,
  stabilizeDown,
  upLimit,
  upLimitWithoutBehavior,
} from '#shared/domain/scaling/hpa-behavior.ts';

const rules = (over: Partial<ScalingRules> = {}): ScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 60 }],
  ...over,
});
const memory = (over: Partial<HpaMemory> = {}): HpaMemory => ({ recommendations: [], ups: [], downs: [], ...over });
const moment = { nowMs: 600_000, currentReplicas: 4 };
const recommended = (...pairs: readonly [number, number][]) =>
  memory({ recommendations: pairs.map(([atMs, replicas]) => ({ atMs, replicas })) });

describe('windows', () => {
  const behavior: Behavior = {
    up: rules({ stabilizationWindowSeconds: 60 }),
    down: rules({ stabilizationWindowSeconds: 300 }),
  };

  it.each([
    { name: 'down waits for the highest of its window', past: recommended([400_000, 4]), wanted: 2, expected: 4 },
    { name: 'down goes to the highest of its window', past: recommended([400_000, 3]), wanted: 2, expected: 3 },
    { name: 'up waits for the lowest of its window', past: recommended([550_000, 4]), wanted: 8, expected: 4 },
    { name: 'up ignores what is older than its window', past: recommended([500_000, 4]), wanted: 8, expected: 8 },
    {
      name: 'what is exactly as old as the window counts no more',
      past: recommended([300_000, 4]),
      wanted: 2,
      expected: 2,
    },
    { name: 'what is a millisecond younger counts', past: recommended([300_001, 4]), wanted: 2, expected: 4 },
  ])('$name', ({ past, wanted, expected }) => {
    expect(stabilize(past, behavior, { ...moment, wanted })).toBe(expected);
  });

  it('without behavior what is exactly as old as the window still counts', () => {
    expect(stabilizeDown(recommended([300_000, 4]), 300, { ...moment, wanted: 2 })).toBe(4);
    expect(stabilizeDown(recommended([299_999, 4]), 300, { ...moment, wanted: 2 })).toBe(2);
  });

  it('a workload seen for the first time has its size as a recommendation', () => {
    expect(stabilize(beginMemory(4, moment.nowMs), behavior, { ...moment, wanted: 1 })).toBe(4);
  });

  it('equal recommendations in a row are kept as the newest, obsolete ones go', () => {
    const past = recommended([200_000, 9], [560_000, 3], [570_000, 3]);

    expect(remember(past, 300, { atMs: 600_000, replicas: 3 }).recommendations).toEqual([
      { atMs: 560_000, replicas: 3 },
      { atMs: 600_000, replicas: 3 },
    ]);
  });
});

describe('rates', () => {
  const pods = { type: 'Pods', value: 2, periodSeconds: 60 } as const;
  const percent = { type: 'Percent', value: 50, periodSeconds: 60 } as const;
  const added = memory({ ups: [{ atMs: 570_000, change: 2 }] });

  it.each([
    { name: 'double in a period', past: memory(), rules: rules(), up: 8, down: 0 },
    { name: 'count from the period’s start', past: added, rules: rules(), up: 4, down: 0 },
    {
      name: 'count a removal in the same period',
      past: memory({ downs: [{ atMs: 570_000, change: 2 }] }),
      rules: rules(),
      up: 12,
      down: 0,
    },
    {
      name: 'forget an event exactly as old as the period',
      past: memory({ ups: [{ atMs: 540_000, change: 2 }] }),
      rules: rules(),
      up: 8,
      down: 0,
    },
    { name: 'allow a number of pods', past: memory(), rules: rules({ policies: [pods] }), up: 6, down: 2 },
    {
      name: 'round a percentage to more on the way up, and to fewer left on the way down',
      past: memory(),
      rules: rules({ policies: [{ ...percent, value: 30 }] }),
      up: 6,
      down: 2,
    },
    {
      name: 'of several allow the larger change',
      past: memory(),
      rules: rules({ policies: [pods, { ...percent, value: 100 }] }),
      up: 8,
      down: 0,
    },
    {
      name: 'of several allow the smaller change',
      past: memory(),
      rules: rules({ selectPolicy: 'Min', policies: [pods, { ...percent, value: 100 }] }),
      up: 6,
      down: 2,
    },
    { name: 'allow nothing when disabled', past: memory(), rules: rules({ selectPolicy: 'Disabled' }), up: 4, down: 4 },
  ])('$name', ({ past, rules: given, up, down }) => {
    expect([upLimit(past, given, moment), downLimit(past, given, moment)]).toEqual([up, down]);
  });

  it.each([
    { from: 0, to: 4 },
    { from: 1, to: 4 },
    { from: 3, to: 6 },
  ])('without behavior: from $from at most to $to', ({ from, to }) => {
    expect(upLimitWithoutBehavior(from)).toBe(to);
  });
});

describe('events', () => {
  const behavior: Behavior = { up: rules(), down: rules() };
  const change = (toReplicas: number) => ({ ...moment, toReplicas });

  it('are kept by direction, and an unchanged size is none', () => {
    expect(rememberChange(memory(), behavior, change(6)).ups).toEqual([{ atMs: 600_000, change: 2 }]);
    expect(rememberChange(memory(), behavior, change(1)).downs).toEqual([{ atMs: 600_000, change: 3 }]);
    expect(rememberChange(memory(), behavior, change(4))).toEqual(memory());
  });

  it('a new one takes the place of one older than the longest period', () => {
    const past = memory({
      ups: [
        { atMs: 539_999, change: 1 },
        { atMs: 590_000, change: 1 },
      ],
    });

    expect(rememberChange(past, behavior, change(6)).ups).toEqual([
      { atMs: 600_000, change: 2 },
      { atMs: 590_000, change: 1 },
    ]);
  });
});
