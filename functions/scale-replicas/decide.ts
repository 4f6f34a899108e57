/** The sizes that follow from what was seen. Pure: asked for by the plan, and by the look for whether it has to look further. */
import type { Subject } from '#shared/automation.ts';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { RoleDecision, ScalingDecision } from '#shared/domain/scaling/types.ts';
import { parseCarry } from './carry.ts';
import { toScalingInput } from './input.ts';
import type { Observed, RoleObserved } from './steps.ts';
import type { WorkloadFacts } from './workload.ts';

export type WithWorkload = RoleObserved & { readonly workload: WorkloadFacts };

export function hasWorkload(role: RoleObserved): role is WithWorkload {
  return role.workload !== undefined;
}

/** `roles`: all of the service's. */
export function decide(subject: Subject, observed: Observed, roles: readonly WithWorkload[]): ScalingDecision {
  return decideSizes(
    toScalingInput(observed, roles, {
      nowMs: subject.nowMs,
      overrides: subject.controls.overrides,
      memory: parseCarry(subject.carry)?.scaling,
    }),
  );
}

export function decisionOf(decision: ScalingDecision, role: string): RoleDecision {
  const found = decision.roles.find((one) => one.role === role);
  if (found === undefined) throw new Error(`planning the sizes of ${role}: the rule decided nothing about it`);
  return found;
}

/**
 * Whether it can be said which of its pods go, once its size is this one. Of the other kinds the highest index goes, and during a
 * rollout each revision has a set of its own.
 */
export function isChosenFrom({ role, workload }: WithWorkload, toReplicas: number): boolean {
  return role.workload.kind === 'Deployment' && workload.inMotion === undefined && toReplicas < workload.replicas;
}

/** Whether some role gives pods back that may be chosen. */
export function givesBack(subject: Subject, observed: Observed): boolean {
  const roles = observed.roles.filter(hasWorkload);
  if (roles.length < observed.roles.length) return false;
  const decision = decide(subject, observed, roles);
  return roles.some((role) => isChosenFrom(role, decisionOf(decision, role.role.role).desiredReplicas));
}
