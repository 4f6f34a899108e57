/**
 * Decides what becomes of a pool. Pure: the rule itself is shared/domain/node-pool. First row that matches wins.
 *   | pool      | owner           | GKE's own autoscaler | plan                                                        |
 *   | not there | any             | any                  | hold: whoever makes it is waited for                        |
 *   | there     | fixed           | any                  | hold: nothing is touched but our own cordons                |
 *   | there     | gke             | bounds as wanted     | hold                                                        |
 *   | there     | gke             | other bounds, or off | set the bounds                                              |
 *   | there     | inference-fleet | on                   | hold: two would decide one size                             |
 *   | there     | inference-fleet | off                  | resize up; cordon, drain, delete down; uncordon what returns |
 * Whoever else owns a size gets the nodes back that we have cordoned.
 */
import type { Subject } from '#shared/automation.ts';
import { toPlainJson } from '#shared/domain/json.ts';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import type { PoolDecision, PoolInput, RefusedSize } from '#shared/domain/node-pool/types.ts';
import type { Plan, PlannedStep } from '#shared/domain/step.ts';
import {
  askingFor,
  type Carry,
  countRepetitions,
  parseCarry,
  type Refused,
  refusedSize,
  withUpdates,
} from './carry.ts';
import { leaveAlone, withOwnCordons } from './cordons.ts';
import { freeByRefusal } from './gke-pool.ts';
import { boundsPlan, conflictPlan, fixedPlan, LOOK_SECONDS, QUIET_LOOK_SECONDS } from './other-owners.ts';
import { removalOf } from './removal.ts';
import { removalSteps } from './removal-steps.ts';
import { report } from './report.ts';
import { resizeSteps } from './resize-step.ts';
import { summarise } from './summary.ts';
import { BOUNDS, deleteStepId, type Observed, type ObservedPool, type PoolStep, RESIZE } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

export function plan(subject: Subject, observed: Observed): Plan<PoolStep> {
  if (observed.kind === 'absent') return absentPlan(subject, observed);
  const { wanted, pool } = observed;
  const carry = parseCarry(subject.carry);
  const updates = withUpdates(carry, subject.memory, subject.nowMs);
  if (wanted.size.owner === 'fixed') return fixedPlan(subject, observed, { ...carry, updates });
  if (wanted.size.owner === 'gke') return boundsPlan(subject, observed, { ...carry, updates });
  if (pool.autoscaling !== undefined) return conflictPlan(subject, observed, { ...carry, updates });
  return sizePlan(subject, observed, { ...carry, updates });
}

function absentPlan({ carry }: Subject, { phase, reason }: Extract<Observed, { kind: 'absent' }>): Plan<PoolStep> {
  const next = 'a look every minute; the size is looked after as soon as the pool stands';
  return { kind: 'hold', phase, reason, next, steps: [], recheckAfterSeconds: QUIET_LOOK_SECONDS, carry: { ...carry } };
}

function sizePlan(subject: Subject, observed: ObservedPool, remembered: Carry): Plan<PoolStep> {
  const { refused: _older, ...own } = withOwnCordons(subject, observed, remembered);
  const refused = refusedSize(remembered, subject.memory[RESIZE]);
  const carry: Carry = { ...own, ...(refused !== undefined && { refused }) };
  const decision = decidePool(toInput(subject, observed, carry));
  const asking = askingFor(decision.nodesPerZone);
  const steps = [
    ...resizeSteps({ subject, observed, decision, updates: countRepetitions(carry, asking) }),
    ...removalSteps({ subject, observed, decision, before: carry.memory.chosen }),
  ];
  const isMoving = steps.some(({ status }) => status.state === 'ready' || status.state === 'running');
  return {
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    ...summarise(steps, observed, decision),
    steps,
    recheckAfterSeconds: isMoving || isRemoving(steps) ? LOOK_SECONDS : QUIET_LOOK_SECONDS,
    carry: toPlainJson({
      ...carry,
      memory: decision.memory,
      ...(decision.nodesPerZone !== undefined && { asked: asking }),
    }),
    decision: toRecord(decision),
    report: report(observed, decision),
  };
}

/** Also while it waits, e.g. for a disruption budget; a pod that does not end is nothing to wait for. */
function isRemoving(steps: readonly PlannedStep<PoolStep>[]): boolean {
  return steps.some(
    ({ step, status }) => step.kind === 'drain' && status.state !== 'done' && status.state !== 'failed',
  );
}

function toInput(subject: Subject, observed: ObservedPool, carry: Carry): PoolInput {
  const { memory, refused } = carry;
  const { wanted, pool, groups, podsElsewhere, pendingPods } = observed;
  const { demands, demandsElsewhere, unreadableDemands } = observed;
  const removals = memory.chosen.map(({ name }) => {
    const id = deleteStepId(name);
    return { name, removal: removalOf(subject.memory[id], observed.readings.get(id)) };
  });
  const blocking = observed.operations.find((one) => one.subject !== 'cluster' && !isOurs(one.name, subject));
  return {
    nowMs: subject.nowMs,
    size: wanted.size,
    zones: groups.map(({ group, targetSize }) => ({ zone: group.zone, targetSize })),
    isAutoRepaired: pool.isAutoRepaired,
    gpusPerNode: pool.gpusPerNode ?? mostGpus(observed),
    nodes: leaveAlone(observed.nodes, carry),
    podsElsewhere,
    pendingPods,
    demands,
    demandsElsewhere,
    unreadableDemands,
    leaving: new Set(removals.filter(({ removal }) => removal !== 'none').map(({ name }) => name)),
    unconfirmed: removals.filter(({ removal }) => removal === 'unconfirmed').length,
    ...(refused !== undefined && { refused: toRefusedSize(refused, subject) }),
    ...(blocking !== undefined && { blockedBy: `${blocking.type} (${blocking.name}) runs on the pool` }),
    memory,
  };
}

function toRefusedSize({ nodesPerZone }: Refused, { memory }: Subject): RefusedSize {
  const freePerZone = freeByRefusal(memory[RESIZE]?.reason ?? '');
  return { nodesPerZone, ...(freePerZone !== undefined && { freePerZone }) };
}

function isOurs(operation: string, { memory }: Subject): boolean {
  return memory[RESIZE]?.operation === operation || memory[BOUNDS]?.operation === operation;
}

/** Where the pool does not say so, its nodes do; a node that offers fewer is not whole. */
function mostGpus({ nodes }: ObservedPool): number | undefined {
  const most = Math.max(0, ...nodes.map(({ gpus }) => gpus));
  return most > 0 ? most : undefined;
}

/** What `inferctl explain` prints: every term. Looks that decide the same are one record (see `Plan.decision`). */
function toRecord({ action, presentNodes, wantedNodes, limitedBy, why, terms, chosen }: PoolDecision) {
  const nodes = chosen.filter(({ isReturning }) => !isReturning).map(({ name }) => name);
  const outcome = [action, presentNodes, wantedNodes, limitedBy ?? '', ...nodes].join(' ').trim();
  const summary =
    presentNodes === wantedNodes
      ? `${counted(presentNodes, 'node')}: ${why}`
      : `${presentNodes} → ${counted(wantedNodes, 'node')}: ${why}`;
  const record = { action, fromNodes: presentNodes, toNodes: wantedNodes, limitedBy, why, terms };
  return { outcome, summary, ...toPlainJson(record) };
}
