/** Pools whose size is not ours to decide. Pure. */
import type { Subject } from '#shared/automation.ts';
import { pausedStatus } from '#shared/domain/retry-pause.ts';
import type { Plan, StepStatus } from '#shared/domain/step.ts';
import { type Carry, countRepetitions } from './carry.ts';
import { handBack } from './cordons.ts';
import { placeOf } from './place.ts';
import { sizesOf } from './report.ts';
import { othersStatus } from './resize-step.ts';
import { BOUNDS, type ObservedPool, type PoolStep } from './steps.ts';

/** How often a pool is looked at while something moves, seconds: as often as the sizes that its demands follow. */
export const LOOK_SECONDS = 15;
/** ... and while nothing does: a demand that changes wakes us at once. */
export const QUIET_LOOK_SECONDS = 60;

function holdPlan(
  observed: ObservedPool,
  { steps, carry }: ReturnType<typeof handBack>,
  said: Pick<Plan<PoolStep>, 'phase' | 'reason' | 'next'>,
): Plan<PoolStep> {
  return {
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    ...said,
    steps,
    recheckAfterSeconds: steps.length > 0 ? LOOK_SECONDS : QUIET_LOOK_SECONDS,
    carry: { ...carry },
    report: sizesOf(observed),
    decision: { outcome: said.reason, summary: said.reason, action: 'hold' },
  };
}

export function fixedPlan(subject: Subject, observed: ObservedPool, carry: Carry): Plan<PoolStep> {
  const reason = `its size is fixed (${observed.wanted.declaredBy}): nothing is changed`;
  return holdPlan(observed, handBack(subject, observed, carry), {
    phase: 'ready',
    reason,
    next: 'a look every minute',
  });
}

/** Two owners of one size undo each other's work (GoogleCloudPlatform/k8s-config-connector #163). */
export function conflictPlan(subject: Subject, observed: ObservedPool, carry: Carry): Plan<PoolStep> {
  const { cluster, pool, location, project, declaredBy } = observed.wanted;
  const disable =
    `gcloud container node-pools update ${pool} --cluster=${cluster} --location=${location} --project=${project} ` +
    '--no-enable-autoscaling';
  return holdPlan(observed, handBack(subject, observed, carry), {
    phase: 'holding',
    reason: `GKE's autoscaler and inference-fleet (${declaredBy}) would both decide its size, so nothing is changed`,
    next: `a person turns one of them off: ${disable}; or size.owner: gke in ${declaredBy}`,
  });
}

/** GKE owns the size; the document says within which bounds. */
export function boundsPlan(subject: Subject, observed: ObservedPool, carry: Carry): Plan<PoolStep> {
  const { wanted, pool } = observed;
  const { min, max } = wanted.size;
  const present = pool.autoscaling;
  const isWanted = present?.min === min && present.max === max;
  const was = present === undefined ? 'off' : `${present.min}..${present.max}`;
  const id = BOUNDS;
  const asking = `bounds ${min}..${max}`;
  const title = `bounds of GKE's autoscaler ${min}..${max}`;
  const ref = { place: placeOf(wanted), cluster: wanted.cluster, pool: wanted.pool };
  const bounds = { min, max, ...(pool.locationPolicy !== undefined && { locationPolicy: pool.locationPolicy }) };
  const step: PoolStep = { kind: 'bounds', id, title, dependsOn: [], ref, bounds };
  const status: StepStatus = isWanted
    ? { state: 'done' }
    : boundsStatus(subject, observed, countRepetitions(carry, asking));
  const back = handBack(subject, observed, carry);
  const steps = [{ step, status }, ...back.steps];
  const isMoving = steps.some((one) => one.status.state === 'ready' || one.status.state === 'running');
  return {
    kind: steps.some((one) => one.status.state === 'ready') ? 'act' : 'hold',
    ...boundsSummary(status, `${min}..${max}`, was),
    next: 'a look every minute',
    steps,
    recheckAfterSeconds: isMoving ? LOOK_SECONDS : QUIET_LOOK_SECONDS,
    carry: { ...back.carry, ...(!isWanted && { asked: asking }) },
    report: sizesOf(observed),
    decision: { outcome: `bounds ${min} ${max} ${was}`, summary: title, action: isWanted ? 'keep' : 'bounds' },
  };
}

function boundsSummary(status: StepStatus, bounds: string, was: string): Pick<Plan<PoolStep>, 'phase' | 'reason'> {
  if (status.state === 'done') return { phase: 'ready', reason: `GKE's autoscaler keeps it within ${bounds} nodes` };
  const reason = `GKE's autoscaler is to keep it within ${bounds} nodes (now ${was})`;
  if (status.state !== 'failed') return { phase: 'updating', reason };
  return { phase: 'degraded', reason: `${reason}: ${status.failure.message}` };
}

function boundsStatus(subject: Subject, observed: ObservedPool, updates: number): StepStatus {
  const memory = subject.memory[BOUNDS];
  const reading = observed.readings.get(BOUNDS);
  if (reading?.state === 'running' && memory?.operation !== undefined) {
    return { state: 'running', reason: `operation ${memory.operation} runs`, operation: memory.operation };
  }
  if (reading?.state === 'failed') {
    const { kind, message } = reading.error;
    return { state: 'failed', failure: { kind, message }, fresh: true };
  }
  return pausedStatus(memory, subject.nowMs) ?? othersStatus({ observed, updates }) ?? { state: 'ready' };
}
