/** Inputs of one decision with everything fresh and at rest; a test says only what differs. */
import { modelServiceDefaults } from '#shared/domain/model-service-defaults.ts';
import type { Proposal, RuleView } from '#shared/domain/scaling/rule-contract.ts';
import type { PodSignals, Sample, ServiceSignals } from '#shared/domain/scaling/signals.ts';
import { countSupply } from '#shared/domain/scaling/supply.ts';
import type { RoleInput, RoleName, ScalingInput, ServiceSettings } from '#shared/domain/scaling/types.ts';

export const NOW_MS = 10_000_000;

export const fresh = (value: number, ageSeconds = 5): Sample => ({
  kind: 'value',
  value,
  atMs: NOW_MS - ageSeconds * 1000,
  source: 'endpointPicker',
});
export const fromPod = (value: number): Sample => ({
  kind: 'value',
  value,
  atMs: NOW_MS - 5000,
  source: 'modelServer',
});
export const stale = (value: number): Sample => ({
  kind: 'stale',
  value,
  atMs: NOW_MS - 200_000,
  source: 'endpointPicker',
});
export const missing: Sample = { kind: 'missing', reason: 'not scraped' };
export const invalid: Sample = { kind: 'invalid', reason: '-1 requests', source: 'endpointPicker' };

export function makeSettings(over: Partial<ServiceSettings> = {}): ServiceSettings {
  return {
    targets: modelServiceDefaults.targets,
    toleranceRatio: modelServiceDefaults.toleranceRatio,
    up: modelServiceDefaults.up,
    down: modelServiceDefaults.down,
    cooldownAfterUpSeconds: 1200,
    scaleToZeroAfterSeconds: 600,
    hasEndpointPicker: true,
    ...over,
  };
}

interface Gauges {
  readonly queued?: number;
  readonly running?: number;
  readonly kv?: number;
}

export function makePods(role: RoleName, count: number, gauges: Gauges = {}): readonly PodSignals[] {
  return Array.from({ length: count }, (_, at) => makePod(`${role}-${at}`, gauges));
}

export function makePod(pod: string, { queued = 0, running = 4, kv = 0.4 }: Gauges = {}): PodSignals {
  return { pod, queuedRequests: fromPod(queued), runningRequests: fromPod(running), kvCacheUsedRatio: fromPod(kv) };
}

export type RoleOver = Partial<RoleInput> & { readonly gauges?: Gauges; readonly inflightTokens?: Sample };

/** A role of four serving replicas. */
export function makeRole(role: RoleName, { gauges, inflightTokens, ...over }: RoleOver = {}): RoleInput {
  const currentReplicas = over.currentReplicas ?? 4;
  const readyReplicas = over.readyReplicas ?? currentReplicas - (over.pending?.length ?? 0);
  return {
    role,
    owner: 'inference-fleet',
    size: { min: 1, max: 10 },
    gpusPerReplica: 4,
    startupSeconds: 600,
    pending: [],
    terminating: [],
    rolloutInProgress: false,
    signals: { pods: makePods(role, readyReplicas, gauges), inflightTokens: inflightTokens ?? fresh(0) },
    ...over,
    currentReplicas,
    readyReplicas,
  };
}

export function makeSignals(over: Partial<ServiceSignals> = {}): ServiceSignals {
  return {
    flowControl: 'on',
    heldRequests: fresh(0),
    runningRequests: fresh(56),
    saturationRatio: fresh(0.7),
    completedRequestsPerSecond: fresh(3),
    ttftP90Seconds: fresh(0.5),
    tpotP90Seconds: fresh(0.05),
    ...over,
  };
}

export function makeInput(over: Partial<ScalingInput> = {}): ScalingInput {
  return {
    nowMs: NOW_MS,
    settings: makeSettings(),
    roles: [makeRole('aggregated')],
    signals: makeSignals(),
    ...over,
  };
}

/** What the rule sees of the input's role at this place. */
export function makeView(over: Partial<ScalingInput> = {}, place = 0): RuleView {
  const { nowMs, settings, roles, signals } = makeInput(over);
  const role = roles[place]!;
  const other = roles[1 - place];
  const partner = other === undefined ? {} : { partner: { role: other, supply: countSupply(other, nowMs) } };
  return { nowMs, settings, signals, role, supply: countSupply(role, nowMs), ...partner };
}

/** Pods that have been starting for so long. */
export function makePending(role: RoleName, agesSeconds: readonly number[]) {
  return agesSeconds.map((seconds, at) => ({ pod: `${role}-pending-${at}`, sinceMs: NOW_MS - seconds * 1000 }));
}

/** `{queue: 4}` for each proposal; a failed one is null, one that rests on doubt ends in `?`. */
export function asked(proposals: readonly Proposal[]) {
  return Object.fromEntries(
    proposals.map(({ term, result, isProven }) => [
      isProven || result.kind === 'failed' ? term.name : `${term.name}?`,
      result.kind === 'failed' ? null : result.replicas,
    ]),
  );
}
