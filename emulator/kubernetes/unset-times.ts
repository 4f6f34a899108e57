/**
 * Times that Go writes as null while they are not set: `metav1.Time` is no pointer there, and an encoder leaves out only pointers
 * (kubernetes/api, the types of core/v1, apps/v1 and batch/v1).
 */
import type { JsonMap } from '../world/json.ts';
import { isMap, mapsAt } from './objects.ts';
import { fill } from './pod-defaults.ts';

const ofConditions: Readonly<Record<string, readonly string[]>> = {
  Pod: ['lastProbeTime', 'lastTransitionTime'],
  Node: ['lastHeartbeatTime', 'lastTransitionTime'],
  Deployment: ['lastUpdateTime', 'lastTransitionTime'],
  DaemonSet: ['lastTransitionTime'],
  ReplicaSet: ['lastTransitionTime'],
  StatefulSet: ['lastTransitionTime'],
  Job: ['lastProbeTime', 'lastTransitionTime'],
  HorizontalPodAutoscaler: ['lastTransitionTime'],
  PodDisruptionBudget: ['lastTransitionTime'],
  Service: ['lastTransitionTime'],
};

const ofObjects: Readonly<Record<string, readonly string[]>> = {
  Event: ['firstTimestamp', 'lastTimestamp', 'eventTime'],
  'events.k8s.io/Event': ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'eventTime'],
};

/** Lists that are written like that, too: they have been required once. */
const ofStatus: Readonly<Record<string, readonly string[]>> = { HorizontalPodAutoscaler: ['currentMetrics'] };

const unset = (fields: readonly string[]): JsonMap => Object.fromEntries(fields.map((field) => [field, null]));

/** Adds them to an object of a built-in kind; changes the value given. */
export function writeUnsetTimes(kind: string, object: JsonMap): void {
  fill(object, unset(ofObjects[kind] ?? []));
  const status = ofStatus[kind];
  if (status !== undefined && isMap(object['status'])) fill(object['status'], unset(status));
  const times = ofConditions[kind];
  if (times === undefined) return;
  for (const condition of mapsAt(object, 'status', 'conditions')) fill(condition, unset(times));
}
