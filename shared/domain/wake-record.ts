/**
 * Wakes and leases of one (automation, target), as pure transitions of one small record: how nothing is lost and nothing runs
 * twice (shared/README.md, "Wakes"). The shell around them is shared/lease.ts.
 */
export interface WakeRecord {
  readonly automation: string;
  readonly target: string;
  /** Grows with every wake that was not merged into one still unseen. */
  readonly wakeSeq: number;
  /** The `wakeSeq` that the latest holder knew when it acquired, or last renewed before a look. */
  readonly seenSeq: number;
  /** When somebody must look, Unix ms; absent: never again. The sweeper wakes whatever is overdue. */
  readonly nextCheckAtMs?: number;
  /** Grows with every acquisition and every takeover; a holder whose number is not this one has lost. */
  readonly fence: number;
  readonly lease?: LeaseRecord;
  /** After an expired lease: nobody mutates before this instant, so that a late call of the old holder has landed. */
  readonly quietUntilMs?: number;
  /** When the latest look began; see `hint`. */
  readonly lookBeganAtMs?: number;
  /** After a look that a bug ended: hints do not count before this instant, Unix ms, or they would undo its growing pause. */
  readonly hintsFromMs?: number;
}

export interface LeaseRecord {
  readonly holder: string;
  readonly expiresAtMs: number;
}

/** Lease length in ms. At most 60 s (D10), so a killed holder delays its target by a minute. */
export const LEASE_TTL_MS = 60_000;

/** Longest single call in ms of real time; also how long a takeover stays quiet. Below the lease, or no call could be fenced. */
export const MAX_CALL_MS = 25_000;

/** A wake: one more look is owed, from now on. Merged into a wake that is still unseen, so a storm costs one write. */
export function wake(
  record: WakeRecord | undefined,
  subject: { readonly automation: string; readonly target: string },
  nowMs: number,
): { readonly record: WakeRecord; readonly changed: boolean } {
  if (record === undefined) {
    return { record: { ...subject, wakeSeq: 1, seenSeq: 0, nextCheckAtMs: nowMs, fence: 0 }, changed: true };
  }
  if (record.wakeSeq > record.seenSeq) return { record, changed: false };
  return { record: { ...record, wakeSeq: record.wakeSeq + 1, nextCheckAtMs: nowMs }, changed: true };
}

/**
 * A reason to look that is no order: an alert, a tick. Covered, and not written, where a look began less than `paceMs` ago and either
 * goes on or has planned the next one: what is hinted at is seen then. A thousand hints cost one look per `paceMs`.
 */
export function hint(
  record: WakeRecord | undefined,
  subject: { readonly automation: string; readonly target: string },
  { nowMs, paceMs }: { readonly nowMs: number; readonly paceMs: number },
): { readonly record: WakeRecord; readonly changed: boolean } {
  if (record !== undefined && isCovered(record, nowMs, paceMs)) return { record, changed: false };
  return wake(record, subject, nowMs);
}

function isCovered(record: WakeRecord, nowMs: number, paceMs: number): boolean {
  const { lookBeganAtMs, lease, nextCheckAtMs, hintsFromMs } = record;
  if (hintsFromMs !== undefined && nowMs < hintsFromMs) return true;
  if (lookBeganAtMs === undefined || nowMs - lookBeganAtMs >= paceMs) return false;
  return lease !== undefined || (nextCheckAtMs !== undefined && nextCheckAtMs <= nowMs + paceMs);
}

export type Acquisition =
  | { readonly kind: 'acquired'; readonly record: WakeRecord }
  /** The old holder's lease ran out: the target is quiet until its last call must have landed. */
  | { readonly kind: 'takenOver'; readonly record: WakeRecord; readonly quietUntilMs: number }
  | { readonly kind: 'held'; readonly untilMs: number }
  | { readonly kind: 'quiet'; readonly untilMs: number }
  | { readonly kind: 'unknown' };

/**
 * Tries to become the one writer. First row that matches wins.
 *   | record | lease     | quietUntil | outcome                                   |
 *   | none   | –         | –          | unknown                                   |
 *   | any    | ours      | –          | acquired: it was, and the answer was lost |
 *   | any    | not over  | –          | held                                      |
 *   | any    | over      | –          | takenOver: new fence, quiet for a call    |
 *   | any    | none      | future     | quiet                                     |
 *   | any    | none      | past, none | acquired: new fence, check at lease end   |
 */
export function acquire(record: WakeRecord | undefined, holder: string, nowMs: number): Acquisition {
  if (record === undefined) return { kind: 'unknown' };
  if (record.lease?.holder === holder)
    return { kind: 'acquired', record: hold({ ...record, lookBeganAtMs: nowMs }, holder, nowMs) };
  if (record.lease !== undefined && record.lease.expiresAtMs > nowMs) {
    return { kind: 'held', untilMs: record.lease.expiresAtMs };
  }
  if (record.lease !== undefined) {
    const quietUntilMs = nowMs + MAX_CALL_MS;
    const { lease: _over, ...rest } = record;
    return {
      kind: 'takenOver',
      quietUntilMs,
      record: { ...rest, fence: record.fence + 1, quietUntilMs, nextCheckAtMs: quietUntilMs },
    };
  }
  if (record.quietUntilMs !== undefined && record.quietUntilMs > nowMs) {
    return { kind: 'quiet', untilMs: record.quietUntilMs };
  }
  const { quietUntilMs: _past, hintsFromMs: _over, ...rest } = record;
  const acquired = { ...rest, fence: record.fence + 1, lookBeganAtMs: nowMs };
  return { kind: 'acquired', record: hold(acquired, holder, nowMs) };
}

/**
 * The holder goes on for another lease. `undefined`: it has lost.
 * `beforeLook`: a look follows, so it sees every wake so far. In the middle of a look nothing is seen: what came in after the
 * world was read must lead to another look.
 */
export function renew(
  record: WakeRecord | undefined,
  by: { readonly holder: string; readonly fence: number; readonly beforeLook: boolean },
  nowMs: number,
): WakeRecord | undefined {
  if (!isHolder(record, by.holder, by.fence)) return undefined;
  const held = hold(record, by.holder, nowMs);
  return by.beforeLook ? { ...held, lookBeganAtMs: nowMs } : { ...held, seenSeq: record.seenSeq };
}

export interface ReleaseOptions {
  readonly isBroken?: boolean;
}

export type Release =
  | { readonly kind: 'released'; readonly record: WakeRecord }
  /** A wake came in since the holder last looked: look again. */
  | { readonly kind: 'wokenAgain' }
  | { readonly kind: 'lost' };

/**
 * Gives the lease back and plans the next check, but only if the holder has seen every wake. `isBroken`: a bug ended the look, and
 * mere hints wait for the next check too.
 */
export function release(
  record: WakeRecord | undefined,
  holder: { readonly holder: string; readonly fence: number },
  nextCheckAtMs: number | undefined,
  { isBroken = false }: ReleaseOptions = {},
): Release {
  if (!isHolder(record, holder.holder, holder.fence)) return { kind: 'lost' };
  if (record.wakeSeq !== record.seenSeq) return { kind: 'wokenAgain' };
  const { lease: _given, nextCheckAtMs: _served, ...rest } = record;
  if (nextCheckAtMs === undefined) return { kind: 'released', record: rest };
  return { kind: 'released', record: { ...rest, nextCheckAtMs, ...(isBroken && { hintsFromMs: nextCheckAtMs }) } };
}

/** Whether this holder still is the one writer. An expired lease that nobody has taken over still counts. */
export function isHolder(record: WakeRecord | undefined, holder: string, fence: number): record is WakeRecord {
  return record !== undefined && record.fence === fence && record.lease?.holder === holder;
}

/**
 * Whether a timer that fired still means something: it serves exactly the planned check (however early it fires), or the
 * target is due anyway. A timer of an older plan is neither.
 */
export function isTimerDue(record: WakeRecord | undefined, timerCheckAtMs: number, nowMs: number): boolean {
  if (record?.nextCheckAtMs === undefined) return false;
  return record.nextCheckAtMs === timerCheckAtMs || record.nextCheckAtMs <= nowMs;
}

function hold(record: WakeRecord, holder: string, nowMs: number): WakeRecord {
  const expiresAtMs = nowMs + LEASE_TTL_MS;
  return { ...record, seenSeq: record.wakeSeq, nextCheckAtMs: expiresAtMs, lease: { holder, expiresAtMs } };
}
