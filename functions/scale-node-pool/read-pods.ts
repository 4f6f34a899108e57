/** What pods have to say about the nodes they are on. Pure. */
import { at, instantMsAt, listAt, objectAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { gpusOf, hasCondition, labelOf, NODE_POOL_LABEL } from '#shared/domain/kubernetes-facts.ts';
import type { PendingPod, PodOnNode } from '#shared/domain/node-pool/types.ts';

export interface PodsByPlace {
  readonly onNodes: ReadonlyMap<string, readonly PodOnNode[]>;
  readonly pending: readonly PendingPod[];
}

/** `objects`: all pods of the cluster that have not ended. */
export function readPods(objects: readonly JsonObject[], pool: string): PodsByPlace {
  const inRollout = workloadsInRollout(objects);
  const pending = objects
    .filter((object) => mayComeTo(object, pool))
    .map(
      (object): PendingPod => ({ ...toPending(object), ...(isInRollout(object, inRollout) && { isOfRollout: true }) }),
    );
  return { onNodes: podsOnNodes(objects), pending: pending.filter(({ gpus }) => gpus > 0) };
}

/** By node name; what nobody has to move is left out. */
export function podsOnNodes(objects: readonly JsonObject[]): PodsByPlace['onNodes'] {
  const inRollout = workloadsInRollout(objects);
  const onNodes = new Map<string, PodOnNode[]>();
  for (const object of objects) {
    const node = textAt(object, 'spec.nodeName') ?? '';
    if (node === '' || staysWithNode(object)) continue;
    onNodes.set(node, [...(onNodes.get(node) ?? []), toPodOnNode(object, inRollout)]);
  }
  return onNodes;
}

/** Pods of DaemonSets come back by themselves; static pods live and die with their node. kubectl drain leaves out both. */
export function staysWithNode(pod: JsonObject): boolean {
  return controllerOf(pod)?.kind === 'DaemonSet' || annotation(pod, 'kubernetes.io/config.mirror') !== undefined;
}

function toPodOnNode(pod: JsonObject, inRollout: ReadonlySet<string>): PodOnNode {
  const uid = textAt(pod, 'metadata.uid') ?? '';
  const keptBecause = whyKept(pod, inRollout);
  const createdAtMs = instantMsAt(pod, 'metadata.creationTimestamp');
  const groupSize = groupSizeOf(pod);
  return {
    ...toPending(pod),
    uid,
    ...(createdAtMs !== undefined && { createdAtMs }),
    isReady: hasCondition(pod, 'Ready'),
    workload: workloadOf(pod),
    ...(isBeingDeleted(pod) && { terminatesAtMs: endOfGraceMs(pod) }),
    group: labelOf(pod, 'leaderworkerset.sigs.k8s.io/group-key') ?? uid,
    ...(groupSize !== undefined && { groupSize }),
    ...(keptBecause !== undefined && { keptBecause }),
  };
}

function isBeingDeleted(pod: JsonObject): boolean {
  return textAt(pod, 'metadata.deletionTimestamp') !== undefined;
}

/**
 * A deletion's time stamp is the end of the grace, not its beginning (Kubernetes API, ObjectMeta). One that is no time says that the pod
 * goes, not when: it is never taken for over.
 */
function endOfGraceMs(pod: JsonObject): number {
  return instantMsAt(pod, 'metadata.deletionTimestamp') ?? Number.POSITIVE_INFINITY;
}

/** Leader and workers together, which each of them is annotated with (kubernetes-sigs/lws api/leaderworkerset/v1). */
function groupSizeOf(pod: JsonObject): number | undefined {
  const size = Number(annotation(pod, 'leaderworkerset.sigs.k8s.io/size') ?? Number.NaN);
  return Number.isInteger(size) && size > 0 ? size : undefined;
}

function toPending(pod: JsonObject): PendingPod {
  const labels = Object.entries(objectAt(pod, 'metadata.labels')).filter((one): one is [string, string] => {
    return typeof one[1] === 'string';
  });
  return {
    namespace: textAt(pod, 'metadata.namespace') ?? '',
    name: textAt(pod, 'metadata.name') ?? '',
    gpus: gpusOf(pod),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
  };
}

/** Without a node selector of its own a pod may come to any pool that has GPUs. */
function mayComeTo(pod: JsonObject, pool: string): boolean {
  if ((textAt(pod, 'spec.nodeName') ?? '') !== '') return false;
  if (isBeingDeleted(pod)) return false;
  const selected = objectAt(pod, 'spec.nodeSelector')[NODE_POOL_LABEL];
  return selected === undefined || selected === pool;
}

function whyKept(pod: JsonObject, inRollout: ReadonlySet<string>): string | undefined {
  return whyNotEvictable(pod) ?? (isInRollout(pod, inRollout) ? 'is of a workload in rollout' : undefined);
}

function isInRollout(pod: JsonObject, inRollout: ReadonlySet<string>): boolean {
  const revision = revisionOf(pod);
  return revision !== undefined && inRollout.has(revision.workload);
}

/**
 * Bare pods do not come back, and whoever sets Cluster Autoscaler's annotation means us too (kubernetes/autoscaler
 * cluster-autoscaler/FAQ.md, "What types of pods can prevent CA from removing a node?"). Its rule on local storage is not ours:
 * every model server has an emptyDir.
 */
export function whyNotEvictable(pod: JsonObject): string | undefined {
  if (controllerOf(pod) === undefined) return 'has no controller that would make it again';
  const isMarked = annotation(pod, 'cluster-autoscaler.kubernetes.io/safe-to-evict') === 'false';
  return isMarked ? 'is marked safe-to-evict: "false"' : undefined;
}

/** Workloads whose pods are of more than one revision: what leaves now is counted against their rollout. */
function workloadsInRollout(pods: readonly JsonObject[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  const found = new Set<string>();
  for (const pod of pods.filter((one) => !isBeingDeleted(one))) {
    const revision = revisionOf(pod);
    if (revision === undefined) continue;
    const known = first.get(revision.workload) ?? revision.hash;
    first.set(revision.workload, known);
    if (known !== revision.hash) found.add(revision.workload);
  }
  return found;
}

/**
 * Labels that the controllers set: pod-template-hash (Kubernetes documentation, "Deployments"), controller-revision-hash
 * ("ControllerRevision"), template-revision-hash (kubernetes-sigs/lws api/leaderworkerset/v1). Undefined: no revision is known.
 */
function revisionOf(pod: JsonObject): { readonly workload: string; readonly hash: string } | undefined {
  const namespace = textAt(pod, 'metadata.namespace') ?? '';
  const groupHash = labelOf(pod, 'leaderworkerset.sigs.k8s.io/template-revision-hash');
  if (groupHash !== undefined) return { workload: `${namespace}/${workloadOf(pod)}`, hash: groupHash };
  const owner = controllerOf(pod);
  const templateHash = labelOf(pod, TEMPLATE_HASH);
  if (owner?.kind === 'ReplicaSet' && templateHash !== undefined) {
    return { workload: `${namespace}/${workloadOf(pod)}`, hash: templateHash };
  }
  const setHash = labelOf(pod, 'controller-revision-hash');
  if (owner?.kind !== 'StatefulSet' || setHash === undefined) return undefined;
  return { workload: `${namespace}/statefulset/${owner.name}`, hash: setHash };
}

const GROUPS_NAME = 'leaderworkerset.sigs.k8s.io/name';
const TEMPLATE_HASH = 'pod-template-hash';

/**
 * What makes the pod again, e.g. `deployment/llama`, the same for all its revisions. Pods of a LeaderWorkerSet belong to StatefulSets
 * too, so it is asked first. A ReplicaSet is named `<Deployment>-<hash>`.
 */
function workloadOf(pod: JsonObject): string {
  const groups = labelOf(pod, GROUPS_NAME);
  if (groups !== undefined) return `leaderworkerset/${groups}`;
  const owner = controllerOf(pod);
  if (owner === undefined) return `pod/${textAt(pod, 'metadata.name') ?? ''}`;
  const hash = labelOf(pod, TEMPLATE_HASH);
  if (owner.kind !== 'ReplicaSet' || hash === undefined) return `${owner.kind.toLowerCase()}/${owner.name}`;
  return `deployment/${owner.name.replace(`-${hash}`, '')}`;
}

function controllerOf(pod: JsonObject): { readonly kind: string; readonly name: string } | undefined {
  const owner = listAt(pod, 'metadata.ownerReferences').find((reference) => at(reference, 'controller') === true);
  return owner === undefined ? undefined : { kind: textAt(owner, 'kind') ?? '', name: textAt(owner, 'name') ?? '' };
}

function annotation(object: JsonObject, name: string): string | undefined {
  const value = objectAt(object, 'metadata.annotations')[name];
  return typeof value === 'string' ? value : undefined;
}
