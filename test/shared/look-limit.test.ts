import { afterEach, describe, expect, it, vi } from 'vitest';
import { LEASE_TTL_MS } from '#shared/domain/wake-record.ts';
import { LOOK_LIMIT_MS } from '#shared/look-limit.ts';
import { makeAutomation, makeBench, readProgress, readWake } from '../support/toy.ts';

interface Timer {
  readonly askedMs: readonly number[];
  fire(): void;
}

/** The platform's timer, fired by the test: nothing here takes real time. */
function holdTimer(): Timer {
  vi.restoreAllMocks();
  const askedMs: number[] = [];
  const controller = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    askedMs.push(ms);
    return controller.signal;
  });
  return { askedMs, fire: () => controller.abort() };
}

afterEach(() => void vi.restoreAllMocks());

describe('a look that does not end', () => {
  it('is a blind look once its time is over, told in status, with growing pauses', async () => {
    const { bench, toy, run } = await makeBench();
    const endless = (timer: Timer) =>
      makeAutomation(toy, {
        async observe() {
          bench.setNow(bench.clock.nowMs() + LOOK_LIMIT_MS);
          timer.fire();
          return await new Promise<number>(() => undefined);
        },
      });
    const timer = holdTimer();

    const first = await run({}, endless(timer));
    await run({}, endless(holdTimer()));

    expect(first).toMatchObject({ kind: 'looked', nextCheckAtMs: 1_045_000 + 5_000 });
    expect(timer.askedMs).toEqual([LOOK_LIMIT_MS]);
    expect(await readProgress(bench)).toMatchObject({
      reason: 'the world could not be read: reading the world: not done after 45 s',
      blindLooks: 2,
    });
    expect(await readWake(bench)).toMatchObject({ nextCheckAtMs: 1_090_000 + 10_000 });
  });

  it('ends well before its lease, so that nobody has taken over', () => {
    expect(LOOK_LIMIT_MS).toBeLessThanOrEqual(LEASE_TTL_MS - 15_000);
  });

  it('but fails in the end harms nothing: what it says then is not heard', async () => {
    const { bench, toy, run } = await makeBench();
    const timer = holdTimer();
    const late = Promise.withResolvers<number>();
    const slow = makeAutomation(toy, {
      async observe() {
        timer.fire();
        return await late.promise;
      },
    });

    await run({}, slow);
    late.reject(new TypeError('too late'));
    await Promise.resolve();

    expect(await readProgress(bench)).toMatchObject({ phase: 'pending', blindLooks: 1 });
  });
});
