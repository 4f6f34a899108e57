import { describe, expect, it } from 'vitest';
import { type Speed, WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import type { RealTime } from '../../../emulator/world/real-time.ts';

/** Real time by hand: timers fire when `pass` reaches them. */
class HandTime implements RealTime {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.callback();
    }
    this.#nowMs = endMs;
  }
}

function makeClock(speed: Speed) {
  const real = new HandTime();
  const clock = new WorldClock({ startMs: 1_000, speed, real });
  const fired: string[] = [];
  const at = (atMs: number, name: string, periodic = false) =>
    clock.schedule(atMs, () => void fired.push(`${name}@${clock.nowMs()}`), { periodic });
  clock.start();
  return { real, clock, fired, at };
}

describe('at max', () => {
  it('jumps from event to event, each at exactly its time', () => {
    const { real, fired, at } = makeClock('max');
    at(3_600_000, 'b');
    at(60_000, 'a');

    real.pass(0);

    expect(fired).toEqual(['a@60000', 'b@3600000']);
  });

  it('stands still while something is in flight', () => {
    const { real, clock, fired, at } = makeClock('max');
    at(60_000, 'a');

    const release = clock.hold();
    real.pass(5_000);

    expect(clock.nowMs()).toBe(1_000);
    expect(fired).toEqual([]);
    release();
    real.pass(0);
    expect(fired).toEqual(['a@60000']);
  });

  it('falls to 1× when only periodic events are left', () => {
    const { real, clock, fired, at } = makeClock('max');
    at(61_000, 'cron', true);

    real.pass(30_000);

    expect(clock.nowMs()).toBe(31_000);
    expect(fired).toEqual([]);
    real.pass(30_000);
    expect(fired).toEqual(['cron@61000']);
  });

  it('fires periodic events on the way to one that hurries', () => {
    const { real, fired, at } = makeClock('max');
    at(61_000, 'cron', true);
    at(120_000, 'operation');

    real.pass(0);

    expect(fired).toEqual(['cron@61000', 'operation@120000']);
  });
});

describe('a clock that rests when all is calm', () => {
  /** A timer every minute that only looks, as those of a target that is ready. */
  function makeRoutine(speed: Speed = 'max') {
    const made = makeClock(speed);
    const { clock } = made;
    const looks: number[] = [];
    const look = (): void => {
      looks.push(clock.nowMs());
      clock.after(60_000, look, { followUp: true });
    };
    clock.after(60_000, look, { followUp: true });
    return { ...made, looks };
  }

  it.each<Speed>(['max', 100])('falls to 1× when nothing has stirred for that long, at speed %s', (speed) => {
    const { real, clock, looks } = makeRoutine(speed);
    clock.restWhenCalm(300_000);

    real.pass(3_000);
    const seen = looks.length;
    real.pass(60_000);

    expect(seen).toBe(5);
    expect(looks).toHaveLength(6);
  });

  it('hurries as long as something stirs, and for as long again afterwards', () => {
    const { real, clock, looks } = makeRoutine();
    clock.restWhenCalm(300_000);
    real.pass(0);

    clock.stir();
    real.pass(0);

    expect(clock.nowMs()).toBe(601_000);
    expect(looks).toHaveLength(10);
  });

  it('takes work that ends for a change', () => {
    const { real, clock, at } = makeRoutine();
    clock.restWhenCalm(300_000);
    at(1_201_000, 'operation');

    real.pass(0);

    expect(clock.nowMs()).toBe(1_501_000);
  });

  it('does not take a periodic event for one', () => {
    const { real, clock, at } = makeRoutine();
    clock.restWhenCalm(300_000);
    at(241_000, 'cron', true);

    real.pass(0);

    expect(clock.nowMs()).toBe(301_000);
  });

  it('goes on with its looks at 1×', () => {
    const { real, clock, looks } = makeRoutine();
    clock.restWhenCalm(300_000);
    real.pass(0);

    real.pass(180_000);

    expect(looks.slice(5)).toEqual([361_000, 421_000, 481_000]);
  });
});

describe('the journal', () => {
  it.each([
    { name: 'a change in Compute Engine', entry: { service: 'compute', effect: true }, isStirred: true },
    { name: 'a change in GKE', entry: { service: 'container', effect: true }, isStirred: true },
    { name: 'a change in a cluster', entry: { service: 'kubernetes', effect: true }, isStirred: true },
    { name: 'a call that changes nothing', entry: { service: 'kubernetes', effect: false }, isStirred: false },
    { name: 'a message', entry: { service: 'pubsub', effect: true }, isStirred: false },
    { name: 'a timer', entry: { service: 'tasks', effect: true }, isStirred: false },
  ])('wakes a resting clock: $name, $isStirred', ({ entry, isStirred }) => {
    const { real, clock } = makeClock('max');
    clock.restWhenCalm(60_000);
    clock.after(3_600_000, () => {}, { followUp: true });
    clock.after(60_000, () => new Journal(clock).record({ method: 'm', resource: 'r', ...entry }), { periodic: true });

    real.pass(0);

    expect(clock.nowMs()).toBe(isStirred ? 3_601_000 : 61_000);
  });
});

describe('at speed 100', () => {
  it('passes idle gaps 100 times as fast', () => {
    const { real, clock, fired, at } = makeClock(100);
    at(101_000, 'a');

    real.pass(500);

    expect(clock.nowMs()).toBe(51_000);
    real.pass(500);
    expect(fired).toEqual(['a@101000']);
  });

  it('runs at 1× while something is in flight, and goes on from there', () => {
    const { real, clock, fired, at } = makeClock(100);
    at(101_000, 'a');
    real.pass(500);

    const release = clock.hold();
    real.pass(1_000);

    expect(clock.nowMs()).toBe(52_000);
    release();
    real.pass(490);
    expect(fired).toEqual(['a@101000']);
  });

  it('fires what becomes due while something is in flight', () => {
    const { real, clock, fired, at } = makeClock(100);
    at(1_500, 'a');
    clock.hold();

    real.pass(500);

    expect(fired).toEqual(['a@1500']);
  });
});

describe('the agenda', () => {
  it('fires events of one instant in the order in which they were scheduled', () => {
    const { real, fired, at } = makeClock('max');
    for (const name of ['a', 'b', 'c']) at(5_000, name);

    real.pass(0);

    expect(fired).toEqual(['a@5000', 'b@5000', 'c@5000']);
  });

  it('fires at once what is scheduled in the past', () => {
    const { real, fired, at } = makeClock('max');
    at(10, 'late');

    real.pass(0);

    expect(fired).toEqual(['late@1000']);
  });

  it('never fires what was cancelled, and cancelling twice does nothing', () => {
    const { real, fired, at } = makeClock('max');
    const cancel = at(5_000, 'a');
    at(6_000, 'b');

    cancel();
    cancel();
    real.pass(0);

    expect(fired).toEqual(['b@6000']);
  });

  it('counts a hold that is released twice once', () => {
    const { clock } = makeClock('max');
    const release = clock.hold();
    clock.hold();

    release();
    release();

    expect(clock.holds).toBe(1);
  });

  it('does not move before it is started and after it is stopped', () => {
    const real = new HandTime();
    const clock = new WorldClock({ startMs: 1_000, speed: 'max', real });
    const fired: string[] = [];
    clock.schedule(5_000, () => fired.push('a'));
    real.pass(10_000);
    expect([clock.nowMs(), fired]).toEqual([1_000, []]);

    clock.start();
    clock.stop();
    real.pass(10_000);

    expect([clock.nowMs(), fired]).toEqual([1_000, []]);
  });

  it('goes on with what an event schedules', () => {
    const { real, clock, fired } = makeClock('max');
    clock.schedule(2_000, () => {
      fired.push('first');
      clock.after(1_000, () => fired.push(`second@${clock.nowMs()}`));
    });

    real.pass(0);

    expect(fired).toEqual(['first', 'second@3000']);
  });
});
