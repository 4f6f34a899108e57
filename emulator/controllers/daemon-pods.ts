/** The pods of a DaemonSet, as its controller makes and counts them. */
import {
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  stringsAt,
  uidOf,
  valueAt,
} from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { contentHash } from './templates.ts';

export const revisionLabel = 'controller-revision-hash';

/** A name for the template that changes with it. */
export function revisionOf(daemonSet: KubernetesObject): string {
  return contentHash(mapAt(daemonSet, 'spec', 'template'));
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

/** How many nodes may be without a ready pod during a rollout: a number, or a share of all of them rounded up. */
export function maxUnavailable(daemonSet: KubernetesObject, nodeCount: number): number {
  const value = valueAt(daemonSet, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable');
  if (typeof value !== 'string') return typeof value === 'number' ? value : 1;
  const percent = Number.parseInt(value, 10);
  return Math.ceil((nodeCount * percent) / 100);
}
