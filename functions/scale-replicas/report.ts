/** What a person wants to read of a service at a glance. Pure. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { Foreseen } from '#shared/domain/step.ts';
import type { Sample } from '#shared/domain/scaling/signals.ts';
import type { ScalingDecision } from '#shared/domain/scaling/types.ts';
import { decisionOf, type WithWorkload } from './decide.ts';
import type { Observed } from './steps.ts';

/** Sizes by role, and the signals of the whole service; `status` and the gauges of `tick` read it. */
export function report(
  { service, signals }: Observed,
  roles: readonly WithWorkload[],
  decision: ScalingDecision,
): JsonObject {
  const sizes = roles.map(({ role, workload, pods, foreignScaler }) => {
    const { desiredReplicas, limitedBy } = decisionOf(decision, role.role);
    return {
      role: role.role,
      owner: role.size.owner,
      ...(foreignScaler !== undefined && { foreignScaler }),
      replicas: workload.replicas,
      desiredReplicas,
      readyReplicas: pods.filter(({ state }) => state === 'ready').length,
      startingReplicas: pods.filter(({ state }) => state === 'starting').length,
      ...(limitedBy !== undefined && { limitedBy }),
      gpus: workload.replicas * role.gpusPerReplica,
    };
  });
  const { heldRequests, runningRequests, ttftP90Seconds, tpotP90Seconds } = signals.service;
  return {
    sizes,
    signals: {
      heldRequests: toText(heldRequests),
      runningRequests: toText(runningRequests),
      ttftP90Seconds: toText(ttftP90Seconds),
      tpotP90Seconds: toText(tpotP90Seconds),
    },
    slo: { ...service.slo },
  };
}

/** Of a service that is not whole: every workload that is missing, and the sizes of those that are there. */
export function foresee({ service, roles }: Pick<Observed, 'service' | 'roles'>): Foreseen {
  const problems = roles.flatMap(({ role, workload }, index) => {
    if (workload !== undefined) return [];
    const { kind, name } = role.workload;
    const rule = `must be a ${kind} in namespace ${service.namespace} of cluster ${service.cluster.name}`;
    return [
      { field: `spec.roles[${index}].workload.name`, value: name, rule, fix: 'make it, or name one that is there' },
    ];
  });
  const sizes = roles.flatMap(({ role, workload }) =>
    workload === undefined ? [] : [{ role: role.role, replicas: workload.replicas }],
  );
  return { problems, report: { sizes } };
}

/** A value, or why there is none: never a zero that nobody measured. */
function toText(sample: Sample): string | number {
  if (sample.kind === 'value') return sample.value;
  return sample.kind === 'stale' ? `stale (${sample.value})` : `${sample.kind}: ${sample.reason}`;
}
