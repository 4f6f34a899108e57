import { describe, expect, it } from 'vitest';
import {
  acquire,
  isTimerDue,
  LEASE_TTL_MS,
  MAX_CALL_MS,
  release,
  renew,
  wake,
  type WakeRecord,
} from '#shared/domain/wake-record.ts';

const subject = { automation: 'build-cluster', target: 'cluster/demo' };
const makeRecord = (over: Partial<WakeRecord> = {}): WakeRecord => ({
  ...subject,
  wakeSeq: 1,
  seenSeq: 1,
  fence: 3,
  nextCheckAtMs: 5_000,
  ...over,
});
const held = makeRecord({ lease: { holder: 'a', expiresAtMs: 61_000 }, nextCheckAtMs: 61_000 });

describe('wake', () => {
  it('begins a record that is due at once', () => {
    const woken = wake(undefined, subject, 1_000);

    expect(woken).toEqual({
      changed: true,
      record: { ...subject, wakeSeq: 1, seenSeq: 0, nextCheckAtMs: 1_000, fence: 0 },
    });
  });

  it('counts up and makes the target due now', () => {
    expect(wake(makeRecord(), subject, 2_000)).toMatchObject({
      changed: true,
      record: { wakeSeq: 2, nextCheckAtMs: 2_000 },
    });
  });

  it('costs nothing while an earlier wake is still unseen', () => {
    const unseen = makeRecord({ wakeSeq: 2 });

    expect(wake(unseen, subject, 2_000)).toEqual({ changed: false, record: unseen });
  });

  it('is not merged into a wake that the holder has seen', () => {
    expect(wake(held, subject, 2_000)).toMatchObject({ changed: true, record: { wakeSeq: 2, lease: { holder: 'a' } } });
  });
});

describe('acquire', () => {
  it.each([
    { name: 'leaves a target that nothing is known of', record: undefined, nowMs: 0, expected: { kind: 'unknown' } },
    { name: 'leaves a held target alone', record: held, nowMs: 60_999, expected: { kind: 'held', untilMs: 61_000 } },
    {
      name: 'takes over an expired lease, but stays quiet until the old holder’s last call has landed',
      record: held,
      nowMs: 61_000,
      expected: { kind: 'takenOver', quietUntilMs: 61_000 + MAX_CALL_MS },
    },
    {
      name: 'leaves while it is quiet',
      record: makeRecord({ quietUntilMs: 9_000 }),
      nowMs: 8_999,
      expected: { kind: 'quiet', untilMs: 9_000 },
    },
    {
      name: 'acquires when the quiet time is over',
      record: makeRecord({ quietUntilMs: 9_000 }),
      nowMs: 9_000,
      expected: { kind: 'acquired' },
    },
    { name: 'acquires a free target', record: makeRecord(), nowMs: 9_000, expected: { kind: 'acquired' } },
  ])('$name', ({ record, nowMs, expected }) => {
    expect(acquire(record, 'b', nowMs)).toMatchObject(expected);
  });

  it('sees every wake so far and is found by the timer if it is killed', () => {
    const acquired = acquire(makeRecord({ wakeSeq: 7 }), 'b', 1_000);

    expect(acquired).toMatchObject({
      record: {
        seenSeq: 7,
        fence: 4,
        lease: { holder: 'b', expiresAtMs: 1_000 + LEASE_TTL_MS },
        nextCheckAtMs: 1_000 + LEASE_TTL_MS,
      },
    });
  });

  it('acquires once more what it holds: the answer to its commit was lost, and a wake has come in since', () => {
    const woken = wake(held, subject, 2_000).record;

    expect(acquire(woken, 'a', 3_000)).toMatchObject({
      kind: 'acquired',
      record: { fence: held.fence, seenSeq: woken.wakeSeq, lease: { holder: 'a', expiresAtMs: 3_000 + LEASE_TTL_MS } },
    });
  });

  it('ends the quiet time of a takeover with a new fence, so that the old holder has lost at once', () => {
    const taken = acquire(held, 'b', 61_000);

    expect(
      taken.kind === 'takenOver' && renew(taken.record, { holder: 'a', fence: 3, beforeLook: true }, 61_001),
    ).toBeUndefined();
    expect(taken).toMatchObject({ record: { fence: 4, nextCheckAtMs: 61_000 + MAX_CALL_MS } });
    expect(taken).not.toHaveProperty('record.lease');
  });
});

describe('renew', () => {
  it('prolongs the lease and sees the wakes that came in', () => {
    const woken = { ...held, wakeSeq: 2, nextCheckAtMs: 2_000 };

    expect(renew(woken, { holder: 'a', fence: 3, beforeLook: true }, 30_000)).toMatchObject({
      seenSeq: 2,
      nextCheckAtMs: 90_000,
      lease: { expiresAtMs: 90_000 },
    });
  });

  it('sees nothing in the middle of a look: a wake that came in then must lead to another one', () => {
    const woken = { ...held, wakeSeq: 2, nextCheckAtMs: 2_000 };

    expect(renew(woken, { holder: 'a', fence: 3, beforeLook: false }, 30_000)).toMatchObject({
      seenSeq: 1,
      nextCheckAtMs: 90_000,
    });
  });

  it.each([
    { name: 'another fence', record: { ...held, fence: 4 } },
    { name: 'another holder', record: { ...held, lease: { holder: 'b', expiresAtMs: 61_000 } } },
    { name: 'no lease', record: makeRecord() },
    { name: 'no record', record: undefined },
  ])('has lost with $name', ({ record }) => {
    expect(renew(record, { holder: 'a', fence: 3, beforeLook: true }, 30_000)).toBeUndefined();
  });

  it('still holds an expired lease that nobody has taken over', () => {
    expect(renew(held, { holder: 'a', fence: 3, beforeLook: true }, 70_000)).toMatchObject({
      lease: { expiresAtMs: 130_000 },
    });
  });
});

describe('release', () => {
  it('plans the next check', () => {
    const released = release(held, { holder: 'a', fence: 3 }, 99_000);

    expect(released).toEqual({ kind: 'released', record: makeRecord({ nextCheckAtMs: 99_000 }) });
  });

  it('plans none when there is none', () => {
    const released = release(held, { holder: 'a', fence: 3 }, undefined);

    expect(released.kind === 'released' && 'nextCheckAtMs' in released.record).toBe(false);
  });

  it('does not happen when a wake came in since the holder looked', () => {
    expect(release({ ...held, wakeSeq: 2 }, { holder: 'a', fence: 3 }, 99_000)).toEqual({ kind: 'wokenAgain' });
  });

  it('is refused to a holder that has lost', () => {
    expect(release({ ...held, fence: 4 }, { holder: 'a', fence: 3 }, 99_000)).toEqual({ kind: 'lost' });
  });
});

describe('isTimerDue', () => {
  it.each([
    {
      name: 'serves the planned check, however early it fires',
      record: makeRecord(),
      timer: 5_000,
      nowMs: 0,
      due: true,
    },
    { name: 'of an older plan is not due', record: makeRecord(), timer: 4_000, nowMs: 4_500, due: false },
    {
      name: 'of an older plan counts when the target is overdue',
      record: makeRecord(),
      timer: 4_000,
      nowMs: 5_000,
      due: true,
    },
    { name: 'of a target without a plan is not due', record: undefined, timer: 4_000, nowMs: 5_000, due: false },
  ])('$name', ({ record, timer, nowMs, due }) => {
    expect(isTimerDue(record, timer, nowMs)).toBe(due);
  });
});
