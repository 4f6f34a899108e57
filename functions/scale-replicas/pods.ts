/** What the serving pods of a role are doing. Pure. */
import { at, instantMsAt, listAt, objectAt, textAt } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import { conditionOf } from '#shared/domain/kubernetes-facts.ts';
import { DELETION_COST, GOES_FIRST } from './marks.ts';

export interface PodFacts {
  readonly name: string;
  readonly state:
    | 'ready'
    /** Made, and not ready (yet): it waits for a node, pulls its image, loads weights, or is broken. */
    | 'starting'
    /** Leaving: its GPUs are still taken, and it is no supply. */
    | 'terminating';
  /** Since when it is in this state, or since it was made: Unix ms; undefined where the object does not say. */
  readonly sinceMs: number | undefined;
  /** It runs, so it can be asked for its metrics. */
  readonly answers: boolean;
  /** Why it is not ready, in Kubernetes' own words. */
  readonly reason: string | undefined;
  /** Absent: it waits for one. */
  readonly node?: string;
  /** Who has said how soon it should go when its role shrinks; absent: nobody. */
  readonly deletionCost?: 'ours' | 'foreign';
}

/** Pods that have ended (Succeeded, Failed) are none of the role's any more. */
export function readPods(objects: readonly JsonObject[]): readonly PodFacts[] {
  return objects
    .filter((object) => !['Succeeded', 'Failed'].includes(textAt(object, 'status.phase') ?? ''))
    .map(readPod);
}

function readPod(object: JsonObject): PodFacts {
  const ready = conditionOf(object, 'Ready');
  const isReady = textAt(ready, 'status') === 'True';
  const isLeaving = textAt(object, 'metadata.deletionTimestamp') !== undefined;
  const state = isLeaving ? 'terminating' : isReady ? 'ready' : 'starting';
  const createdAtMs = instantMsAt(object, 'metadata.creationTimestamp');
  const node = textAt(object, 'spec.nodeName') || undefined;
  const deletionCost = deletionCostOf(object);
  return {
    name: textAt(object, 'metadata.name') ?? '',
    state,
    sinceMs: (isReady || wasReady(object, ready) ? instantMsAt(ready, 'lastTransitionTime') : undefined) ?? createdAtMs,
    answers: isRunning(object) && !isLeaving,
    reason: state === 'starting' ? reasonOf(object) : undefined,
    ...(node !== undefined && { node }),
    ...(deletionCost !== undefined && { deletionCost }),
  };
}

/** A cost that came with the pod's template, or that somebody has written since, is not ours to change. */
function deletionCostOf(object: JsonObject): PodFacts['deletionCost'] {
  const annotations = objectAt(object, 'metadata.annotations');
  if (annotations[DELETION_COST] === undefined) return undefined;
  return annotations[DELETION_COST] === annotations[GOES_FIRST] ? 'ours' : 'foreign';
}

/** No model server is ready so soon (ms) after the kubelet has taken its pod. */
const SOONEST_READY_MS = 30_000;

/**
 * The kubelet writes a first `Ready: False` as it takes a pod (`status.startTime`); a later one follows a `True`. A pod that was
 * ready for a day and is not now has not been starting for a day.
 */
function wasReady(object: JsonObject, ready: Json | undefined): boolean {
  const startedAtMs = instantMsAt(object, 'status.startTime');
  const sinceMs = instantMsAt(ready, 'lastTransitionTime');
  return startedAtMs !== undefined && sinceMs !== undefined && sinceMs - startedAtMs > SOONEST_READY_MS;
}

function isRunning(object: JsonObject): boolean {
  return textAt(object, 'status.phase') === 'Running';
}

function reasonOf(object: JsonObject): string | undefined {
  const waiting = listAt(object, 'status.containerStatuses').flatMap((status) => {
    const reason = textAt(status, 'state.waiting.reason');
    return reason === undefined ? [] : [reason];
  });
  return waiting[0] ?? textAt(conditionOf(object, 'PodScheduled'), 'message');
}

/** Names of other scalers that own the size of a workload, as people know them; none: nobody else does. */
export function foreignScalerOf(
  workload: { readonly kind: string; readonly name: string },
  scalers: readonly JsonObject[],
): string | undefined {
  const found = scalers.find((scaler) => {
    const target = at(scaler, 'spec.scaleTargetRef');
    // A ScaledObject may leave the kind out: then it is a Deployment (kedacore/keda apis/keda/v1alpha1/scaledobject_types.go).
    return textAt(target, 'name') === workload.name && (textAt(target, 'kind') ?? 'Deployment') === workload.kind;
  });
  if (found === undefined) return undefined;
  return `${textAt(found, 'kind') ?? 'scaler'} ${textAt(found, 'metadata.name') ?? '(unnamed)'}`;
}
