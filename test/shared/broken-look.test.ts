import { describe, expect, it } from 'vitest';
import { verdictOf } from '#shared/automation.ts';
import { AutomationError } from '#shared/errors.ts';
import { prepareWake, sweep, type WakeOptions } from '#shared/wakes.ts';
import { wakeUp } from '../support/loop-ports.ts';
import { makeAutomation, makeBench, makePlan, readProgress, readWake, type Toy, wake } from '../support/toy.ts';

const bug = () => Promise.reject(new TypeError('x is undefined'));
const brokenLook = (toy: Toy) => makeAutomation(toy, { observe: bug });

describe('a look that a bug ends', () => {
  it.each([
    { where: 'observe', over: { observe: bug } },
    {
      where: 'plan',
      over: {
        plan: () => {
          throw new TypeError('x is undefined');
        },
      },
    },
    { where: 'apply', over: { apply: bug } },
  ])('in $where is acknowledged, told in status and logged', async ({ over }) => {
    const { bench, toy, run } = await makeBench();

    const outcome = await run({}, makeAutomation(toy, over));

    expect(outcome).toMatchObject({ kind: 'broken', next: 'planned' });
    expect(verdictOf(outcome)).toEqual({ status: 204 });
    expect(await readProgress(bench)).toMatchObject({
      phase: 'failed',
      reason: 'a bug: x is undefined',
      brokenLooks: 1,
    });
    expect(await readWake(bench)).not.toHaveProperty('lease');
    expect(bench.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'look ended by an error', fields: { ...wake, error: expect.stringContaining('TypeError') } },
    ]);
  });

  it('degrades a target that has been ready', async () => {
    const { bench, toy, run } = await makeBench();
    await run();

    await run({}, brokenLook(toy));

    expect(await readProgress(bench)).toMatchObject({ phase: 'degraded', steps: { turn: { state: 'done' } } });
  });

  it.each([
    { where: 'observe', over: { observe: bug } },
    { where: 'apply', over: { apply: bug } },
  ])('in $where is repeated ever less often', async ({ over }) => {
    const { bench, toy, run } = await makeBench();
    const pauses: number[] = [];

    for (let look = 0; look < 8; look++) {
      await run({}, makeAutomation(toy, over));
      const { nextCheckAtMs = 0 } = await readWake(bench);
      pauses.push((nextCheckAtMs - bench.clock.nowMs()) / 1000);
      bench.setNow(nextCheckAtMs);
    }

    expect(pauses).toEqual([60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
    expect((await readProgress(bench)).history.filter(({ text }) => text.startsWith('a bug'))).toHaveLength(1);
  });

  it('is repeated by no hint before its time, though by an order at once', async () => {
    const { bench, toy, run } = await makeBench();
    await run({}, brokenLook(toy));
    const { nextCheckAtMs = 0 } = await readWake(bench);
    const prepare = (nowMs: number, options: WakeOptions) => {
      bench.setNow(nowMs);
      return bench.ledger.transact(async (tx) => (await prepareWake(tx, wake, options)).changed);
    };

    expect(await prepare(nextCheckAtMs - 1, { hintPaceMs: 15_000 })).toBe(false);
    expect(await prepare(nextCheckAtMs - 1, {})).toBe(true);
    expect(await prepare(nextCheckAtMs, { hintPaceMs: 15_000 })).toBe(true);

    await run({});
    expect(await readWake(bench)).not.toHaveProperty('hintsFromMs');
  });

  it('is forgotten with the first look that ends without one', async () => {
    const { bench, toy, run } = await makeBench();
    await run({}, brokenLook(toy));
    await run({}, brokenLook(toy));

    await run();

    expect(await readProgress(bench)).toMatchObject({ phase: 'ready', reason: 'it is turned' });
    expect(await readProgress(bench)).not.toHaveProperty('brokenLooks');
  });

  it('costs a dozen looks in six hours, however often the sweeper comes by', async () => {
    const { bench, toy, run } = await makeBench();
    let looks = 0;
    const counted = makeAutomation(toy, { observe: async () => (looks++, await bug()) });

    for (let minute = 0; minute < 360; minute++) {
      bench.setNow(1_000_000 + minute * 60_000);
      for (let woken = await sweep(bench); woken > 0; woken--) await run({}, counted);
    }

    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(20);
  });

  it('is looked at again soon when a wake came in meanwhile', async () => {
    const { bench, toy, run } = await makeBench();
    const woken = makeAutomation(toy, { observe: async () => (await wakeUp(bench.ledger, wake), await bug()) });

    const outcome = await run({}, woken);

    expect(verdictOf(outcome)).toEqual({ status: 204 });
    bench.setNow(1_060_000);
    expect(await sweep(bench)).toBe(1);
  });

  it('does not drop what its siblings have started', async () => {
    const { bench, toy, run } = await makeBench();
    const half = makeAutomation(toy, {
      plan: () => makePlan({ a: { state: 'ready' }, b: { state: 'ready' }, c: { state: 'ready' } }),
      async apply({ id }) {
        if (id === 'a') return await bug();
        if (id === 'b') throw new AutomationError('quota', 'no quota');
        return { kind: 'started', operation: 'op-c' };
      },
    });

    await run({}, half);

    const { steps, reason } = await readProgress(bench);
    expect(reason).toBe('a bug: x is undefined');
    expect(steps).toMatchObject({
      a: { state: 'intended' },
      b: { state: 'failed', attempts: 1 },
      c: { state: 'running', operation: 'op-c' },
    });
  });
});

describe('a ledger that cannot be written', () => {
  const makeFailing = (isBroken: () => boolean) =>
    makeBench({
      ledger: (inner) => ({
        get: (key) => inner.get(key),
        find: (collection, query) => inner.find(collection, query),
        transact: async (body) => {
          if (isBroken()) throw new AutomationError('transient', 'writing the ledger: disk full');
          return await inner.transact(body);
        },
      }),
    });

  it('makes the message come back, and the target is found at the end of the lease', async () => {
    let isBroken = false;
    const { bench, toy, run } = await makeFailing(() => isBroken);
    toy.during = async () => void (isBroken = true);

    const outcome = await run();

    expect(verdictOf(outcome)).toEqual({ status: 500 });
    isBroken = false;
    bench.setNow(1_060_000);
    expect(await sweep(bench)).toBe(1);
  });

  it('for a moment only is told in status as what it is, and the look is made again', async () => {
    let failures = 0;
    const { bench, toy, run } = await makeFailing(() => failures-- > 0);
    toy.during = async () => void (failures = 1);

    const outcome = await run();

    expect(verdictOf(outcome)).toEqual({ status: 204 });
    expect(await readProgress(bench)).toMatchObject({ reason: 'the look failed: writing the ledger: disk full' });
    expect(await readWake(bench)).toMatchObject({ nextCheckAtMs: 1_060_000 });
  });
});
