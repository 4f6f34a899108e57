/** Sending wakes and timers: the shell around the wake records. */
import type { JsonObject } from './domain/json.ts';
import { findRecords, reasonOf } from './ledger/read-records.ts';
import { collections, WakeRecord, wakeKey } from './ledger/records.ts';
import * as record from './domain/wake-record.ts';
import type { Clock } from './ports/clock.ts';
import type { Ledger, LedgerQuery, LedgerTransaction } from './ports/ledger.ts';
import type { Log } from './ports/log.ts';
import type { Timers, Wake, WakePublisher } from './ports/wakes.ts';

/**
 * A check that is further away than this (seconds) gets no timer: the sweeper finds it within a minute of its time, and for
 * slow checks a minute does not matter. It also keeps a settled target from costing a task for every look.
 */
const TIMER_HORIZON_SECONDS = 300;

/** A wake that is read and decided, and still to be written: a transaction's reads come before its writes. */
export interface PreparedWake {
  readonly wake: Wake;
  /** False: merged into a wake that nobody has seen yet, or covered by a look that goes on or is planned. */
  readonly changed: boolean;
  /** Why what stood there could not be read, and was begun anew; for the log. */
  readonly begunAnew?: string;
  write(transaction: LedgerTransaction): void;
}

export interface WakeOptions {
  /** Set for a mere hint: how far apart the looks that follow from hints are at least, ms. */
  readonly hintPaceMs?: number;
}

/**
 * Reads what a wake changes; `write` then belongs to the same transaction. Never throws for an unreadable record: it is begun anew.
 */
export async function prepareWake(
  transaction: LedgerTransaction,
  wake: Wake,
  { hintPaceMs }: WakeOptions = {},
): Promise<PreparedWake> {
  const subject = { automation: wake.automation, target: wake.target };
  const stored = await transaction.get(wakeKey(wake));
  const { nowMs } = transaction;
  const { current, begunAnew } = readOrBegin(stored, wake, nowMs);
  const woken =
    hintPaceMs === undefined
      ? record.wake(current, subject, nowMs)
      : record.hint(current, subject, { nowMs, paceMs: hintPaceMs });
  return {
    wake,
    changed: woken.changed,
    ...(begunAnew !== undefined && { begunAnew }),
    write(writing) {
      if (woken.changed) writing.put(wakeKey(wake), woken.record);
    },
  };
}

/**
 * A record that cannot be read holds no promise that could be kept, and whoever wakes its target must not be refused for ever.
 * The new one is quiet at first, as after a takeover: a holder of the old one may still have a call on its way.
 */
function readOrBegin(
  stored: JsonObject | undefined,
  { automation, target }: Wake,
  nowMs: number,
): { readonly current: WakeRecord | undefined; readonly begunAnew?: string } {
  if (stored === undefined) return { current: undefined };
  const parsed = WakeRecord.safeParse(stored);
  if (parsed.success) return { current: parsed.data };
  const current = { automation, target, wakeSeq: 0, seenSeq: 0, fence: 0, quietUntilMs: nowMs + record.MAX_CALL_MS };
  return { current, begunAnew: reasonOf(parsed.error) };
}

/** Schedules the look at `nextCheckAtMs`, if it is near enough to deserve a timer of its own. */
export async function planTimer(
  ports: { readonly timers: Timers; readonly clock: Clock },
  wake: Wake,
  check: { readonly nextCheckAtMs: number; readonly wakeSeq: number },
): Promise<void> {
  if (check.nextCheckAtMs - ports.clock.nowMs() > TIMER_HORIZON_SECONDS * 1000) return;
  await ports.timers.schedule({ automation: wake.automation, target: wake.target, ...check });
}

interface WakingPorts {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly clock: Clock;
  readonly log: Log;
}

/** After a release: the other automations of the same target that are due look now, not at their next timer. */
export async function fireDueSiblings(ports: WakingPorts, wake: Wake): Promise<void> {
  const siblings = await findWakes(ports, { equals: { target: wake.target }, limit: 100 });
  const nowMs = ports.clock.nowMs();
  const due = siblings
    .filter(({ automation }) => automation !== wake.automation)
    .filter(({ nextCheckAtMs }) => nextCheckAtMs !== undefined && nextCheckAtMs <= nowMs);
  await Promise.all(due.map(({ automation, target }) => ports.wakes.publish({ automation, target })));
}

/** How many overdue targets one sweep looks at; the next minute's sweep finds the rest, oldest first. */
const SWEEP_LIMIT = 1_000;

/** Wakes whatever is overdue: a lost message or task costs a minute, not the operation. Returns how many were woken. */
export async function sweep(ports: WakingPorts): Promise<number> {
  const overdue = await findWakes(ports, {
    atMost: { field: 'nextCheckAtMs', value: ports.clock.nowMs() },
    orderBy: { field: 'nextCheckAtMs', direction: 'ascending' },
    limit: SWEEP_LIMIT,
  });
  await Promise.all(overdue.map(({ automation, target }) => ports.wakes.publish({ automation, target })));
  return overdue.length;
}

/** The records that can be read; one that cannot is logged, and costs its own target only. */
async function findWakes(ports: WakingPorts, query: LedgerQuery): Promise<readonly WakeRecord[]> {
  const found = await findRecords(ports, { collection: collections.wakes, schema: WakeRecord }, query);
  return found.records.map(({ record }) => record);
}
