/** Decides what a build does next. Pure: the same observation gives the same plan. */
import { occupiesPool } from '#shared/domain/operation.ts';
import { pausedStatus, secondsUntilRetry } from '#shared/domain/retry-pause.ts';
import type { Plan, PlannedStep, StepStatus } from '#shared/domain/step.ts';
import type { Subject } from '#shared/automation.ts';
import { report } from './report.ts';
import { statusInWorld } from './status-in-world.ts';
import { HEALING_RECHECK_SECONDS, mayHeal, SETTLED_RECHECK_SECONDS, summarise } from './summary.ts';
import type { BuildStep, Observed } from './steps.ts';

/** How soon a look follows, seconds. Every value is at most 20: a step starts at most 30 s after its last prerequisite ended. */
const recheckSeconds = {
  /** Compute operations end within 10..40 s. */
  network: 5,
  /** Cluster and pool operations take many minutes, but their successors should not wait. */
  cluster: 20,
  pool: 20,
  objects: 10,
  readiness: 15,
  /** Nothing is on its way that we started; somebody else's operation may end any time. */
  busy: 20,
} as const;

/**
 * The status of one step. First row that matches wins.
 *   | in the world                  | prerequisites | not before | cluster busy | status                |
 *   | stands as wanted              | any           | any        | any          | done                  |
 *   | under way                     | any           | any        | any          | running               |
 *   | foreign, differs or broken    | any           | any        | any          | failed                |
 *   | its operation has failed      | any           | any        | any          | failed, fresh         |
 *   | its operation is gone         | any           | any        | any          | failed, fresh         |
 *   | its operation is unreadable   | any           | any        | any          | running, after 5 min failed, fresh |
 *   | ... to us: no permission      | any           | any        | any          | failed                |
 *   | it was there and has vanished | any           | any        | any          | failed, fresh         |
 *   | absent                        | missing       | any        | any          | waiting for them      |
 *   | absent                        | done          | future     | any          | waiting to retry, or failed, as it was left |
 *   | absent                        | done          | past       | yes          | waiting for whom      |
 *   | absent                        | done          | past       | no           | ready                 |
 */
export function plan(subject: Subject, observed: Observed): Plan<BuildStep> {
  const done = new Set<string>();
  const steps = observed.steps.map((step): PlannedStep<BuildStep> => {
    const status = statusOf(step, { subject, observed, done });
    if (status.state === 'done') done.add(step.id);
    return { step, status };
  });
  const ready = steps.filter(({ status }) => status.state === 'ready');
  const recheckAfterSeconds = recheckAfter(steps, subject);
  return {
    kind: ready.length > 0 ? 'act' : 'hold',
    ...summarise(steps, subject, observed),
    steps,
    recheckAfterSeconds,
    report: report(steps, observed),
  };
}

interface Context {
  readonly subject: Subject;
  readonly observed: Observed;
  /** Ids of the steps that are done; prerequisites come before their dependants in the list of steps. */
  readonly done: ReadonlySet<string>;
}

function statusOf(step: BuildStep, context: Context): StepStatus {
  const { subject, observed, done } = context;
  const memory = subject.memory[step.id];
  const missing = step.dependsOn.filter((id) => !done.has(id));
  const world = statusInWorld(step, observed, subject);
  // Readiness is judged only once everything that it judges should be there.
  if (world.state !== 'absent' && !(step.kind === 'readiness' && missing.length > 0)) return world;

  if (missing.length > 0)
    return { state: 'waiting', cause: 'prerequisites', reason: `needs ${titles(missing, observed)}` };

  const paused = pausedStatus(memory, subject.nowMs);
  if (paused !== undefined) return paused;

  const blocker = blockingOperation(step, observed);
  return blocker === undefined ? { state: 'ready' } : { state: 'waiting', cause: 'others', reason: blocker };
}

/** GKE runs one cluster-level operation, or one per pool, at a time; others are waited for quietly (rancher/gke-operator pull request 509). */
function blockingOperation(step: BuildStep, observed: Observed): string | undefined {
  if (step.kind !== 'pool') return undefined;
  const blocking = observed.clusterOperations.find((operation) => occupiesPool(operation, step.name));
  if (blocking === undefined) return undefined;
  return `busy: ${blocking.type} (${blocking.name}) runs on ${blocking.subject === 'cluster' ? 'the cluster' : blocking.subject}`;
}

function titles(ids: readonly string[], observed: Observed): string {
  const named = ids.map((id) => observed.steps.find((step) => step.id === id)?.title ?? id);
  const shown = named.slice(0, 3).join(', ');
  return named.length > 3 ? `${shown} and ${named.length - 3} more` : shown;
}

/** The earliest moment at which something that is waited for may have changed. */
function recheckAfter(steps: readonly PlannedStep<BuildStep>[], subject: Subject): number {
  const waits = steps.flatMap(({ step, status }): number[] => {
    if (status.state === 'running')
      return [recheckSeconds[step.kind === 'preflight' || step.kind === 'existing' ? 'network' : step.kind]];
    // Its retry time is computed when this look is recorded; the next look sees it.
    if (status.state === 'failed' && status.fresh) return [1];
    if (status.state === 'waiting' && status.cause === 'others') return [recheckSeconds.busy];
    if (status.state === 'done') return [];
    const retry = secondsUntilRetry(subject.memory[step.id], subject.nowMs);
    return [...(mayHeal(status) ? [HEALING_RECHECK_SECONDS] : []), ...(retry === undefined ? [] : [retry])];
  });
  return Math.min(SETTLED_RECHECK_SECONDS, ...waits);
}
