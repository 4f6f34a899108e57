/** Two sources of one service's signals: what the fresher one does not know, the other one may. Pure. */
import { mapValues } from '../json.ts';
import type { PodSignals, RoleSignals, Sample, ServiceSignals } from '../scaling/signals.ts';
import type { ServingSignals } from './serving-signals.ts';

export type Signals = Pick<ServingSignals, 'roles' | 'service'>;

/**
 * What nobody writes is no gap that another source could fill. Quantiles count where they are asked for (`withQuantiles`): only Cloud
 * Monitoring has them, and no decision depends on them.
 */
export function hasGaps(
  { roles, service }: Signals,
  { withQuantiles, withPicker }: { readonly withQuantiles: boolean; readonly withPicker: boolean },
): boolean {
  const { heldRequests, runningRequests, completedRequestsPerSecond, ttftP90Seconds, tpotP90Seconds } = service;
  const quantiles = withQuantiles ? [ttftP90Seconds, tpotP90Seconds] : [];
  const perPod = Object.values(roles).flatMap(({ pods }) =>
    pods.flatMap(({ pod: _name, ...samples }) => Object.values(samples)),
  );
  const held = withPicker && service.flowControl !== 'off' ? [heldRequests] : [];
  const running = withPicker ? [runningRequests] : [];
  return [...held, ...running, completedRequestsPerSecond, ...quantiles, ...perPod].some(
    ({ kind }) => kind !== 'value',
  );
}

/** The first source's sample where it is a value; else the second's, unless that is missing too: then the first reason stands. */
export function fillFrom(first: Signals, second: Signals): Signals {
  const roles = Object.entries(first.roles).map(([role, signals]): [string, RoleSignals] => [
    role,
    fillRole(signals, second.roles[role]),
  ]);
  return { roles: Object.fromEntries(roles), service: fillService(first.service, second.service) };
}

function fillRole(first: RoleSignals, second: RoleSignals | undefined): RoleSignals {
  if (second === undefined) return first;
  const byName = new Map(second.pods.map((pod) => [pod.pod, pod]));
  return {
    pods: first.pods.map((pod) => fillPod(pod, byName.get(pod.pod))),
    inflightTokens: better(first.inflightTokens, second.inflightTokens),
  };
}

function fillPod(first: PodSignals, second: PodSignals | undefined): PodSignals {
  if (second === undefined) return first;
  return {
    pod: first.pod,
    queuedRequests: better(first.queuedRequests, second.queuedRequests),
    runningRequests: better(first.runningRequests, second.runningRequests),
    kvCacheUsedRatio: better(first.kvCacheUsedRatio, second.kvCacheUsedRatio),
  };
}

function fillService(first: ServiceSignals, second: ServiceSignals): ServiceSignals {
  const flowControl = first.flowControl ?? second.flowControl;
  return {
    ...(flowControl !== undefined && { flowControl }),
    heldRequests: better(first.heldRequests, second.heldRequests),
    runningRequests: better(first.runningRequests, second.runningRequests),
    saturationRatio: better(first.saturationRatio, second.saturationRatio),
    completedRequestsPerSecond: better(first.completedRequestsPerSecond, second.completedRequestsPerSecond),
    ttftP90Seconds: better(first.ttftP90Seconds, second.ttftP90Seconds),
    tpotP90Seconds: better(first.tpotP90Seconds, second.tpotP90Seconds),
  };
}

/** An invalid sample is news of its own: a pod that answers nonsense is not asked elsewhere for something nicer. */
function better(first: Sample, second: Sample): Sample {
  return first.kind === 'missing' && second.kind !== 'missing' ? second : first;
}

/** The same signals with every sample changed, e.g. marked as stale. */
export function mapSamples({ roles, service }: Signals, change: (sample: Sample) => Sample): Signals {
  const role = ({ pods, inflightTokens }: RoleSignals): RoleSignals => ({
    pods: pods.map(({ pod, queuedRequests, runningRequests, kvCacheUsedRatio }) => ({
      pod,
      queuedRequests: change(queuedRequests),
      runningRequests: change(runningRequests),
      kvCacheUsedRatio: change(kvCacheUsedRatio),
    })),
    inflightTokens: change(inflightTokens),
  });
  return {
    roles: mapValues(roles, role),
    service: {
      ...service,
      heldRequests: change(service.heldRequests),
      runningRequests: change(service.runningRequests),
      saturationRatio: change(service.saturationRatio),
      completedRequestsPerSecond: change(service.completedRequestsPerSecond),
      ttftP90Seconds: change(service.ttftP90Seconds),
      tpotP90Seconds: change(service.tpotP90Seconds),
    },
  };
}
