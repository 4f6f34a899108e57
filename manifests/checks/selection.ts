/** Which pods of the set a selector finds. */
import type { CheckedPod, CheckedSet } from './checked-set.ts';
import { shareNamespace } from './checked-set.ts';
import { at, isThere, itemsOf, type Place, textMapOf, textOf } from './place.ts';
import type { KubeObject } from './workload.ts';

/** What an object chooses pods by. */
export interface PodSelector {
  readonly object: KubeObject;
  readonly at: Place;
  readonly labels: ReadonlyMap<string, string>;
  /** It has conditions beside the labels, which are not followed. */
  readonly hasExpressions: boolean;
}

/** Selectors of Services, pools and monitors; an empty one chooses everything, or nothing, on purpose. */
export function podSelectors({ objects }: CheckedSet): readonly PodSelector[] {
  return objects.flatMap((object) => {
    const place = selectorPlace(object);
    if (place === undefined) return [];
    const labels = textMapOf(isThere(at(place, 'matchLabels')) ? at(place, 'matchLabels') : place);
    const hasExpressions = isThere(at(place, 'matchExpressions'));
    return labels.size === 0 ? [] : [{ object, at: place, labels, hasExpressions }];
  });
}

function selectorPlace({ kind, apiVersion, place }: KubeObject): Place | undefined {
  const selector = at(place, 'spec', 'selector');
  switch (kind) {
    case 'Service':
      // Knative's Service is another kind of the same name.
      return apiVersion === 'v1' ? selector : undefined;
    case 'InferencePool':
    case 'PodMonitoring':
    case 'ClusterPodMonitoring':
    case 'PodMonitor':
    case 'PodDisruptionBudget':
      return selector;
    default:
      return undefined;
  }
}

/** Labels that controllers give, with values that nobody can know before. */
const GIVEN =
  /^(apps\.kubernetes\.io|statefulset\.kubernetes\.io|batch\.kubernetes\.io|leaderworkerset\.sigs\.k8s\.io|disaggregatedset\.x-k8s\.io|ray\.io|serving\.kserve\.io)\/|^(controller-revision-hash|pod-template-hash)$/;

/** `leaderworkerset.sigs.k8s.io/name` is known, of a LeaderWorkerSet. */
export function selects({ object, labels }: PodSelector, pod: CheckedPod): boolean {
  const isNear = object.kind.startsWith('Cluster') || shareNamespace(object, pod.object);
  return isNear && [...labels].every(([key, value]) => hasLabel(pod, key, value));
}

export function hasLabel({ labels }: CheckedPod, key: string, value: string): boolean {
  const known = labels.get(key);
  return known === undefined ? GIVEN.test(key) : known === value;
}

/** Kinds whose own controller adds labels of which nobody knows here. */
export function isForeign({ object }: CheckedPod): boolean {
  return !/^(Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|LeaderWorkerSet|DisaggregatedSet)$/.test(
    object.kind,
  );
}

/** `spec.selector.matchExpressions` of a workload, against its own template. */
export function expressionHolds(expression: Place, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(textOf(at(expression, 'key')) ?? '');
  const values = itemsOf(at(expression, 'values')).map(textOf);
  switch (textOf(at(expression, 'operator')) ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
