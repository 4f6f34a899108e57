/** What every Kubernetes object says in the same place. Pure. */
import { listAt, objectAt, textAt } from './compare.ts';
import { GPU_RESOURCE } from './gpu.ts';
import type { Json } from './json.ts';

/** Label that GKE gives each node: the name of its pool (GKE documentation, "About node pools"). */
export const NODE_POOL_LABEL = 'cloud.google.com/gke-nodepool';

/** Label values are strings (Kubernetes documentation, "Labels and Selectors"). Undefined: it has no such label. */
export function labelOf(object: Json | undefined, name: string): string | undefined {
  const value = objectAt(object, 'metadata.labels')[name];
  return typeof value === 'string' ? value : undefined;
}

/** The condition of a type, of which there is one at the most; undefined while nobody has said anything of it. */
export function conditionOf(object: Json | undefined, type: string): Json | undefined {
  return listAt(object, 'status.conditions').find((condition) => textAt(condition, 'type') === type);
}

/** Whether a condition is known to hold: `False`, `Unknown` and silence are no (Kubernetes API conventions, "Typical status properties"). */
export function hasCondition(object: Json | undefined, type: string): boolean {
  return textAt(conditionOf(object, type), 'status') === 'True';
}

/** Whole units of an extended resource (GPUs, RDMA networks) that a node offers; one that does not list it offers none (yet). */
export function allocatableOf(node: Json | undefined, resource: string): number {
  const units = Number(objectAt(node, 'status.allocatable')[resource] ?? 0);
  return Number.isFinite(units) ? units : 0;
}

/** GPUs of a pod. Init containers run before the others and not beside them (Kubernetes documentation, "Init Containers"). */
export function gpusOf(pod: Json | undefined): number {
  const asked = (container: Json) =>
    Number(
      objectAt(container, 'resources.limits')[GPU_RESOURCE] ??
        objectAt(container, 'resources.requests')[GPU_RESOURCE] ??
        0,
    );
  const together = listAt(pod, 'spec.containers').reduce((sum: number, container) => sum + asked(container), 0);
  return Math.max(together, ...listAt(pod, 'spec.initContainers').map(asked));
}

/** Field selector of pods that have not ended: those that have hold nothing. */
export const UNFINISHED_PODS = 'status.phase!=Succeeded,status.phase!=Failed';
