/** What was seen → what the sizes are decided from. Pure. */
import type { ResolvedModelService, RoleName } from '#shared/domain/model-service.ts';
import type { RoleSignals } from '#shared/domain/scaling/signals.ts';
import type { RoleInput, ScalingInput, ScalingMemory, ServiceSettings } from '#shared/domain/scaling/types.ts';
import type { PodFacts } from './pods.ts';
import type { Observed, RoleObserved, RoleOverrides } from './steps.ts';
import type { WorkloadFacts } from './workload.ts';

/** What comes from elsewhere than the world: time, a person's word, and the last look's memory. */
export interface InputFacts {
  readonly nowMs: number;
  readonly overrides: RoleOverrides;
  readonly memory: ScalingMemory | undefined;
}

/** Every role must have its workload: see `plan`. */
export function toScalingInput(
  { service, signals }: Observed,
  roles: readonly (RoleObserved & { readonly workload: WorkloadFacts })[],
  { nowMs, overrides, memory }: InputFacts,
): ScalingInput {
  return {
    nowMs,
    settings: settingsOf(service),
    roles: roles.map((role) => {
      const override = overrides[role.role.role];
      return {
        ...toRoleInput(role, signals.roles[role.role.role], nowMs),
        ...(override !== undefined && override.untilMs > nowMs && { override }),
      };
    }),
    signals: signals.service,
    ...(memory !== undefined && { memory }),
  };
}

function settingsOf({ scaling, endpointPicker, spendCapUsdPerHour }: ResolvedModelService): ServiceSettings {
  return {
    ...scaling,
    hasEndpointPicker: endpointPicker !== undefined,
    ...(spendCapUsdPerHour !== undefined && { spendCapUsdPerHour }),
  };
}

function toRoleInput(
  { role, workload, pods, foreignScaler, usdPerGpuHour }: RoleObserved & { readonly workload: WorkloadFacts },
  signals: RoleSignals | undefined,
  nowMs: number,
): RoleInput {
  const { role: name, size, gpusPerReplica, startupSeconds, peakPrefillTokensPerSecond } = role;
  return {
    role: name,
    owner: size.owner,
    size,
    gpusPerReplica,
    startupSeconds,
    currentReplicas: workload.replicas,
    readyReplicas: countReady(workload, pods),
    pending: pods
      .filter(({ state }) => state === 'starting')
      .map((pod) => ({ pod: pod.name, sinceMs: pod.sinceMs ?? nowMs })),
    terminating: pods.filter(({ state }) => state === 'terminating').map((pod) => pod.name),
    rolloutInProgress: workload.inMotion !== undefined,
    signals: signals ?? silent(name),
    ...(peakPrefillTokensPerSecond !== undefined && { peakPrefillTokensPerSecond }),
    ...(usdPerGpuHour !== undefined && { usdPerGpuHour }),
    ...(foreignScaler !== undefined && { foreignScaler }),
  };
}

/**
 * Pods are read later than the workload and say it themselves; of a group, though, only its controller knows whether the workers are
 * ready too. The smaller count is the one that both agree on.
 */
function countReady({ readyReplicas }: WorkloadFacts, pods: readonly PodFacts[]): number {
  const ready = pods.filter(({ state }) => state === 'ready').length;
  return readyReplicas === undefined ? ready : Math.min(ready, readyReplicas);
}

function silent(role: RoleName): RoleSignals {
  return { pods: [], inflightTokens: { kind: 'missing', reason: `nothing was read of role ${role}` } };
}
