/** The pods of a StatefulSet: names, ordinals, and which of them are to be made or removed next. */
import { isTerminating, type KubernetesObject, mapAt, nameOf, numberAt, textAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { isFinished, isRunningAndReady, ownedBy } from './pods.ts';
import { labelOf } from './revisions.ts';
import { podFrom } from './templates.ts';

export const statefulSetKind = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
/** Also the StatefulSet's own: the name of the ControllerRevision that a pod was made from. */
export const podRevisionLabel = 'controller-revision-hash';

export const ordinalOf = (pod: KubernetesObject): number => Number(/-(\d+)$/.exec(nameOf(pod))?.[1] ?? -1);

/** One pod from a template. */
export function statefulPod(
  set: KubernetesObject,
  { ordinal, template, revision }: { readonly ordinal: number; readonly template: JsonMap; readonly revision: string },
): KubernetesObject {
  const name = `${nameOf(set)}-${ordinal}`;
  return podFrom(template, set, {
    metadata: { name, ownerReferences: [ownedBy(statefulSetKind, set)] },
    labels: {
      [podRevisionLabel]: revision,
      'apps.kubernetes.io/pod-index': String(ordinal),
      'statefulset.kubernetes.io/pod-name': name,
    },
    spec: { hostname: name, subdomain: textAt(set, 'spec', 'serviceName') },
  });
}

export interface StatefulPlan {
  /** Ordinals to make pods for. */
  readonly missing: readonly number[];
  readonly remove: readonly KubernetesObject[];
}

/** Healthy is what a StatefulSet waits for: ready and not going. */
const isHealthy = (pod: KubernetesObject): boolean => isRunningAndReady(pod) && !isTerminating(pod);

/** What to do at this moment (pkg/controller/statefulset/stateful_set_control.go), with or without waiting for each other. */
export function planPods(
  set: KubernetesObject,
  pods: readonly KubernetesObject[],
  updateRevision: string,
): StatefulPlan {
  const start = numberAt(set, 'spec', 'ordinals', 'start');
  const end = start + numberAt(set, 'spec', 'replicas');
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const wanted = Array.from({ length: end - start }, (_, at) => start + at);
  const isParallel = textAt(set, 'spec', 'podManagementPolicy') === 'Parallel';
  const finished = pods.filter((pod) => isFinished(pod) && !isTerminating(pod));
  const missing = wanted.filter((ordinal) => !byOrdinal.has(ordinal));
  const condemned = pods.filter((pod) => ordinalOf(pod) < start || ordinalOf(pod) >= end).sort(fromHighest);
  const live = condemned.filter((pod) => !isTerminating(pod));
  const kept = wanted.map((ordinal) => byOrdinal.get(ordinal)).filter((pod) => pod !== undefined);
  if (isParallel) {
    const isSettled = missing.length === 0;
    return { missing, remove: [...finished, ...live, ...(isSettled ? outdated(set, kept, updateRevision) : [])] };
  }
  const firstUnhealthy = kept.find((pod) => !isHealthy(pod));
  const firstMissing = missing
    .slice(0, 1)
    .filter((at) => firstUnhealthy === undefined || ordinalOf(firstUnhealthy) > at);
  if (firstMissing.length > 0 || firstUnhealthy !== undefined || condemned.length > 0) {
    // One at a time, from the highest, and only while everything below serves.
    const mayShrink = firstUnhealthy === undefined && live.length === condemned.length;
    return { missing: firstMissing, remove: [...finished, ...(mayShrink ? live.slice(0, 1) : [])] };
  }
  return { missing, remove: [...finished, ...outdated(set, kept, updateRevision)] };
}

/**
 * The next pod to be replaced in a rolling update: from the highest ordinal down to the partition, one at a time, each waiting for the
 * one above it. `maxUnavailable` has no effect: its gate is off on Kubernetes 1.33.
 */
function outdated(set: KubernetesObject, pods: readonly KubernetesObject[], revision: string): KubernetesObject[] {
  const strategy = mapAt(set, 'spec', 'updateStrategy');
  if (strategy['type'] === 'OnDelete') return [];
  const partition = numberAt(set, 'spec', 'ordinals', 'start') + numberAt(strategy, 'rollingUpdate', 'partition');
  for (const pod of [...pods].sort(fromHighest)) {
    if (ordinalOf(pod) < partition) return [];
    if (labelOf(pod, podRevisionLabel) !== revision && !isTerminating(pod)) return [pod];
    if (!isHealthy(pod)) return [];
  }
  return [];
}

const fromHighest = (a: KubernetesObject, b: KubernetesObject): number => ordinalOf(b) - ordinalOf(a);
