/**
 * The loop (the life of one event, steps 2 to 6): lease, rounds of looks (look.ts), release, verdict. It knows no cloud and no cluster;
 * what an automation is about lives in its own folder under functions/.
 */
import { randomUUID } from 'node:crypto';
import type { Automation, LoopPorts } from './automation-contract.ts';
import { type BrokenLookEnd, endBrokenLook } from './broken-look.ts';
import type { Progress } from './domain/progress.ts';
import type { Step } from './domain/step.ts';
import { AutomationError, ensureError } from './errors.ts';
import { acquireLease, hasBudget, type Lease, type LeaseAttempt } from './lease.ts';
import { type Look, lookOnce, nextCheck } from './look.ts';
import type { Wake } from './ports/wakes.ts';
import { fireDueSiblings, planTimer } from './wakes.ts';

// Both sides of the loop in one place: whoever writes an automation needs no other file.
export type { ApplyContext, Automation, LoopPorts, Subject } from './automation-contract.ts';

/** What brought us: a wake, or a timer. */
export interface Trigger {
  readonly target: string;
  /** Set when a timer brought us: the check that it serves. */
  readonly timerCheckAtMs?: number;
}

/** How one delivery ended. */
export type Outcome =
  | { readonly kind: 'looked'; readonly progress: Progress; readonly nextCheckAtMs?: number }
  | { readonly kind: 'left'; readonly why: string }
  /** A bug, or the ledger: not a failure of the world. */
  | { readonly kind: 'broken'; readonly error: Error; readonly next: Exclude<BrokenLookEnd, 'leaseLost'> };

/** What the platform is told: 2xx acknowledges, 5xx makes Pub/Sub deliver again and in the end dead-letter the message. */
export interface Verdict {
  readonly status: 204 | 500;
}

/**
 * The one place that decides ack or nack. Waiting is never a nack (D5): timers and the sweeper bring us back. Nor is a bug whose
 * next look is planned: repeated at once it would fail again, use up the message's attempts and slow down everybody's deliveries.
 */
export function verdictOf(outcome: Outcome): Verdict {
  return { status: outcome.kind === 'broken' && outcome.next === 'unplanned' ? 500 : 204 };
}

/**
 * One delivery, from the lease to its release. Throws only where the ledger itself fails before a lease is held: the platform then
 * delivers again.
 */
export async function runAutomation<Observed, S extends Step, Ports extends LoopPorts>(
  automation: Automation<Observed, S, Ports>,
  ports: Ports,
  trigger: Trigger,
): Promise<Outcome> {
  const wake: Wake = { automation: automation.name, target: trigger.target };
  const attempt = await acquireLease(ports, {
    wake,
    holder: randomUUID(),
    ...(trigger.timerCheckAtMs !== undefined && { timerCheckAtMs: trigger.timerCheckAtMs }),
  });
  if (attempt.kind !== 'acquired') return leave(attempt, wake, ports);
  try {
    return await holdAndLook(automation, ports, attempt.lease);
  } catch (thrown) {
    const error = ensureError(thrown);
    const next = await endBrokenLook(ports, attempt.lease, error);
    return next === 'leaseLost' ? { kind: 'left', why: next } : { kind: 'broken', error, next };
  }
}

async function leave(
  attempt: Exclude<LeaseAttempt, { kind: 'acquired' }>,
  wake: Wake,
  ports: LoopPorts,
): Promise<Outcome> {
  if (attempt.kind === 'left') return { kind: 'left', why: attempt.why };
  if (attempt.kind === 'unreadable') {
    ports.log.error('left a target whose wake record is unreadable', { ...wake, error: attempt.error.message });
    return { kind: 'left', why: 'unreadable' };
  }
  if (attempt.kind === 'held') {
    // A redelivery may be all that is left of a killed holder: its lease's end is looked at on time, not by the next sweep.
    await sendAfterRelease(ports, wake, { nextCheckAtMs: attempt.untilMs, wakeSeq: attempt.wakeSeq });
    return { kind: 'left', why: 'held' };
  }
  await sendAfterRelease(ports, wake, { nextCheckAtMs: attempt.quietUntilMs, wakeSeq: attempt.wakeSeq });
  ports.log.warn('took over an expired lease', { ...wake, quietUntilMs: attempt.quietUntilMs });
  return { kind: 'left', why: 'takenOver' };
}

/** Rounds until only waits remain, nobody has woken us again, or the budget is used. */
async function holdAndLook<Observed, S extends Step, Ports extends LoopPorts>(
  automation: Automation<Observed, S, Ports>,
  ports: Ports,
  lease: Lease,
): Promise<Outcome> {
  for (;;) {
    const look: Look = hasBudget(ports.clock) ? await lookOnce(automation, ports, lease) : 'again';
    if (look === 'again' && hasBudget(ports.clock)) continue;
    const nextCheckAtMs = nextCheck(look, ports.clock.nowMs());
    const released = await lease.release(nextCheckAtMs);
    if (released.kind === 'wokenAgain') {
      await ports.ledger.transact((transaction) => lease.renew(transaction, { beforeLook: true }));
      continue;
    }
    await sendAfterRelease(ports, lease.wake, { nextCheckAtMs, wakeSeq: released.wakeSeq });
    if (typeof look === 'string') return { kind: 'left', why: look };
    return { kind: 'looked', progress: look.progress, ...(nextCheckAtMs !== undefined && { nextCheckAtMs }) };
  }
}

/** Nothing here can be lost for good: what is not sent is overdue in the ledger, and the sweeper finds it within a minute. */
async function sendAfterRelease(
  ports: LoopPorts,
  wake: Wake,
  check: { readonly nextCheckAtMs: number | undefined; readonly wakeSeq: number },
): Promise<void> {
  const { nextCheckAtMs, wakeSeq } = check;
  try {
    if (nextCheckAtMs !== undefined) await planTimer(ports, wake, { nextCheckAtMs, wakeSeq });
    await fireDueSiblings(ports, wake);
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    ports.log.warn('could not send a timer or wake; the sweeper will', { ...wake, error: thrown.message });
  }
}
