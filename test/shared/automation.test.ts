import { describe, expect, it } from 'vitest';
import { type Outcome, runAutomation, verdictOf } from '#shared/automation.ts';
import { LEASE_TTL_MS, MAX_CALL_MS } from '#shared/domain/wake-record.ts';
import { AutomationError, type FailureKind } from '#shared/errors.ts';
import { sweep } from '#shared/wakes.ts';
import { type LoopBench, makeLoopBench, wakeUp } from '../support/loop-ports.ts';
import { makeAutomation, makeBench, makePlan, readProgress, readWake, target, wake } from '../support/toy.ts';

describe('one delivery', () => {
  it('looks, acts, looks again and releases', async () => {
    const { bench, toy, run } = await makeBench();

    const outcome = await run();

    expect(outcome).toMatchObject({ kind: 'looked', progress: { phase: 'ready' } });
    expect(toy).toMatchObject({ turned: 1, looks: 2 });
    const lookBeganAtMs: unknown = expect.any(Number);
    expect(await readWake(bench)).toEqual({ ...wake, wakeSeq: 1, seenSeq: 1, fence: 1, lookBeganAtMs });
    expect(await readProgress(bench)).toMatchObject({ phase: 'ready', steps: { turn: { state: 'done', calls: 1 } } });
  });

  it('schedules the planned check as a timer, named by its wake', async () => {
    const { bench, toy, run } = await makeBench();
    toy.recheckAfterSeconds = 20;

    await run();

    expect(bench.scheduled).toEqual([{ ...wake, nextCheckAtMs: 1_020_000, wakeSeq: 1 }]);
    expect(await readWake(bench)).toMatchObject({ nextCheckAtMs: 1_020_000 });
  });

  it('leaves a check that is minutes away to the sweeper', async () => {
    const { bench, toy, run } = await makeBench();
    toy.recheckAfterSeconds = 600;

    await run();

    expect(bench.scheduled).toEqual([]);
    bench.setNow(1_600_000);
    expect(await sweep(bench)).toBe(1);
    expect(bench.published).toEqual([wake]);
  });

  it('does nothing for a target that nobody wants', async () => {
    const bench = makeLoopBench();
    await wakeUp(bench.ledger, wake);

    const outcome = await runAutomation(makeAutomation({ turned: 0, looks: 0 }), bench, { target });

    expect(outcome).toEqual({ kind: 'left', why: 'nothingWanted' });
  });

  it('stops starting rounds when its time budget is used, and goes on at once in another delivery', async () => {
    const { bench, toy, run } = await makeBench();
    toy.during = async () => bench.setElapsed(6 * 60_000);

    const outcome = await run();

    expect(outcome).toEqual({ kind: 'left', why: 'again' });
    expect(bench.scheduled).toMatchObject([{ nextCheckAtMs: 1_000_000 }]);
    expect(await readWake(bench)).not.toHaveProperty('lease');
  });
});

describe('wakes', () => {
  it('cost one write however many come before the look', async () => {
    const { bench } = await makeBench();

    const changed = await Promise.all(Array.from({ length: 50 }, () => wakeUp(bench.ledger, wake)));

    expect(changed.every((one) => !one)).toBe(true);
    expect(await readWake(bench)).toMatchObject({ wakeSeq: 1 });
  });

  it('that come in during a look make the holder look again before it releases', async () => {
    const { bench, toy, run } = await makeBench();
    toy.turned = 1;
    toy.during = async () => void (await wakeUp(bench.ledger, wake));

    await run();

    expect(toy.looks).toBe(2);
    expect(await readWake(bench)).toMatchObject({ wakeSeq: 2, seenSeq: 2 });
  });

  it('that lose the race for the lease leave, and the holder serves them', async () => {
    const { bench, toy, run } = await makeBench();
    let loser: Outcome | undefined;
    toy.during = async () => {
      await wakeUp(bench.ledger, wake);
      loser = await run();
    };

    await run();

    expect(loser).toEqual({ kind: 'left', why: 'held' });
    expect(toy).toMatchObject({ turned: 1 });
  });

  it('delivered twice look twice and act once', async () => {
    const { toy, run } = await makeBench();

    await run();
    await run();

    expect(toy).toMatchObject({ turned: 1, looks: 3 });
  });

  it('fire the other automations of the target that are due when the lease is released', async () => {
    const { bench, run } = await makeBench();
    await wakeUp(bench.ledger, { automation: 'paint-toy', target });
    await wakeUp(bench.ledger, { automation: 'paint-toy', target: 'toy/two' });

    await run();

    expect(bench.published).toEqual([{ automation: 'paint-toy', target }]);
  });
});

describe('a killed holder', () => {
  const killed = async () => {
    const { bench, toy, run } = await makeBench();
    // The process dies inside observe: nothing after it runs, not even a catch of ours.
    await new Promise<void>((resolve) => {
      toy.during = async () => {
        resolve();
        await new Promise(() => undefined);
      };
      void run();
    });
    return { bench, toy, run };
  };

  it('is not disturbed while its lease runs', async () => {
    const { bench, run } = await killed();
    bench.setNow(1_000_000 + LEASE_TTL_MS - 1);

    expect(await run()).toEqual({ kind: 'left', why: 'held' });
  });

  it('is looked for at the end of its lease by whoever came in vain', async () => {
    const { bench, run } = await killed();

    await run();

    expect(bench.scheduled).toEqual([{ ...wake, nextCheckAtMs: 1_000_000 + LEASE_TTL_MS, wakeSeq: 1 }]);
  });

  it('is looked for at the end of its lease by its own timer, delivered again', async () => {
    const { bench, run } = await killed();

    await run({ timerCheckAtMs: 999_000 });

    expect(bench.scheduled).toMatchObject([{ nextCheckAtMs: 1_000_000 + LEASE_TTL_MS }]);
  });

  it('is found by the sweeper at the end of its lease', async () => {
    const { bench } = await killed();

    expect(await sweep(bench)).toBe(0);
    bench.setNow(1_000_000 + LEASE_TTL_MS);
    expect(await sweep(bench)).toBe(1);
  });

  it('is taken over in two looks: first wait one call, then work', async () => {
    const { bench, toy, run } = await killed();
    bench.setNow(1_000_000 + LEASE_TTL_MS);

    const taken = await run();
    bench.setNow(1_000_000 + LEASE_TTL_MS + MAX_CALL_MS - 1);
    const early = await run();
    bench.setNow(1_000_000 + LEASE_TTL_MS + MAX_CALL_MS);
    const timer = bench.scheduled[0];
    const late = await run({ timerCheckAtMs: timer?.nextCheckAtMs ?? 0 });

    expect(taken).toEqual({ kind: 'left', why: 'takenOver' });
    expect(early).toEqual({ kind: 'left', why: 'quiet' });
    expect(late).toMatchObject({ kind: 'looked', progress: { phase: 'ready' } });
    expect(toy.turned).toBe(1);
  });

  it('may not act when it comes back after the takeover', async () => {
    const { bench, toy, run } = await makeBench();
    toy.during = async () => {
      bench.setNow(1_000_000 + LEASE_TTL_MS);
      await run();
    };

    const outcome = await run();

    expect(outcome).toEqual({ kind: 'left', why: 'leaseLost' });
    expect(toy.turned).toBe(0);
  });

  it('may not write its results after the takeover', async () => {
    const { bench, toy } = await makeBench();
    const overtaken = makeAutomation(toy, {
      async apply(_step, context) {
        await context.fence();
        bench.setNow(1_000_000 + LEASE_TTL_MS);
        await runAutomation(makeAutomation(toy), bench, { target });
        return { kind: 'started' };
      },
    });

    const outcome = await runAutomation(overtaken, bench, { target });

    expect(outcome).toEqual({ kind: 'left', why: 'leaseLost' });
    expect(await readProgress(bench)).toMatchObject({ steps: { turn: { state: 'intended' } } });
  });
});

describe('timers', () => {
  it('that serve the planned check look, however early they fire', async () => {
    const { bench, toy, run } = await makeBench();
    toy.recheckAfterSeconds = 20;
    await run();
    const looks = toy.looks;

    const outcome = await run({ timerCheckAtMs: bench.scheduled[0]?.nextCheckAtMs ?? 0 });

    expect(outcome.kind).toBe('looked');
    expect(toy.looks).toBe(looks + 1);
  });

  it('of an older plan leave without looking', async () => {
    const { toy, run } = await makeBench();
    toy.recheckAfterSeconds = 20;
    await run();

    expect(await run({ timerCheckAtMs: 999_000 })).toEqual({ kind: 'left', why: 'notDue' });
  });

  it('that cannot be scheduled cost a minute and not the target', async () => {
    const { bench, toy } = await makeBench();
    toy.recheckAfterSeconds = 20;
    const timers = { schedule: () => Promise.reject(new AutomationError('transient', 'creating a task: 503')) };

    const outcome = await runAutomation(makeAutomation(toy), { ...bench, timers }, { target });

    expect(outcome.kind).toBe('looked');
    expect(bench.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ error: 'creating a task: 503' }) }),
    );
    bench.setNow(1_020_000);
    expect(await sweep(bench)).toBe(1);
  });
});

describe('failures', () => {
  it.each<{ kind: FailureKind; state: string; afterSeconds: number; attempts: number }>([
    { kind: 'busy', state: 'waiting', afterSeconds: 20, attempts: 0 },
    { kind: 'transient', state: 'waiting', afterSeconds: 5, attempts: 0 },
    { kind: 'exists', state: 'waiting', afterSeconds: 1, attempts: 0 },
    { kind: 'gone', state: 'waiting', afterSeconds: 5, attempts: 1 },
    { kind: 'auth', state: 'failed', afterSeconds: 20, attempts: 1 },
    { kind: 'capacity', state: 'waiting', afterSeconds: 240, attempts: 1 },
    { kind: 'quota', state: 'failed', afterSeconds: 600, attempts: 1 },
    { kind: 'permanent', state: 'failed', afterSeconds: 1_800, attempts: 1 },
  ])('of kind $kind are remembered as $state for $afterSeconds s', async ({ kind, state, afterSeconds, attempts }) => {
    const { bench, toy } = await makeBench();
    let calls = 0;
    const failing = makeAutomation(toy, {
      plan: (subject) =>
        makePlan({
          turn:
            subject.memory['turn'] === undefined
              ? { state: 'ready' }
              : { state: 'waiting', cause: 'retry', reason: 'later' },
        }),
      async apply() {
        calls++;
        throw new AutomationError(kind, 'turning toy one: no');
      },
    });

    const outcome = await runAutomation(failing, bench, { target });

    expect(verdictOf(outcome)).toEqual({ status: 204 });
    expect(calls).toBe(1);
    const { history, steps } = await readProgress(bench);
    expect(steps['turn']).toMatchObject({ attempts, failuresInARow: 1, notBeforeMs: 1_000_000 + afterSeconds * 1000 });
    expect(history.at(-1)).toMatchObject({
      step: 'turn',
      text: `${state === 'failed' ? 'failed' : 'waits'}: turning toy one: no`,
    });
  });

  it('of one step do not stop its siblings', async () => {
    const { bench, toy } = await makeBench();
    const half = makeAutomation(toy, {
      plan: ({ memory }) =>
        makePlan({
          a: memory['a'] === undefined ? { state: 'ready' } : { state: 'done' },
          b: memory['b'] === undefined ? { state: 'ready' } : { state: 'done' },
        }),
      async apply(step) {
        if (step.id === 'a') throw new AutomationError('permanent', 'no');
        toy.turned++;
        return { kind: 'started' };
      },
    });

    await runAutomation(half, bench, { target });

    expect(toy.turned).toBe(1);
  });

  it('to read the world conclude nothing and look again with growing pauses', async () => {
    const { bench, toy } = await makeBench();
    const blind = makeAutomation(toy, {
      observe: () => Promise.reject(new AutomationError('transient', 'listing toys: 503')),
    });

    await runAutomation(blind, bench, { target });
    await runAutomation(blind, bench, { target });

    expect(bench.scheduled.map(({ nextCheckAtMs }) => nextCheckAtMs)).toEqual([1_005_000, 1_010_000]);
    expect(await readProgress(bench)).toMatchObject({
      phase: 'pending',
      reason: 'the world could not be read: listing toys: 503',
      blindLooks: 2,
    });
  });
});

describe('a call whose effect is never seen', () => {
  /** Something in the world undoes what was applied, at once: a webhook, or a value that the server writes otherwise. */
  const undone = (calls: number[], bench: LoopBench) =>
    makeAutomation(
      { turned: 0, looks: 0 },
      {
        plan: ({ memory, nowMs }) => {
          const { notBeforeMs = 0 } = memory['turn'] ?? {};
          if (notBeforeMs <= nowMs) return makePlan({ turn: { state: 'ready' } });
          const waits = { state: 'waiting', cause: 'retry', reason: memory['turn']?.reason ?? '' } as const;
          return makePlan({ turn: waits }, { recheckAfterSeconds: (notBeforeMs - nowMs) / 1000 });
        },
        apply: async () => {
          calls.push(bench.clock.nowMs());
          // So that a loop without pauses fails the test instead of never ending.
          if (calls.length > 50) bench.setElapsed(10 * 60_000);
          return { kind: 'started' };
        },
      },
    );

  it('is repeated with growing pauses, not at every look', async () => {
    const { bench, run } = await makeBench();
    const calls: number[] = [];

    for (let delivery = 0; delivery < 7; delivery++) {
      await run({}, undone(calls, bench));
      bench.setNow(bench.scheduled.at(-1)?.nextCheckAtMs ?? 0);
    }

    expect(calls.map((atMs) => (atMs - 1_000_000) / 1000)).toEqual([0, 5, 15, 35, 75, 135, 195]);
    const { steps, history } = await readProgress(bench);
    expect(steps['turn']).toMatchObject({ attempts: 0, calls: 7, reason: 'applied, not seen yet' });
    expect(history.filter(({ step }) => step === 'turn')).toEqual([
      { atMs: 1_000_000, step: 'turn', text: 'under way' },
    ]);
  });

  it('costs a step that is seen done at the next look nothing', async () => {
    const { bench, toy, run } = await makeBench();

    await run();

    expect(toy.looks).toBe(2);
    const { steps } = await readProgress(bench);
    expect(steps['turn']).toMatchObject({ state: 'done', failuresInARow: 0 });
    expect(steps['turn']).not.toHaveProperty('notBeforeMs');
    expect(steps['turn']).not.toHaveProperty('reason');
  });
});
