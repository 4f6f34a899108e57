/** Where the growth of a pool is: what GKE was told, and what has come of it. Pure. */
import type { Subject } from '#shared/automation.ts';
import type { PoolCounts, PoolDecision } from '#shared/domain/node-pool/types.ts';
import { pausedStatus } from '#shared/domain/retry-pause.ts';
import type { PlannedStep, StepMemory, StepStatus } from '#shared/domain/step.ts';
import { placeOf } from './place.ts';
import { type ObservedPool, type PoolStep, RESIZE } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

/**
 * Times that GKE accepts the same size within an hour. Each takes minutes, so more of them mean that somebody undoes what we do
 * (crossplane-contrib/provider-upjet-gcp, crossplane/provider-gcp #435: thousands of calls a day for a difference that never ends).
 */
const MOST_UPDATES_PER_HOUR = 12;

export interface GrowthFacts {
  readonly subject: Subject;
  readonly observed: ObservedPool;
  readonly decision: PoolDecision;
  /** How often GKE has accepted the same size within the last hour. */
  readonly updates: number;
}

/**
 * First row that matches wins.
 *   | more wanted | machines  | our operation | GKE            | status                                             |
 *   | no          | all there | any           | any            | done; no step once that is recorded                |
 *   | any         | any       | runs          | any            | running                                            |
 *   | any         | missing   | failed        | any            | failed, fresh                                      |
 *   | no          | missing   | over          | complains      | failed, with its words: GKE goes on trying by itself |
 *   | no          | missing   | over          | complains not  | running: nodes boot, drivers are installed         |
 *   | yes         | any       | over          | within a pause | waiting or failed, as it was left                  |
 *   | yes         | any       | over          | too many changes, or busy | waiting for whom                        |
 *   | yes         | any       | over          | free           | ready                                              |
 */
export function resizeSteps(facts: GrowthFacts): readonly PlannedStep<PoolStep>[] {
  const { subject, observed, decision } = facts;
  const { presentNodes, wantedNodes, nodesPerZone, counts } = decision;
  const memory = subject.memory[RESIZE];
  const isGrowing = nodesPerZone !== undefined;
  const isDone = !isGrowing && counts.coming === 0;
  if (isDone && (memory === undefined || memory.state === 'done')) return [];
  const { wanted, groups } = observed;
  const step: PoolStep = {
    kind: 'resize',
    id: RESIZE,
    title: isGrowing ? `${presentNodes} → ${counted(wantedNodes, 'node')}` : counted(presentNodes, 'node'),
    dependsOn: [],
    ref: { place: placeOf(wanted), cluster: wanted.cluster, pool: wanted.pool },
    nodesPerZone: nodesPerZone ?? Math.max(0, ...groups.map(({ targetSize }) => targetSize)),
    groups: groups.map(({ group }) => group),
  };
  return [{ step, status: isDone ? { state: 'done' } : statusOf(facts, isGrowing) }];
}

function statusOf(facts: GrowthFacts, isGrowing: boolean): StepStatus {
  const { subject, observed, decision } = facts;
  const memory = subject.memory[RESIZE];
  const reading = observed.readings.get(RESIZE);
  const progress = progressText(decision.counts);
  if (reading?.state === 'running' && memory?.operation !== undefined) {
    const reason = reading.progress === undefined ? progress : `${progress} (${reading.progress})`;
    return { state: 'running', reason, operation: memory.operation };
  }
  if (reading?.state === 'failed') return failure(reading.error, observed, true);
  if (!isGrowing) {
    const { complaint } = observed.pool;
    return complaint === undefined ? { state: 'running', reason: progress } : failure(complaint, observed, false);
  }
  return refusal(memory, facts) ?? othersStatus(facts) ?? { state: 'ready' };
}

function progressText({ ready, coming }: PoolCounts): string {
  const there = ready === 1 ? '1 node offers its' : `${ready} nodes offer their`;
  const onTheWay = coming === 1 ? '1 is on its' : `${coming} are on their`;
  return `${there} GPUs, ${onTheWay} way`;
}

/** Until when a refused call is not repeated. Want of machines is shown as what it is: the demand is not met. */
function refusal(memory: StepMemory | undefined, { subject, observed }: GrowthFacts): StepStatus | undefined {
  const paused = pausedStatus(memory, subject.nowMs);
  const kind = memory?.failureKind;
  if (paused === undefined || (kind !== 'capacity' && kind !== 'quota')) return paused;
  return failure({ kind, message: memory?.reason ?? 'it was refused' }, observed, false);
}

/** The reason with what was asked for: a stockout is often a reservation that is spelt wrong, or used up. */
function failure(
  { kind, message }: { readonly kind: Failure['kind']; readonly message: string },
  { pool }: ObservedPool,
  fresh: boolean,
): StepStatus {
  // What is remembered of a failure is this very text.
  const asked = ` (asked for: ${pool.consumption})`;
  return { state: 'failed', failure: { kind, message: message.endsWith(asked) ? message : message + asked }, fresh };
}

type Failure = Extract<StepStatus, { state: 'failed' }>['failure'];

/** GKE runs one operation on the cluster, or one on the pool, at a time; others are waited for quietly. */
export function othersStatus({ observed, updates }: Pick<GrowthFacts, 'observed' | 'updates'>): StepStatus | undefined {
  const [blocking] = observed.operations;
  if (blocking !== undefined) {
    const on = blocking.subject === 'cluster' ? 'the cluster' : blocking.subject;
    return { state: 'waiting', cause: 'others', reason: `busy: ${blocking.type} (${blocking.name}) runs on ${on}` };
  }
  if (updates < MOST_UPDATES_PER_HOUR) return undefined;
  const reason = `${updates} changes to the same size within an hour are too many: somebody undoes them; look at who else changes the pool`;
  return { state: 'waiting', cause: 'others', reason };
}
