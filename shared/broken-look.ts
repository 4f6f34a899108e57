/** What becomes of a target when a look at it ends by a bug, or by the ledger. */
import { recordBrokenLook } from './domain/progress.ts';
import { LONGEST_PAUSE_AFTER_BUG_SECONDS, secondsAfterBug } from './domain/retry.ts';
import { AutomationError, ensureError } from './errors.ts';
import { type Lease, LeaseLostError } from './lease.ts';
import { UnreadableRecordError } from './ledger/read-records.ts';
import type { Clock } from './ports/clock.ts';
import type { Ledger } from './ports/ledger.ts';
import type { Log } from './ports/log.ts';
import { readWanted, recordProgress, startProgress } from './progress-store.ts';

interface BrokenLookPorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is left to the platform afterwards: only `unplanned` is answered so that the message comes again. */
export type BrokenLookEnd =
  /** The bug is told in status and the next look is planned, so the message has done what it could. */
  | 'planned'
  /** The ledger cannot be written: the lease stays and runs out. */
  | 'unplanned'
  | 'leaseLost';

/**
 * Repeating the message would not help against a bug, and its nacks would slow down the deliveries of all other targets. So the
 * next look is planned instead, further away each time.
 */
export async function endBrokenLook(ports: BrokenLookPorts, lease: Lease, error: Error): Promise<BrokenLookEnd> {
  if (error instanceof LeaseLostError) return 'leaseLost';
  ports.log.error('look ended by an error', { ...lease.wake, error: error.stack ?? error.message });
  try {
    const afterSeconds = await recordBug(ports, lease, error);
    // If a wake came in meanwhile the lease stays and runs out: the target is then looked at a minute later, by the sweeper.
    await lease.release(ports.clock.nowMs() + afterSeconds * 1000, { isBroken: true });
    return 'planned';
  } catch (thrown) {
    if (thrown instanceof LeaseLostError) return 'leaseLost';
    ports.log.error('could not plan the look after a bug', { ...lease.wake, error: ensureError(thrown).message });
    return 'unplanned';
  }
}

/** Seconds to wait. What cannot be read is not written over: status shows that it is unreadable, and the longest pause is taken. */
async function recordBug({ ledger, clock }: BrokenLookPorts, lease: Lease, error: Error): Promise<number> {
  try {
    const wanted = await readWanted(ledger, lease.wake.target);
    if (wanted === undefined) return LONGEST_PAUSE_AFTER_BUG_SECONDS;
    const progress = await startProgress(ledger, lease.wake, wanted);
    const broken = recordBrokenLook(progress, describe(error), clock.nowMs());
    await recordProgress({ ledger, lease }, broken, { beforeLook: false });
    return secondsAfterBug(broken.brokenLooks ?? 1);
  } catch (thrown) {
    if (thrown instanceof UnreadableRecordError) return LONGEST_PAUSE_AFTER_BUG_SECONDS;
    throw thrown;
  }
}

/** A known failure outside observe and apply is the ledger's, as a rule; its message says so. */
function describe(error: Error): string {
  return error instanceof AutomationError ? `the look failed: ${error.message}` : `a bug: ${error.message}`;
}
