/** What a LeaderWorkerSet is made of (kubernetes-sigs/lws pkg/controllers, pkg/webhooks/pod_webhook.go). */
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
} from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { ownedBy, podKind } from './pods.ts';
import { labelOf, labelsOf } from './revisions.ts';
import { statefulSetKind } from './stateful-pods.ts';

export const leaderWorkerSetKind = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' };

const prefix = 'leaderworkerset.sigs.k8s.io';
/** Labels of pods and sets, but for `size`, `leaderName` and `replicas`, which are annotations. */
export const groupLabels = {
  set: `${prefix}/name`,
  groupIndex: `${prefix}/group-index`,
  groupKey: `${prefix}/group-key`,
  workerIndex: `${prefix}/worker-index`,
  revision: `${prefix}/template-revision-hash`,
  size: `${prefix}/size`,
  leaderName: `${prefix}/leader-name`,
  replicas: `${prefix}/replicas`,
} as const;

/** What of a LeaderWorkerSet rolls all groups when it changes; kept in its revisions. */
export function revisionData(lws: KubernetesObject): JsonMap {
  const { leaderWorkerTemplate, networkConfig } = mapAt(lws, 'spec');
  return { leaderWorkerTemplate, networkConfig };
}

export interface LeaderSetSize {
  readonly replicas: number;
  readonly partition: number;
}

/** The StatefulSet of the leaders, named like the LeaderWorkerSet. */
export function leaderSet(lws: KubernetesObject, revision: string, { replicas, partition }: LeaderSetSize): JsonMap {
  const name = nameOf(lws);
  const own = { [groupLabels.set]: name, [groupLabels.revision]: revision };
  const groupTemplate = mapAt(lws, 'spec', 'leaderWorkerTemplate');
  const selector = { [groupLabels.set]: name, [groupLabels.workerIndex]: '0' };
  const size = numberAt(groupTemplate, 'size');
  const annotations = { ...stringsAt(lws, 'metadata', 'annotations') };
  return {
    ...statefulSetKind,
    metadata: {
      name,
      namespace: namespaceOf(lws),
      labels: { ...labelsOf(lws), ...own },
      annotations: { ...annotations, [groupLabels.replicas]: String(numberAt(lws, 'spec', 'replicas')) },
      ownerReferences: [ownedBy(leaderWorkerSetKind, lws)],
    },
    spec: {
      replicas,
      podManagementPolicy: 'Parallel',
      serviceName: name,
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
      selector: { matchLabels: selector },
      template: extended(
        mapAt(groupTemplate, 'leaderTemplate' in groupTemplate ? 'leaderTemplate' : 'workerTemplate'),
        {
          labels: { ...own, [groupLabels.workerIndex]: '0' },
          annotations: { [groupLabels.size]: String(size) },
        },
      ),
    },
  };
}

/** The StatefulSet of one leader's workers; it goes when the leader is gone, and its pods after it. */
export function workerSet(lws: KubernetesObject, leader: KubernetesObject, data: JsonMap): JsonMap {
  const groupTemplate = mapAt(data, 'leaderWorkerTemplate');
  const size = numberAt(groupTemplate, 'size');
  const selector = {
    [groupLabels.set]: nameOf(lws),
    [groupLabels.groupIndex]: labelOf(leader, groupLabels.groupIndex),
    [groupLabels.groupKey]: labelOf(leader, groupLabels.groupKey),
  };
  const own = { ...selector, [groupLabels.revision]: labelOf(leader, groupLabels.revision) };
  return {
    ...statefulSetKind,
    metadata: {
      name: nameOf(leader),
      namespace: namespaceOf(lws),
      labels: { ...labelsOf(lws), ...own },
      ownerReferences: [ownedBy(podKind, leader)],
    },
    spec: {
      replicas: size - 1,
      ordinals: { start: 1 },
      podManagementPolicy: 'Parallel',
      serviceName: nameOf(lws),
      selector: { matchLabels: selector },
      template: extended(mapAt(groupTemplate, 'workerTemplate'), {
        labels: own,
        annotations: { [groupLabels.size]: String(size), [groupLabels.leaderName]: nameOf(leader) },
      }),
    },
  };
}

interface Extension {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function extended(template: JsonMap, { labels, annotations }: Extension): JsonMap {
  const metadata = mapAt(template, 'metadata');
  return {
    metadata: {
      ...metadata,
      labels: { ...stringsAt(metadata, 'labels'), ...labels },
      annotations: { ...stringsAt(metadata, 'annotations'), ...annotations },
    },
    spec: mapAt(template, 'spec'),
  };
}

/** Headless, so that workers find their leader by name. */
export function groupService(lws: KubernetesObject): JsonMap {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(lws), namespace: namespaceOf(lws), ownerReferences: [ownedBy(leaderWorkerSetKind, lws)] },
    spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { [groupLabels.set]: nameOf(lws) } },
  };
}

/** What the pod webhook of LeaderWorkerSets changes: who the pod is in its group, as labels and as environment. */
export function admitGroupPod(pod: KubernetesObject): KubernetesObject {
  const set = labelOf(pod, groupLabels.set);
  if (set === '') return pod;
  const isLeader = labelOf(pod, groupLabels.workerIndex) === '0';
  const ordinal = labelOf(pod, 'apps.kubernetes.io/pod-index');
  const leader = isLeader ? nameOf(pod) : textAt(pod, 'metadata', 'annotations', groupLabels.leaderName);
  const labels = isLeader
    ? { [groupLabels.groupIndex]: ordinal, [groupLabels.groupKey]: groupKey(pod) }
    : { [groupLabels.workerIndex]: ordinal };
  const env = [
    { name: 'LWS_LEADER_ADDRESS', value: `${leader}.${textAt(pod, 'spec', 'subdomain')}.${namespaceOf(pod)}` },
    { name: 'LWS_GROUP_SIZE', value: textAt(pod, 'metadata', 'annotations', groupLabels.size) },
    { name: 'LWS_WORKER_INDEX', value: isLeader ? '0' : ordinal },
  ];
  const spec = mapAt(pod, 'spec');
  const metadata = mapAt(pod, 'metadata');
  const { initContainers, containers } = {
    initContainers: mapsAt(spec, 'initContainers'),
    containers: mapsAt(spec, 'containers'),
  };
  return {
    ...pod,
    metadata: { ...metadata, labels: { ...labelsOf(pod), ...labels } },
    spec: {
      ...spec,
      ...(initContainers.length > 0 && { initContainers: initContainers.map((one) => withEnvironment(one, env)) }),
      containers: containers.map((one) => withEnvironment(one, env)),
    },
  };
}

/** The same for every rebuild of a group. */
const groupKey = (leader: KubernetesObject): string =>
  createHash('sha1')
    .update(`${namespaceOf(leader)}/${nameOf(leader)}`)
    .digest('hex');

/** In front of the user's own, so that those may refer to it. */
function withEnvironment(container: JsonMap, env: readonly JsonMap[]): JsonMap {
  const own = mapsAt(container, 'env').filter((one) => !env.some((added) => added['name'] === one['name']));
  return { ...container, env: [...env, ...own] };
}
