import { describe, expect, it } from 'vitest';
import { runAutomation, type Subject } from '#shared/automation.ts';
import { requestIdOf } from '#shared/domain/request-id.ts';
import { LEASE_TTL_MS, MAX_CALL_MS } from '#shared/domain/wake-record.ts';
import { AutomationError, type FailureKind } from '#shared/errors.ts';
import { acquireLease, Lease } from '#shared/lease.ts';
import { wakeUp } from '../support/loop-ports.ts';
import {
  makeAutomation,
  makeBench,
  makePlan,
  readProgress,
  readWake,
  target,
  type ToyAutomation,
  type ToyBench,
  wake as toyWake,
} from '../support/toy.ts';

const START_MS = 1_000_000;

/** Another delivery finds the lease expired. */
async function takeOver({ bench, run }: ToyBench): Promise<void> {
  bench.setNow(START_MS + LEASE_TTL_MS);
  await run();
}

/** The other delivery has waited for our last call, and holds the lease now: it never ends. */
async function workInstead(toys: ToyBench): Promise<void> {
  await takeOver(toys);
  toys.bench.setNow(START_MS + LEASE_TTL_MS + MAX_CALL_MS);
  await new Promise<void>((resolve) => {
    toys.toy.during = () => {
      resolve();
      return new Promise(() => undefined);
    };
    void toys.run();
  });
}

describe('the fence before a mutating call', () => {
  it.each([
    { name: 'our lease was taken over', meanwhile: takeOver },
    { name: 'another delivery works under a lease of its own', meanwhile: workInstead },
  ])('refuses it when $name', async ({ meanwhile }) => {
    const toys = await makeBench();
    let calls = 0;
    const slow = makeAutomation(toys.toy, {
      async apply(_step, context) {
        await meanwhile(toys);
        await context.fence();
        calls++;
        return { kind: 'started' };
      },
    });

    const outcome = await toys.run({}, slow);

    expect(outcome).toEqual({ kind: 'left', why: 'leaseLost' });
    expect(calls).toBe(0);
  });

  it.each([0, 29, 31, 35, 59, 70])('lets it end before the lease does, %s s after that began', async (seconds) => {
    const { bench, toy, run } = await makeBench();
    let seen: { timeoutMs: number; leftMs: number } | undefined;
    const slow = makeAutomation(toy, {
      async apply(_step, context) {
        bench.setNow(START_MS + seconds * 1000);
        const { timeoutMs } = await context.fence();
        const { lease } = await readWake(bench);
        seen = { timeoutMs, leftMs: (lease?.expiresAtMs ?? 0) - bench.clock.nowMs() };
        toy.turned++;
        return { kind: 'started' };
      },
    });

    await run({}, slow);

    expect(seen?.timeoutMs).toBe(MAX_CALL_MS);
    expect(seen?.leftMs).toBeGreaterThanOrEqual(MAX_CALL_MS + 5_000);
  });

  it('does not see wakes when it renews, so that they lead to another look', async () => {
    const { bench, toy, run } = await makeBench();
    let seenSeq: number | undefined;
    const woken = makeAutomation(toy, {
      async apply(_step, context) {
        await wakeUp(bench.ledger, { automation: 'turn-toy', target });
        bench.setNow(START_MS + 59_000);
        await context.fence();
        ({ seenSeq } = await readWake(bench));
        toy.turned++;
        return { kind: 'started' };
      },
    });

    await run({}, woken);

    expect(seenSeq).toBe(1);
  });
});

describe('the end of a delivery’s time', () => {
  /** Many calls, one after the other, each as long as it may be. */
  const makeLong = ({ bench, toy }: ToyBench, endsAtMs: number[]): ToyAutomation =>
    makeAutomation(toy, {
      plan: ({ memory, nowMs }, turned) =>
        turned > 0
          ? makePlan({ turn: { state: 'done' } })
          : makePlan({
              turn:
                (memory['turn']?.notBeforeMs ?? 0) > nowMs
                  ? { state: 'waiting', cause: 'retry', reason: memory['turn']?.reason ?? '' }
                  : { state: 'ready' },
            }),
      async apply(_step, context) {
        for (let call = 0; call < 100; call++) {
          const { timeoutMs } = await context.fence();
          bench.setElapsed(bench.clock.elapsedMs() + timeoutMs);
          bench.setNow(bench.clock.nowMs() + timeoutMs);
          endsAtMs.push(bench.clock.elapsedMs());
        }
        return { kind: 'started' };
      },
    });

  it('ends a round of many calls before 8 minutes, and the next delivery goes on', async () => {
    const toys = await makeBench();
    const endsAtMs: number[] = [];

    const outcome = await toys.run({}, makeLong(toys, endsAtMs));

    expect(endsAtMs.at(-1)).toBeLessThan(480_000);
    expect(endsAtMs.at(-1)).toBeGreaterThan(450_000);
    expect(outcome).toEqual({ kind: 'left', why: 'again' });
    expect(toys.bench.scheduled).toMatchObject([{ nextCheckAtMs: toys.bench.clock.nowMs() }]);
    const { steps } = await readProgress(toys.bench);
    expect(steps['turn']).toMatchObject({
      state: 'waiting',
      attempts: 0,
      failureKind: 'transient',
      reason: 'beginning a call for toy/one: this delivery has worked for more than 450 s: the next one goes on',
    });
  });

  it('is asked for again where the ledger took so long to answer that the lease is nearly over', async () => {
    const toys = await makeBench();
    const { ledger } = toys.bench;
    let asked = 0;
    const slow: typeof ledger = {
      get: (key) => ledger.get(key),
      find: (collection, query) => ledger.find(collection, query),
      async transact(body) {
        const result = await ledger.transact(body);
        asked++;
        if (asked === 1) toys.bench.setElapsed(LEASE_TTL_MS - MAX_CALL_MS + 1);
        return result;
      },
    };
    const attempt = await acquireLease(toys.bench, { wake: toyWake, holder: 'us' });
    if (attempt.kind !== 'acquired') throw new Error(attempt.kind);
    const lease = new Lease({ ledger: slow, clock: toys.bench.clock }, { wake: toyWake, holder: 'us' }, 1);

    await lease.fence();

    expect(asked).toBe(2);
  });

  it.each([
    { elapsedMs: 450_000, turned: 1 },
    { elapsedMs: 450_001, turned: 0 },
  ])('after $elapsedMs ms lets $turned more calls begin', async ({ elapsedMs, turned }) => {
    const { bench, toy, run } = await makeBench();
    toy.during = async () => bench.setElapsed(elapsedMs);

    await run();

    expect(toy.turned).toBe(turned);
  });
});

describe('the request id of a step', () => {
  it('is the same for every call of one attempt, and another one only after a known failure', async () => {
    const { bench, toy } = await makeBench();
    const failures: (FailureKind | undefined)[] = ['transient', 'busy', 'gone', 'transient', undefined];
    const ids: string[] = [];
    const idOf = ({ buildId, memory }: Subject) =>
      requestIdOf({ buildId, stepId: 'turn', attempts: memory['turn']?.attempts ?? 0 });
    const failing = makeAutomation(toy, {
      plan: ({ memory, nowMs }, turned) => {
        if (turned > 0) return makePlan({ turn: { state: 'done' } });
        const later = (memory['turn']?.notBeforeMs ?? 0) > nowMs;
        return makePlan({ turn: later ? { state: 'waiting', cause: 'retry', reason: 'later' } : { state: 'ready' } });
      },
      async apply(_step, context) {
        ids.push(idOf(context.subject));
        await context.fence();
        const kind = failures[ids.length - 1];
        if (kind !== undefined) throw new AutomationError(kind, 'turning toy one: no');
        toy.turned++;
        return { kind: 'started' };
      },
    });

    for (let minute = 0; minute < failures.length; minute++) {
      bench.setNow(START_MS + minute * 60_000);
      await runAutomation(failing, bench, { target });
    }

    const [first, second, third, fourth, fifth] = ids;
    expect(ids).toHaveLength(5);
    expect([second, third]).toEqual([first, first]);
    expect(fourth).not.toBe(first);
    expect(fifth).toBe(fourth);
  });
});
