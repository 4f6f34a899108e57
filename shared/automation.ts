/**
 * The loop (the life of one event, steps 2 to 6): lease, observe, plan, apply, record, verdict. It knows no cloud and no cluster;
 * what an automation is about lives in its own folder under functions/.
 */
import { randomUUID } from 'node:crypto';
import { applyFrontier, toFailure } from './apply-frontier.ts';
import { type BrokenLookEnd, endBrokenLook } from './broken-look.ts';
import { logDecision, logResults } from './decision-log.ts';
import { type Controls, pausePlan } from './domain/controls.ts';
import type { JsonObject } from './domain/json.ts';
import { adoptDocument, type Progress, recordBlindLook, recordPlan, recordResults } from './domain/progress.ts';
import { retryAfter } from './domain/retry.ts';
import type { Failure, Plan, Step, StepMemories, StepResult } from './domain/step.ts';
import { AutomationError, ensureError } from './errors.ts';
import { acquireLease, hasBudget, type Lease, type LeaseAttempt } from './lease.ts';
import { withinLookLimit } from './look-limit.ts';
import { readControls, readWanted, recordProgress, startProgress } from './progress-store.ts';
import type { Clock } from './ports/clock.ts';
import type { FencedCall } from './ports/fence.ts';
import type { Ledger } from './ports/ledger.ts';
import type { Log } from './ports/log.ts';
import type { Timers, Wake, WakePublisher } from './ports/wakes.ts';
import { fireDueSiblings, planTimer } from './wakes.ts';

/** What the loop itself needs; an automation adds its own ports. */
export interface LoopPorts {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a look is about. */
export interface Subject {
  readonly target: string;
  readonly wanted: JsonObject;
  readonly sequence: number;
  /** Seed of request ids, the same for one incarnation of the target. */
  readonly buildId: string;
  readonly memory: StepMemories;
  /** What the last plan handed over. */
  readonly carry?: JsonObject;
  /** What a person has stopped, or set by hand. */
  readonly controls: Controls;
  readonly nowMs: number;
}

export interface ApplyContext {
  readonly subject: Subject;
  /** Checks that we still hold the lease; to be called right before each mutating call (D10). */
  fence(): Promise<FencedCall>;
}

/** One automation: `observe` and `apply` touch the world, `plan` decides and is pure. */
export interface Automation<Observed, S extends Step, Ports> {
  readonly name: string;
  /**
   * Reads the world now, within `LOOK_LIMIT_MS`. Throws `AutomationError` when it cannot: nothing is concluded from that.
   */
  observe(subject: Subject, ports: Ports): Promise<Observed>;
  plan(subject: Subject, observed: Observed): Plan<S>;
  /** Does one step. Runs twice, half-way and late. Throws `AutomationError`. */
  apply(step: S, context: ApplyContext, ports: Ports): Promise<StepResult>;
}

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

/** `again`: a frontier was applied, so the world has changed under our hands and is looked at anew. */
type Look =
  | 'nothingWanted'
  | 'again'
  | { readonly progress: Progress; readonly recheckAfterSeconds: number | undefined };

function nextCheck(look: Look, nowMs: number): number | undefined {
  if (look === 'nothingWanted') return undefined;
  // Out of budget in the middle of the work: go on in the next delivery, now.
  if (look === 'again') return nowMs;
  return look.recheckAfterSeconds === undefined ? undefined : nowMs + look.recheckAfterSeconds * 1000;
}

async function lookOnce<Observed, S extends Step, Ports extends LoopPorts>(
  automation: Automation<Observed, S, Ports>,
  ports: Ports,
  lease: Lease,
): Promise<Look> {
  const wanted = await readWanted(ports.ledger, lease.wake.target);
  if (wanted === undefined) return 'nothingWanted';
  const nowMs = ports.clock.nowMs();
  const progress = adoptDocument(await startProgress(ports.ledger, lease.wake, wanted), wanted.sequence, nowMs);
  const subject: Subject = {
    target: wanted.target,
    wanted: wanted.document,
    sequence: wanted.sequence,
    buildId: progress.buildId,
    memory: progress.steps,
    ...(progress.carry !== undefined && { carry: progress.carry }),
    controls: await readControls(ports.ledger, wanted.target, nowMs),
    nowMs,
  };
  let observed: Observed;
  try {
    observed = await withinLookLimit(() => automation.observe(subject, ports));
  } catch (thrown) {
    return await lookBlindly(ports, { lease, progress }, toFailure(thrown));
  }
  const plan = pausePlan(automation.plan(subject, observed), subject.controls, subject.target);
  const planned = recordPlan(progress, plan, ports.clock.nowMs());
  logDecision(ports.log, progress, planned);
  const held = { ledger: ports.ledger, lease };
  await recordProgress(held, planned, { beforeLook: false });
  const frontier = plan.steps.filter(({ status }) => status.state === 'ready').map(({ step }) => step);
  if (frontier.length === 0) return { progress: planned, recheckAfterSeconds: plan.recheckAfterSeconds };
  const context: ApplyContext = { subject, fence: () => lease.fence() };
  const { results, thrown } = await applyFrontier(frontier, (step) => automation.apply(step, context, ports));
  logResults(ports.log, planned, results);
  const applied = recordResults(planned, results, ports.clock.nowMs());
  // Where every answer shows its end state, another look would learn nothing new.
  const isSettled = frontier.every(({ id }) => results.get(id)?.kind === 'done');
  await recordProgress(held, applied, { beforeLook: thrown === undefined && !isSettled });
  if (thrown !== undefined) throw thrown;
  return isSettled ? { progress: applied, recheckAfterSeconds: plan.recheckAfterSeconds } : 'again';
}

async function lookBlindly(
  ports: LoopPorts,
  held: { readonly lease: Lease; readonly progress: Progress },
  failure: Failure,
): Promise<Look> {
  const progress = recordBlindLook(held.progress, failure, ports.clock.nowMs());
  await recordProgress({ ledger: ports.ledger, lease: held.lease }, progress, { beforeLook: false });
  return { progress, recheckAfterSeconds: Math.max(1, retryAfter(failure, progress.blindLooks).afterSeconds) };
}
