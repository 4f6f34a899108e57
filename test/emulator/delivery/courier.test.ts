import { describe, expect, it } from 'vitest';
import { Courier, type Letter, type Outcome } from '../../../emulator/delivery/courier.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { HandTime } from './hand-time.ts';
import { makeDeliveryWorld, START_MS } from './make-world.ts';

const letter = (label: string, over: Partial<Letter> = {}): Letter => ({
  url: 'http://127.0.0.1:1/target',
  headers: { 'x-one': '1' },
  body: Buffer.alloc(0),
  timeoutMs: 1000,
  label,
  ...over,
});

describe('the courier', () => {
  it('sends at the due time and shows the identity that was asked for', async () => {
    const { courier, arrivals, pass } = makeDeliveryWorld();
    const identity = { email: 'push@demo', audience: 'intake' };

    courier.send({ dueAtMs: START_MS + 500, write: () => letter('late', { identity }), settle: () => {} });
    await pass(1000);

    expect(arrivals).toMatchObject([
      { afterMs: 500, headers: { 'x-one': '1', authorization: 'Bearer push@demo for intake' } },
    ]);
    expect(arrivals[0]).not.toHaveProperty('identity');
  });

  it.each([
    { name: 'hurries to what is due', calmAfterMs: 60_000, waitMs: 0 },
    { name: 'lets it wait at 1× when the world rests', calmAfterMs: 0, waitMs: 30_000 },
  ])('$name', ({ calmAfterMs, waitMs }) => {
    const real = new HandTime();
    const clock = new WorldClock({ startMs: START_MS, speed: 'max', real });
    const courier = new Courier({
      clock,
      dispatcher: { post: () => Promise.resolve({ status: 200 }) },
      tokens: { token: () => '' },
    });
    clock.start();
    clock.restWhenCalm(calmAfterMs);

    courier.send({ dueAtMs: START_MS + 30_000, write: () => letter('timer'), settle: () => {} });

    expect(real.pending).toEqual([waitMs]);
  });

  it('tells sender and observer what became of a request', async () => {
    const { base, pass } = makeDeliveryWorld();
    const observed: [string, Outcome][] = [];
    const settled: Outcome[] = [];
    const dispatcher = {
      post: ({ label }: { readonly label: string }) =>
        label === 'broken' ? Promise.reject(new Error('socket hang up')) : Promise.resolve({ status: 503 }),
    };
    const onOutcome = (label: string, outcome: Outcome) => observed.push([label, outcome]);
    const courier = new Courier({ clock: base.clock, dispatcher, tokens: { token: () => '' }, onOutcome });

    for (const label of ['refused', 'broken']) {
      courier.send({ dueAtMs: START_MS, write: () => letter(label), settle: (outcome) => settled.push(outcome) });
    }
    await pass(1000);

    expect(settled).toEqual([
      { kind: 'answered', status: 503 },
      { kind: 'unanswered', reason: 'socket hang up' },
    ]);
    expect(observed).toEqual([
      ['refused', settled[0]],
      ['broken', settled[1]],
    ]);
  });

  it('does not send what was taken back, even by one that departs at the same instant', async () => {
    const { courier, arrivals, pass } = makeDeliveryWorld();
    const dueAtMs = START_MS + 500;
    const takeBack = () => cancelSecond();

    courier.send({
      dueAtMs,
      write: () => {
        takeBack();
        return letter('first');
      },
      settle: () => {},
    });
    const cancelSecond = courier.send({ dueAtMs, write: () => letter('second'), settle: () => {} });
    await pass(1000);

    expect(arrivals.map(({ label }) => label)).toEqual(['first']);
  });

  it('holds nothing for a parcel that turns out to be empty', async () => {
    const { base, courier, arrivals, pass } = makeDeliveryWorld();

    courier.send({ dueAtMs: START_MS, write: () => undefined, settle: () => {} });
    await pass(1000);

    expect(arrivals).toEqual([]);
    expect(base.clock.holds).toBe(0);
  });
});
