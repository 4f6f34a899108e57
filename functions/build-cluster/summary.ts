/** A whole plan in three answers: the phase, why, and what comes next. Pure. */
import type { Subject } from '#shared/automation.ts';
import type { Phase, Plan, PlannedStep, StepStatus } from '#shared/domain/step.ts';
import type { FailureKind } from '#shared/errors.ts';
import { counted } from '#shared/domain/counted.ts';
import { nodesOf } from './readiness.ts';
import type { BuildStep, Observed } from './steps.ts';

/** A build that stands is looked at again this often, seconds; the sweeper is punctual enough for it. */
export const SETTLED_RECHECK_SECONDS = 600;

/** While something has failed that may heal without us, seconds: pools do, within minutes (NVIDIA/aicr #2065). */
export const HEALING_RECHECK_SECONDS = 60;

/** Kinds of failure that end only when a person changes something; a look every minute would find nothing new. */
const needsPerson: readonly FailureKind[] = ['permanent', 'quota'];

/** Whether a failed state may end without a call of ours: a pool in ERROR that gets its machines, a permission that is granted. */
export function mayHeal(status: StepStatus): boolean {
  return status.state === 'failed' && !needsPerson.includes(status.failure.kind);
}

type Steps = readonly PlannedStep<BuildStep>[];
type Summary = Pick<Plan<BuildStep>, 'phase' | 'reason' | 'next'>;

/**
 * First row that matches wins.
 *   | steps                                   | has been ready | phase                                     |
 *   | all done                                | any            | ready                                     |
 *   | some failed, none running or ready      | any            | holding, if only money speaks against it  |
 *   | some failed, none running or ready      | yes            | degraded                                  |
 *   | some failed, none running or ready      | no             | failed                                    |
 *   | anything else                           | yes            | degraded                                  |
 *   | anything else                           | no             | building                                  |
 */
export function summarise(steps: Steps, subject: Subject, observed: Observed): Summary {
  const wasReady = subject.memory['readiness']?.endedAtMs !== undefined;
  if (inState(steps, 'done').length === steps.length) {
    return {
      phase: 'ready',
      reason: ['every node, GPU and RDMA network asked for is there', ...resizedPools(observed)].join('; '),
      next: `a look every ${SETTLED_RECHECK_SECONDS / 60} minutes`,
    };
  }
  const isStuck = inState(steps, 'running').length + inState(steps, 'ready').length === 0;
  const failure = isStuck ? describeFailure(steps) : undefined;
  if (failure !== undefined) {
    return {
      phase: observed.preflight?.holds === true ? 'holding' : wasReady ? 'degraded' : 'failed',
      reason: failure,
      next: steps.some(({ status }) => mayHeal(status)) ? healingNext : personNext,
    };
  }
  const phase: Phase = wasReady ? 'degraded' : 'building';
  return { phase, reason: describeWork(steps), next: nextTitles(steps) };
}

/** The owner of a size changes it after the build (D13); without a word about it, what was built would be taken for what is there. */
function resizedPools({ steps, nodes }: Observed): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'pool') return [];
    const built = Number(step.body['initialNodeCount'] ?? 0);
    const present = nodesOf(step.name, nodes).length;
    return present === built ? [] : [`pool ${step.name} has ${counted(present, 'node')} now, ${built} as built`];
  });
}

const personNext = 'a person changes the document or the world; then the build goes on by itself';
const healingNext = 'a look every minute: it may heal by itself, or a person changes the document or the world';

function inState(steps: Steps, state: StepStatus['state']): Steps {
  return steps.filter(({ status }) => status.state === state);
}

/** The first failure in full, and how many there are besides; undefined: none. */
function describeFailure(steps: Steps): string | undefined {
  const failures = steps.flatMap(({ step, status }) =>
    status.state === 'failed' ? [`${step.title}: ${status.failure.message}`] : [],
  );
  const [first, ...others] = failures;
  return others.length > 0 ? `${first} (and ${others.length} more)` : first;
}

/** What is being started, or waited for; for a single thing with its own reason. */
function describeWork(steps: Steps): string {
  const ready = inState(steps, 'ready');
  if (ready.length > 0) return `starting ${joinTitles(ready)}`;
  const running = inState(steps, 'running');
  const [first, ...others] = running;
  if (first?.status.state === 'running' && others.length === 0) {
    return `waiting for ${first.step.title}: ${first.status.reason}`;
  }
  if (first !== undefined) return `waiting for ${joinTitles(running)}`;
  const waits = steps.flatMap(({ step, status }) =>
    status.state === 'waiting' && status.cause !== 'prerequisites' ? [`${step.title}: ${status.reason}`] : [],
  );
  return waits[0] ?? 'waiting';
}

function joinTitles(steps: Steps): string {
  const shown = steps
    .slice(0, 3)
    .map(({ step }) => step.title)
    .join(', ');
  return steps.length > 3 ? `${shown} and ${steps.length - 3} more` : shown;
}

/** What starts when the present work is done: the first steps that wait only for it. */
function nextTitles(steps: Steps): string {
  const settled = new Set(steps.filter(({ status }) => status.state !== 'waiting').map(({ step }) => step.id));
  const following = inState(steps, 'waiting').filter(({ step }) => step.dependsOn.every((id) => settled.has(id)));
  return following.length > 0 ? joinTitles(following) : 'the build stands';
}
