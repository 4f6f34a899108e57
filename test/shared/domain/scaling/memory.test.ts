import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import { recallRole, rememberAsked } from '#shared/domain/scaling/memory.ts';
import type { RoleMemory } from '#shared/domain/scaling/types.ts';
import { fresh, makeInput, makeRole, makeSettings, makeSignals, NOW_MS } from './make-scaling.ts';

const rested: RoleMemory = { recommendations: [], ups: [], downs: [] };
const settings = makeSettings();
const role = makeRole('decode');
const ask = (memory: RoleMemory, toReplicas: number) =>
  rememberAsked(memory, { role, toReplicas, nowMs: NOW_MS, settings });

describe('what is remembered of a change', () => {
  it('its direction, size and time', () => {
    expect(ask(rested, 6)).toEqual({
      ...rested,
      ups: [{ atMs: NOW_MS, change: 2 }],
      lastUpAtMs: NOW_MS,
      asked: { fromReplicas: 4, toReplicas: 6, atMs: NOW_MS, before: { ups: [], downs: [] } },
    });
    expect(ask(rested, 3)).toMatchObject({ downs: [{ atMs: NOW_MS, change: 1 }], lastDownAtMs: NOW_MS });
    expect(ask(rested, 4)).toBe(rested);
  });

  it.each([
    { name: 'found as asked: it stays', found: 6, expected: [1, NOW_MS] },
    { name: 'found as before: it never happened', found: 4, expected: [0, undefined] },
    { name: 'found as something else: it stays', found: 5, expected: [1, NOW_MS] },
  ])('$name', ({ found, expected }) => {
    const next = recallRole(makeRole('decode', { currentReplicas: found }), ask(rested, 6), {
      nowMs: NOW_MS + 15_000,
      settings,
    });

    expect([next.ups.length, next.lastUpAtMs]).toEqual(expected);
    expect(next.asked).toBeUndefined();
  });

  it('of a change that never happened nothing, and what stood before it holds again', () => {
    const before: RoleMemory = {
      recommendations: [{ atMs: NOW_MS, replicas: 4 }],
      ups: [{ atMs: NOW_MS - 60_000, change: 2 }],
      downs: [{ atMs: NOW_MS - 90_000, change: 1 }],
      lastUpAtMs: NOW_MS - 60_000,
      lastDownAtMs: NOW_MS - 90_000,
    };

    const next = recallRole(role, ask(before, 6), { nowMs: NOW_MS + 15_000, settings });

    expect(next).toEqual(before);
  });

  it.each([
    { name: 'as long as the window goes on', agoMs: 300_000, window: 300, replicas: 8 },
    { name: 'not after a gap longer than the window', agoMs: 300_001, window: 300, replicas: 4 },
    { name: 'as long as looks are a minute apart, where there is no window', agoMs: 60_000, window: 0, replicas: 8 },
    { name: 'not after a gap of more than a minute, where there is no window', agoMs: 60_001, window: 0, replicas: 4 },
  ])('recommendations count: $name', ({ agoMs, window, replicas }) => {
    const memory: RoleMemory = { ...rested, recommendations: [{ atMs: NOW_MS - agoMs, replicas: 8 }] };
    const down = { ...settings.down, stabilizationSeconds: window };

    const recalled = recallRole(role, memory, { nowMs: NOW_MS, settings: { ...settings, down } });

    expect(recalled.recommendations.map((one) => one.replicas)).toEqual([replicas]);
  });

  it('of a clock that went back nothing counts from a time to come, and the size is held as at a first look', () => {
    const laterMs = NOW_MS + 600_000;
    const memory: RoleMemory = {
      recommendations: [
        { atMs: NOW_MS - 15_000, replicas: 9 },
        { atMs: laterMs, replicas: 2 },
      ],
      ups: [
        { atMs: NOW_MS - 60_000, change: 1 },
        { atMs: laterMs, change: 2 },
      ],
      downs: [],
      lastUpAtMs: laterMs,
      lastDownAtMs: NOW_MS - 60_000,
    };

    expect(recallRole(role, memory, { nowMs: NOW_MS, settings })).toEqual({
      recommendations: [{ atMs: NOW_MS, replicas: 4 }],
      ups: [
        { atMs: NOW_MS - 60_000, change: 1 },
        { atMs: NOW_MS, change: 2 },
      ],
      downs: [],
      lastUpAtMs: NOW_MS,
      lastDownAtMs: NOW_MS - 60_000,
    });
  });

  it.each([
    { name: 'up', memoryReplicas: 2, running: 16, grows: true },
    { name: 'down', memoryReplicas: 4, running: 0, grows: false },
  ])(
    'a clock that went back holds up no way $name that a first look would go',
    ({ memoryReplicas, running, grows }) => {
      const decide = (atMs: number) =>
        decideSizes(
          makeInput({
            roles: [makeRole('aggregated', { currentReplicas: 4, gauges: { kv: running / 20, running } })],
            signals: makeSignals({ heldRequests: fresh(grows ? 20 : 0), runningRequests: fresh(4 * running) }),
            memory: { roles: { aggregated: { ...rested, recommendations: [{ atMs, replicas: memoryReplicas }] } } },
          }),
        ).roles[0]?.desiredReplicas;

      expect(decide(NOW_MS + 600_000)).toBe(decide(NOW_MS - 15_000));
      expect(decide(NOW_MS + 600_000)! > 4).toBe(grows);
    },
  );

  it.each([
    {
      name: 'up soon after down: the size in between was too small',
      lastDownAtMs: NOW_MS - 1_200_000,
      expected: { replicas: 4, untilMs: NOW_MS + 6_000_000 },
    },
    { name: 'up long after down: nothing', lastDownAtMs: NOW_MS - 1_200_001, expected: undefined },
  ])('$name', ({ lastDownAtMs, expected }) => {
    expect(ask({ ...rested, lastDownAtMs }, 5).tooFew).toEqual(expected);
  });

  it('only the first step up teaches: the next ones chase a queue that grows while replicas start', () => {
    const tooFew = { replicas: 1, untilMs: NOW_MS + 1 };
    const growing: RoleMemory = { ...rested, tooFew, lastDownAtMs: NOW_MS - 60_000, lastUpAtMs: NOW_MS - 30_000 };

    expect(ask(growing, 8).tooFew).toEqual(tooFew);
  });
});
