/** Decides what becomes of a service's sizes. Pure: the rule itself is shared/domain/scaling, this is what follows from it. */
import type { Subject } from '#shared/automation.ts';
import { toPlainJson } from '#shared/domain/json.ts';
import { type DemandItem, isSameDemand, type PoolDemand } from '#shared/domain/pool-demand.ts';
import { pausedStatus } from '#shared/domain/retry-pause.ts';
import type { ResolvedRole } from '#shared/domain/model-service.ts';
import type { LimitedBy, RoleDecision, ScalingDecision } from '#shared/domain/scaling/types.ts';
import type { Phase, Plan, PlannedStep } from '#shared/domain/step.ts';
import { poolTarget } from '#shared/domain/target.ts';
import { decide, decisionOf, hasWorkload, type WithWorkload } from './decide.ts';
import { demandLabels } from './demand-labels.ts';
import { placeRemovals, type RolePlacement, staleMarks } from './placement.ts';
import { foresee, report } from './report.ts';
import type { Carry, Observed, RoleObserved, ScaleStep } from './steps.ts';
import { refOf } from './workload.ts';
import { counted } from '#shared/domain/counted.ts';

/**
 * How often a service is looked at, seconds: the period of the Horizontal Pod Autoscaler, whose windows the rule uses
 * (kubernetes/kubernetes pkg/controller/podautoscaler/config/v1alpha1/defaults.go).
 */
export const LOOK_SECONDS = 15;

export function plan(subject: Subject, observed: Observed): Plan<ScaleStep> {
  const roles = observed.roles.filter(hasWorkload);
  const [missing] = observed.roles.filter((role) => !hasWorkload(role));
  if (missing !== undefined) return withoutWorkload(subject, observed, missing);
  const decision = decide(subject, observed, roles);
  const placements = placeRemovals(roles, decision, observed);
  const steps = [
    ...roles.flatMap((role) => {
      const { desiredReplicas } = decisionOf(decision, role.role.role);
      const placement = placements.get(role.role.role);
      return roleSteps(role, { desiredReplicas, placement }, { subject, observed });
    }),
    ...demandSteps(
      roles.map(({ role, workload: { podSelector, replicas } }) => {
        const { desiredReplicas } = decisionOf(decision, role.role);
        return { role, podSelector, replicas: isPaused(subject) ? replicas : desiredReplicas };
      }),
      { subject, observed },
    ),
  ];
  return {
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    ...summarise(roles, decision),
    next: `a look every ${LOOK_SECONDS} s`,
    steps,
    recheckAfterSeconds: LOOK_SECONDS,
    carry: toCarry(observed, decision),
    decision: toRecord(decision, roles, placements),
    report: report(observed, roles, decision),
  };
}

/**
 * No size is touched: with one role unknown, the other one's cannot be right. What a workload that was deleted had asked of a pool is
 * taken back, though, or its nodes would stay for ever; of a pool that was asked for nothing yet there is nothing to take back.
 */
function withoutWorkload(subject: Subject, observed: Observed, { role }: RoleObserved): Plan<ScaleStep> {
  const { kind, name } = role.workload;
  const sizes = observed.roles.map((one) => {
    return { role: one.role, replicas: one.workload?.replicas ?? 0, podSelector: one.workload?.podSelector };
  });
  const steps = demandSteps(sizes, { subject, observed }).filter(({ step }) => isTakenBack(step, observed));
  return {
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    phase: 'holding',
    reason: `${role.role}: ${kind} ${observed.service.namespace}/${name} does not exist`,
    next: 'a person makes it, or names another one in the document; then the sizes are looked after by themselves',
    steps,
    recheckAfterSeconds: LOOK_SECONDS,
    // The address has been asked for anew, perhaps.
    carry: { ...subject.carry, ...(subject.carry !== undefined && toPlainJson({ connection: observed.connection })) },
    foreseen: foresee(observed),
  };
}

/** Nothing that was decided will be done: what the workloads are to have is what a person has set, and their pods need nodes all the same. */
function isPaused({ controls }: Subject): boolean {
  return controls.pause !== undefined;
}

function isTakenBack(step: ScaleStep, { demands }: Observed): boolean {
  return step.kind === 'demand' && demands.has(step.demand.pool);
}

interface Context {
  readonly subject: Subject;
  readonly observed: Observed;
}

/** What becomes of one role; `placement` is absent where which of its pods go is not ours to say. */
interface RolePlan {
  readonly desiredReplicas: number;
  readonly placement: RolePlacement | undefined;
}

/** No step while the size is as decided, and no mark is left over: a service that stands has nothing to do. */
function roleSteps(
  observedRole: WithWorkload,
  { desiredReplicas: to, placement }: RolePlan,
  { subject, observed }: Context,
): readonly PlannedStep<ScaleStep>[] {
  const { role, workload } = observedRole;
  const { namespace } = observed.service;
  const { connection } = observed.connection;
  const ready = (step: ScaleStep): PlannedStep<ScaleStep> => {
    return { step, status: pausedStatus(subject.memory[step.id], subject.nowMs) ?? { state: 'ready' } };
  };
  const from = workload.replicas;
  if (from === to) {
    const marks = staleMarks(observedRole);
    if (marks.length === 0) return [];
    const title = `${role.role}: no pod is to go`;
    return [ready({ kind: 'unmark', id: `marks/${role.role}`, title, dependsOn: [], connection, namespace, marks })];
  }
  return [
    ready({
      kind: 'scale',
      id: `scale/${role.role}`,
      title: `${role.role}: ${from} → ${counted(to, 'replica')}`,
      dependsOn: [],
      connection,
      workload: refOf(role.workload, namespace),
      replicas: to,
      resourceVersion: workload.resourceVersion,
      ...(placement !== undefined && placement.marks.length > 0 && { marks: placement.marks }),
    }),
  ];
}

/** One role's size in pods, as its pool has to know it. */
interface RoleSize {
  readonly role: ResolvedRole;
  readonly replicas: number;
  readonly podSelector: string | undefined;
}

/**
 * One per pool: what all roles on it will have after this decision, so that nodes are on their way before the pods wait for them. Of a
 * pool that no role is on any more nothing is wanted, and only we can say so: its nodes would stay for ever. While changes are paused it
 * is a report of what there is.
 */
function demandSteps(sizes: readonly RoleSize[], { subject, observed }: Context): readonly PlannedStep<ScaleStep>[] {
  const { service, demands } = observed;
  const poolOf = ({ role }: RoleSize) => poolTarget(service.cluster.name, role.nodePool);
  const left = [...demands.values()].filter(({ items }) => items.length > 0).map(({ pool }) => pool);
  return [...new Set([...sizes.map(poolOf), ...left])].flatMap((pool): PlannedStep<ScaleStep>[] => {
    const name = pool.split('/').at(-1) ?? pool;
    const demand: PoolDemand = {
      pool,
      from: service.target,
      items: sizes.filter((size) => poolOf(size) === pool).map(toDemandItem),
      decidedAtMs: subject.nowMs,
    };
    if (isSameDemand(demands.get(demand.pool), demand)) return [];
    const id = `demand/${name}`;
    const title = `demand on pool ${name}`;
    const isReport = isPaused(subject) && ({ isReport: true } as const);
    const step: ScaleStep = { kind: 'demand', id, title, dependsOn: [], demand, ...isReport };
    return [{ step, status: pausedStatus(subject.memory[id], subject.nowMs) ?? { state: 'ready' } }];
  });
}

function toDemandItem({ role, replicas, podSelector }: RoleSize): DemandItem {
  const labels = demandLabels(podSelector);
  return {
    what: role.role,
    pods: replicas * role.podsPerReplica,
    gpusPerPod: role.gpusPerReplica / role.podsPerReplica,
    ...(labels !== undefined && { labels }),
  };
}

/** Limits that a person may want to do something about; a window or a rate passes by itself. */
const worrying: readonly LimitedBy[] = ['foreignScaler', 'noSignal', 'unprovenSignal', 'spendCap', 'priceUnknown'];

function isWorrying({ limitedBy }: RoleDecision): boolean {
  return limitedBy !== undefined && worrying.includes(limitedBy);
}

/**
 * First row that matches wins.
 *   | roles                                   | phase    |
 *   | some wanted, none ready                 | degraded |
 *   | some size changes, or is not yet there  | updating |
 *   | a limit that a person has to know of    | holding  |
 *   | anything else                           | ready    |
 */
function summarise(roles: readonly WithWorkload[], decision: ScalingDecision): { phase: Phase; reason: string } {
  const reason = decision.summary;
  const ready = ({ pods }: WithWorkload) => pods.filter(({ state }) => state === 'ready').length;
  if (roles.some((role) => role.workload.replicas > 0 && ready(role) === 0)) return { phase: 'degraded', reason };
  const moves = decision.roles.some(({ action }) => action === 'up' || action === 'down');
  if (moves || roles.some((role) => ready(role) !== role.workload.replicas)) return { phase: 'updating', reason };
  return { phase: decision.roles.some(isWorrying) ? 'holding' : 'ready', reason };
}

function toCarry({ connection, counters, quantiles, silent, prices }: Observed, { memory }: ScalingDecision) {
  const carry: Carry = {
    version: 1,
    connection,
    counters,
    ...(quantiles !== undefined && { quantiles }),
    ...(silent.length > 0 && { silent }),
    prices,
    scaling: memory,
  };
  return toPlainJson(carry);
}

/** What `inferctl explain` prints: every term. Two looks that decide the same are one record (see `Plan.decision`). */
function toRecord(
  decision: ScalingDecision,
  roles: readonly WithWorkload[],
  placements: ReadonlyMap<string, RolePlacement>,
) {
  const rows = roles.map(({ role, workload }) => {
    const decided = decisionOf(decision, role.role);
    const placed = placements.get(role.role);
    const terms = placed === undefined ? decided.terms : [...decided.terms, placed.term];
    return { ...decided, terms, fromReplicas: workload.replicas };
  });
  const outcome = rows.map((row) => {
    const size = `${row.role} ${row.fromReplicas} ${row.desiredReplicas}`;
    return isWorrying(row) ? `${size} ${row.limitedBy}` : size;
  });
  return { outcome: outcome.join('; '), summary: decision.summary, roles: rows.map(toPlainJson) };
}
