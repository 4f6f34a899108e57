/** What pods have to say about the nodes they are on. Pure. */
import { at, listAt, objectAt, textAt } from '#shared/domain/compare.ts';
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import { isJsonObject, type Json, type JsonObject } from '#shared/domain/json.ts';
import type { PendingPod, PodOnNode } from '#shared/domain/node-pool/types.ts';

export interface PodsByPlace {
  /** By node name; what nobody has to move is left out. */
  readonly onNodes: ReadonlyMap<string, readonly PodOnNode[]>;
  readonly pending: readonly PendingPod[];
}

/** `objects`: all pods of the cluster that have not ended. */
export function readPods(objects: readonly JsonObject[], pool: string): PodsByPlace {
  const inRollout = workloadsInRollout(objects);
  const onNodes = new Map<string, PodOnNode[]>();
  for (const object of objects) {
    const node = textAt(object, 'spec.nodeName') ?? '';
    if (node === '' || staysWithNode(object)) continue;
    onNodes.set(node, [...(onNodes.get(node) ?? []), toPodOnNode(object, inRollout)]);
  }
  const pending = objects.filter((object) => mayComeTo(object, pool)).map(toPending);
  return { onNodes, pending: pending.filter(({ gpus }) => gpus > 0) };
}

/** Pods of DaemonSets come back by themselves; static pods live and die with their node. kubectl drain leaves out both. */
export function staysWithNode(pod: JsonObject): boolean {
  return controllerOf(pod)?.kind === 'DaemonSet' || annotation(pod, 'kubernetes.io/config.mirror') !== undefined;
}

function toPodOnNode(pod: JsonObject, inRollout: ReadonlySet<string>): PodOnNode {
  const uid = textAt(pod, 'metadata.uid') ?? '';
  const keptBecause = whyKept(pod, inRollout);
  const deletionAt = textAt(pod, 'metadata.deletionTimestamp');
  return {
    ...toPending(pod),
    uid,
    createdAtMs: toMs(textAt(pod, 'metadata.creationTimestamp')),
    // A deletion's time stamp is the end of the grace, not its beginning (Kubernetes API, ObjectMeta).
    ...(deletionAt !== undefined && { terminatesAtMs: toMs(deletionAt) }),
    group: label(pod, 'leaderworkerset.sigs.k8s.io/group-key') ?? uid,
    ...(keptBecause !== undefined && { keptBecause }),
  };
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
  if (textAt(pod, 'metadata.deletionTimestamp') !== undefined) return false;
  const selected = fieldOf(at(pod, 'spec.nodeSelector'), 'cloud.google.com/gke-nodepool');
  return selected === undefined || selected === pool;
}

/** Init containers run before the others and not beside them (Kubernetes documentation, "Init Containers"). */
function gpusOf(pod: JsonObject): number {
  const asked = (container: Json) =>
    Number(
      fieldOf(at(container, 'resources.limits'), GPU_RESOURCE) ??
        fieldOf(at(container, 'resources.requests'), GPU_RESOURCE) ??
        0,
    );
  const together = listAt(pod, 'spec.containers').reduce((sum: number, container) => sum + asked(container), 0);
  return Math.max(together, ...listAt(pod, 'spec.initContainers').map(asked));
}

function whyKept(pod: JsonObject, inRollout: ReadonlySet<string>): string | undefined {
  const revision = revisionOf(pod);
  const isInRollout = revision !== undefined && inRollout.has(revision.workload);
  return whyNotEvictable(pod) ?? (isInRollout ? 'is of a workload in rollout' : undefined);
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
  for (const pod of pods.filter((one) => textAt(one, 'metadata.deletionTimestamp') === undefined)) {
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
 * ("ControllerRevision"), template-revision-hash (kubernetes-sigs/lws api/leaderworkerset/v1). Pods of a LeaderWorkerSet belong to
 * StatefulSets too, so it is asked first.
 */
function revisionOf(pod: JsonObject): { readonly workload: string; readonly hash: string } | undefined {
  const namespace = textAt(pod, 'metadata.namespace') ?? '';
  const groups = label(pod, 'leaderworkerset.sigs.k8s.io/name');
  const groupHash = label(pod, 'leaderworkerset.sigs.k8s.io/template-revision-hash');
  if (groups !== undefined && groupHash !== undefined)
    return { workload: `${namespace}/lws/${groups}`, hash: groupHash };
  const owner = controllerOf(pod);
  const templateHash = label(pod, 'pod-template-hash');
  if (owner?.kind === 'ReplicaSet' && templateHash !== undefined) {
    // A ReplicaSet is named <Deployment>-<hash>.
    return { workload: `${namespace}/deployment/${owner.name.replace(`-${templateHash}`, '')}`, hash: templateHash };
  }
  const setHash = label(pod, 'controller-revision-hash');
  if (owner?.kind !== 'StatefulSet' || setHash === undefined) return undefined;
  return { workload: `${namespace}/statefulset/${owner.name}`, hash: setHash };
}

function controllerOf(pod: JsonObject): { readonly kind: string; readonly name: string } | undefined {
  const owner = listAt(pod, 'metadata.ownerReferences').find((reference) => at(reference, 'controller') === true);
  return owner === undefined ? undefined : { kind: textAt(owner, 'kind') ?? '', name: textAt(owner, 'name') ?? '' };
}

function label(object: JsonObject, name: string): string | undefined {
  return fieldOf(at(object, 'metadata.labels'), name);
}

function annotation(object: JsonObject, name: string): string | undefined {
  return fieldOf(at(object, 'metadata.annotations'), name);
}

/** Names with dots in them cannot be addressed by a path. */
function fieldOf(object: Json | undefined, name: string): string | undefined {
  const value = isJsonObject(object) ? object[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function toMs(time: string | undefined): number {
  return Date.parse(time ?? '') || 0;
}
