/** The pods of a DaemonSet, as its controller makes and counts them. */
import { createHash } from 'node:crypto';
import {
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  stringsAt,
  textAt,
  uidOf,
  valueAt,
} from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';

export const revisionLabel = 'controller-revision-hash';

/** A name for the template that changes with it. The real hash is another one (fnv of the ControllerRevision). */
export function revisionOf(daemonSet: KubernetesObject): string {
  const template = JSON.stringify(sortedByKey(mapAt(daemonSet, 'spec', 'template')));
  return createHash('sha256').update(template).digest('hex').slice(0, 10);
}

function sortedByKey(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByKey);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedByKey(item)]));
}

/** Added to every daemon pod (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
function daemonTolerations(onHostNetwork: boolean): readonly JsonMap[] {
  const tolerate = (key: string, effect: string): JsonMap => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect,
  });
  return [
    tolerate('not-ready', 'NoExecute'),
    tolerate('unreachable', 'NoExecute'),
    tolerate('disk-pressure', 'NoSchedule'),
    tolerate('memory-pressure', 'NoSchedule'),
    tolerate('pid-pressure', 'NoSchedule'),
    tolerate('unschedulable', 'NoSchedule'),
    ...(onHostNetwork ? [tolerate('network-unavailable', 'NoSchedule')] : []),
  ];
}

/** The specification of the set's pods, wherever they run. */
export function daemonPodSpec(daemonSet: KubernetesObject): JsonMap {
  const spec = mapAt(daemonSet, 'spec', 'template', 'spec');
  const tolerations = [...mapsAt(spec, 'tolerations'), ...daemonTolerations(spec['hostNetwork'] === true)];
  return { ...spec, tolerations };
}

/** A pod for one node. It is bound at once, where the real one waits a moment for the scheduler to find its node affinity. */
export function daemonPod(daemonSet: KubernetesObject, nodeName: string): KubernetesObject {
  const template = mapAt(daemonSet, 'spec', 'template', 'metadata');
  const labels = {
    ...stringsAt(template, 'labels'),
    [revisionLabel]: revisionOf(daemonSet),
    'pod-template-generation': String(numberAt(daemonSet, 'metadata', 'generation')),
  };
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: nameOf(daemonSet),
    uid: uidOf(daemonSet),
    controller: true,
    blockOwnerDeletion: true,
  };
  const annotations = stringsAt(template, 'annotations');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${nameOf(daemonSet)}-`,
      namespace: namespaceOf(daemonSet),
      labels,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [owner],
    },
    spec: { ...daemonPodSpec(daemonSet), nodeName },
  };
}

/** Ready is what the DaemonSet counts; running alone is not enough. */
export function isReady(pod: KubernetesObject): boolean {
  const conditions = mapsAt(pod, 'status', 'conditions');
  return conditions.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
}

/** By uid: a successor of the same name owns nothing of its predecessor. */
export function isOwnedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  return mapsAt(object, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === uidOf(owner));
}

export const nodeNameOf = (pod: KubernetesObject): string => textAt(pod, 'spec', 'nodeName');

/** How many nodes may be without a ready pod during a rollout: a number, or a share of all of them rounded up. */
export function maxUnavailable(daemonSet: KubernetesObject, nodeCount: number): number {
  const value = valueAt(daemonSet, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable');
  if (typeof value !== 'string') return typeof value === 'number' ? value : 1;
  const percent = Number.parseInt(value, 10);
  return Math.ceil((nodeCount * percent) / 100);
}
