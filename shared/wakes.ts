/** Sending wakes and timers: the shell around the wake records. */
import { WakeRecord, collections, wakeKey } from './ledger/records.ts';
import { wake as wakeRecord } from './domain/wake-record.ts';
import type { Clock } from './ports/clock.ts';
import type { Ledger, LedgerTransaction } from './ports/ledger.ts';
import type { Timers, Wake, WakePublisher } from './ports/wakes.ts';

/**
 * A check that is further away than this (seconds) gets no timer: the sweeper finds it within a minute of its time, and for
 * slow checks a minute does not matter. It also keeps a settled target from costing a task for every look.
 */
const TIMER_HORIZON_SECONDS = 300;

/** A wake that is read and decided, and still to be written: a transaction's reads come before its writes. */
export interface PreparedWake {
  readonly wake: Wake;
  /** False: merged into a wake that nobody has seen yet. */
  readonly changed: boolean;
  write(transaction: LedgerTransaction): void;
}

export async function prepareWake(transaction: LedgerTransaction, wake: Wake): Promise<PreparedWake> {
  const stored = await transaction.get(wakeKey(wake));
  const current = stored === undefined ? undefined : WakeRecord.parse(stored);
  const woken = wakeRecord(current, { automation: wake.automation, target: wake.target }, transaction.nowMs);
  return {
    wake,
    changed: woken.changed,
    write(writing) {
      if (woken.changed) writing.put(wakeKey(wake), woken.record);
    },
  };
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

/** After a release: the other automations of the same target that are due look now, not at their next timer. */
export async function fireDueSiblings(
  ports: { readonly ledger: Ledger; readonly wakes: WakePublisher; readonly clock: Clock },
  wake: Wake,
): Promise<void> {
  const siblings = await ports.ledger.find(collections.wakes, { equals: { target: wake.target }, limit: 100 });
  const nowMs = ports.clock.nowMs();
  const due = siblings
    .map(({ value }) => WakeRecord.parse(value))
    .filter(({ automation }) => automation !== wake.automation)
    .filter(({ nextCheckAtMs }) => nextCheckAtMs !== undefined && nextCheckAtMs <= nowMs);
  await Promise.all(due.map(({ automation, target }) => ports.wakes.publish({ automation, target })));
}

/** How many overdue targets one sweep looks at; the next minute's sweep finds the rest, oldest first. */
const SWEEP_LIMIT = 1_000;

/** Wakes whatever is overdue: a lost message or task costs a minute, not the operation. Returns how many were woken. */
export async function sweep(ports: {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly clock: Clock;
}): Promise<number> {
  const overdue = await ports.ledger.find(collections.wakes, {
    atMost: { field: 'nextCheckAtMs', value: ports.clock.nowMs() },
    orderBy: { field: 'nextCheckAtMs', direction: 'ascending' },
    limit: SWEEP_LIMIT,
  });
  const wakes = overdue.map(({ value }) => WakeRecord.parse(value));
  await Promise.all(wakes.map(({ automation, target }) => ports.wakes.publish({ automation, target })));
  return wakes.length;
}
