/** One writer per (automation, target): the shell around shared/domain/wake-record.ts. */
import { AutomationError } from './errors.ts';
import * as record from './domain/wake-record.ts';
import { readRecord, UnreadableRecordError } from './ledger/read-records.ts';
import { WakeRecord, wakeKey } from './ledger/records.ts';
import type { Clock } from './ports/clock.ts';
import { type FencedCall, fencedCall } from './ports/fence.ts';
import type { Ledger, LedgerTransaction } from './ports/ledger.ts';
import type { Wake } from './ports/wakes.ts';

/** Thrown where a holder learns that it is none any more. It must stop at once: another one works. */
export class LeaseLostError extends AutomationError {
  override readonly name = 'LeaseLostError';

  constructor(wake: Wake) {
    super('busy', `working on ${wake.target} as ${wake.automation}: the lease was taken over`);
  }
}

/** Only `acquired` may touch the world; every other answer ends the delivery, and says what is left to do for whoever comes next. */
export type LeaseAttempt =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  | { readonly kind: 'left'; readonly why: 'quiet' | 'unknown' | 'notDue' }
  /** Nobody can work on the target until a person has mended its wake record. */
  | { readonly kind: 'unreadable'; readonly error: UnreadableRecordError }
  /** Another one works. Should it have been killed, its lease ends at this instant. */
  | { readonly kind: 'held'; readonly untilMs: number; readonly wakeSeq: number }
  /** Nobody holds it, but the old holder's last call may still land: look at this instant. */
  | { readonly kind: 'takenOver'; readonly quietUntilMs: number; readonly wakeSeq: number };

/** Who asks for the lease of what. */
export interface LeaseRequest {
  readonly wake: Wake;
  /** Unique per delivery. */
  readonly holder: string;
  /** Set when a timer brought us: the check that it serves. */
  readonly timerCheckAtMs?: number;
}

/** Below this much lease (ms), a mutating call renews first: the deadline of a call ends at least 5 s before the lease. */
const RENEW_BELOW_MS = record.MAX_CALL_MS + 5_000;

/** What a lease is measured and guarded by. */
interface LeasePorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** One transaction of the ledger. Throws only when that cannot be made. */
export async function acquireLease(ports: LeasePorts, request: LeaseRequest): Promise<LeaseAttempt> {
  try {
    return await ports.ledger.transact((transaction) => tryLease(ports, request, transaction));
  } catch (thrown) {
    if (thrown instanceof UnreadableRecordError) return { kind: 'unreadable', error: thrown };
    throw thrown;
  }
}

async function tryLease(
  ports: LeasePorts,
  request: LeaseRequest,
  transaction: LedgerTransaction,
): Promise<LeaseAttempt> {
  const current = await readWake(transaction, request.wake);
  const outcome = record.acquire(current, request.holder, transaction.nowMs);
  // Asked before anything else: a repeated timer may be all that is left of a holder that was killed.
  if (outcome.kind === 'held') return { kind: 'held', untilMs: outcome.untilMs, wakeSeq: current?.wakeSeq ?? 0 };
  if (request.timerCheckAtMs !== undefined && !record.isTimerDue(current, request.timerCheckAtMs, transaction.nowMs)) {
    return { kind: 'left', why: 'notDue' };
  }
  if (outcome.kind === 'unknown' || outcome.kind === 'quiet') return { kind: 'left', why: outcome.kind };
  transaction.put(wakeKey(request.wake), outcome.record);
  if (outcome.kind === 'takenOver') {
    return { kind: 'takenOver', quietUntilMs: outcome.quietUntilMs, wakeSeq: outcome.record.wakeSeq };
  }
  return { kind: 'acquired', lease: new Lease(ports, request, outcome.record.fence) };
}

/** `wokenAgain`: somebody has woken the target since the last look began, so it is looked at once more under the same lease. */
export type ReleaseOutcome = { readonly kind: 'released'; readonly wakeSeq: number } | { readonly kind: 'wokenAgain' };

/** A held lease. Every method that finds it lost throws `LeaseLostError`. */
export class Lease {
  readonly wake: Wake;
  readonly #ports: LeasePorts;
  readonly #holder: string;
  readonly #fence: number;

  constructor(ports: LeasePorts, request: LeaseRequest, fence: number) {
    this.wake = request.wake;
    this.#ports = ports;
    this.#holder = request.holder;
    this.#fence = fence;
  }

  /** Renews inside a transaction that may write something else too: the fence guards that write. */
  async renew(transaction: LedgerTransaction, options: { readonly beforeLook: boolean }): Promise<void> {
    const current = await readWake(transaction, this.wake);
    const by = { holder: this.#holder, fence: this.#fence, ...options };
    const renewed = record.renew(current, by, transaction.nowMs);
    if (renewed === undefined) throw new LeaseLostError(this.wake);
    transaction.put(wakeKey(this.wake), renewed);
  }

  /**
   * Permission for one mutating call, asked right before it. Its deadline ends before the lease does. Throws a `transient` error
   * once the delivery has no time left for a whole call: the step is then tried again in the next delivery.
   */
  async fence(): Promise<FencedCall> {
    if (this.#ports.clock.elapsedMs() > LAST_CALL_MS) {
      const limit = `this delivery has worked for more than ${LAST_CALL_MS / 1000} s`;
      throw new AutomationError(
        'transient',
        `beginning a call for ${this.wake.target}: ${limit}: the next one goes on`,
      );
    }
    const untilMs = await this.#ports.ledger.transact(async (transaction) => {
      const current = await readWake(transaction, this.wake);
      const readAtMs = this.#ports.clock.elapsedMs();
      if (!record.isHolder(current, this.#holder, this.#fence)) throw new LeaseLostError(this.wake);
      const leftMs = (current.lease?.expiresAtMs ?? 0) - transaction.nowMs;
      if (leftMs >= RENEW_BELOW_MS) return readAtMs + leftMs;
      await this.renew(transaction, { beforeLook: false });
      return readAtMs + record.LEASE_TTL_MS;
    });
    // A ledger whose answers are lost may take a minute to say yes: then what it says is of a lease that is nearly over.
    const isLate = untilMs - this.#ports.clock.elapsedMs() < record.MAX_CALL_MS;
    return isLate ? await this.fence() : fencedCall(record.MAX_CALL_MS);
  }

  /**
   * Checks the lease inside a transaction that writes something else: that is then written under it, or not at all, since whoever takes
   * the lease over changes what has been read here. Only reads, so it may stand anywhere before the first write.
   */
  async guard(transaction: LedgerTransaction): Promise<void> {
    const current = await readWake(transaction, this.wake);
    if (!record.isHolder(current, this.#holder, this.#fence)) throw new LeaseLostError(this.wake);
  }

  /** Gives the lease back unless a wake came in meanwhile. */
  async release(nextCheckAtMs: number | undefined, options: record.ReleaseOptions = {}): Promise<ReleaseOutcome> {
    return this.#ports.ledger.transact(async (transaction): Promise<ReleaseOutcome> => {
      const current = await readWake(transaction, this.wake);
      const by = { holder: this.#holder, fence: this.#fence };
      const outcome = record.release(current, by, nextCheckAtMs, options);
      if (outcome.kind === 'lost') throw new LeaseLostError(this.wake);
      if (outcome.kind === 'wokenAgain') return outcome;
      transaction.put(wakeKey(this.wake), outcome.record);
      return { kind: 'released', wakeSeq: outcome.record.wakeSeq };
    });
  }
}

function readWake(transaction: LedgerTransaction, wake: Wake): Promise<record.WakeRecord | undefined> {
  return readRecord(transaction, wakeKey(wake), WakeRecord);
}

/**
 * No round begins after this much real time, ms. A push must be answered within 600 s (google/pubsub/v1/pubsub.proto, ack
 * deadline), our own limit is 8 minutes (480 s): a round that begins late may read for `LOOK_LIMIT_MS` and then make its calls.
 */
const WORK_BUDGET_MS = 6 * 60_000;

/**
 * No call begins after this much real time, ms, so that one with the full deadline (25 s) ends by 475 s and its result is
 * recorded within the 8 minutes. A round alone is no bound: it may hold any number of calls, one after the other.
 */
const LAST_CALL_MS = 450_000;

/** Whether the invocation may begin another round. */
export function hasBudget(clock: Clock): boolean {
  return clock.elapsedMs() < WORK_BUDGET_MS;
}
