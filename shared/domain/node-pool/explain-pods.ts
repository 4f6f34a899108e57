/** Which of the pods that are there the demands explain, which ones are still missing, and which are somebody else's. Pure. */
import type { Item } from './pack.ts';
import { classifyPods, type PodClass, type PodsFacts } from './pod-classes.ts';
import type { PendingPod, PodOnNode } from './types.ts';
import { counted } from '../counted.ts';

/**
 * How long after a change (ms) pods beyond the demand count as on their way out; after that they are somebody else's. Two
 * termination periods, which is what a LeaderWorkerSet group takes (its workers are deleted when the leader is gone, observed of
 * kubernetes-sigs/lws), of the 120 s that llm-d recommends (docs/operations/lifecycle/graceful-shutdown.md), and a minute.
 */
export const LEAVING_AFTER_CHANGE_MS = 5 * 60_000;

export interface ExplainedPods {
  /** Pods without a place that are asked for: not made yet, pending, or to be moved from a node that goes. */
  readonly toPlace: readonly Item[];
  /** Ids of pods that stay where they are. */
  readonly staying: ReadonlySet<string>;
  /** Pods with GPUs that no demand explains. */
  readonly others: number;
  /** Pending pods that no demand explains: nothing is bought for them. */
  readonly pendingOthers: readonly Item[];
  /** Demands that ask for other GPUs than their own pods do, in words: nothing is bought for them. */
  readonly differing: readonly string[];
}

/**
 * By their labels; by namespace and GPUs per pod where a demand does not tell them. Example: 3 pods of 8 GPUs asked for, 2 there:
 * 1 to place; 4 there: the oldest 3 are explained, the fourth goes within minutes or is somebody else's.
 */
export function explainPods(facts: PodsFacts): ExplainedPods {
  const explained = classifyPods(facts).map((one) => explainClass(one, facts.nowMs));
  return {
    toPlace: explained.flatMap(({ toPlace }) => toPlace),
    staying: new Set(explained.flatMap(({ staying }) => staying.map(({ uid }) => uid))),
    others: explained.reduce((sum, { others }) => sum + others, 0),
    pendingOthers: explained.flatMap(({ pendingOthers }) => pendingOthers),
    differing: explained.flatMap(({ differing }) => differing ?? []),
  };
}

function explainClass(one: PodClass, nowMs: number) {
  const { gpus, wanted, changedAtMs, settled, moving, stuck, pending } = one;
  const differing = differenceOf(one);
  const there = [...settled.toSorted(byAge), ...moving.toSorted(byAge)];
  const explained = there.slice(0, wanted.length);
  const beyond = there.slice(wanted.length);
  const areLeaving = nowMs - changedAtMs < LEAVING_AFTER_CHANGE_MS;
  const kept = areLeaving ? explained : there;
  const missing = differing === undefined ? wanted.slice(explained.length) : [];
  const unasked = pending.slice(missing.length);
  const surging = unasked.filter((pod) => isSurge(pod, one));
  const toPlace = [
    ...missing.map((what) => ({ what, gpus })),
    ...surging.map(toItem),
    ...kept.filter((pod) => moving.includes(pod)).map(toItem),
  ];
  return {
    toPlace,
    staying: [...stuck, ...kept.filter((pod) => settled.includes(pod))],
    others: areLeaving ? 0 : beyond.length,
    pendingOthers: unasked.filter((pod) => !surging.includes(pod)).map(toItem),
    differing,
  };
}

/**
 * A rollout on a full pool would wait for ever: the older pods go only once newer ones are ready. The controller makes no more of them
 * than the workload's `maxSurge` beyond its size (Kubernetes documentation, "Deployments", rolling update), and they are only counted
 * where a service tells its pods by labels and wants some.
 */
function isSurge({ isOfRollout }: PendingPod, { labels, wanted }: PodClass): boolean {
  return isOfRollout === true && labels !== undefined && wanted.length > 0;
}

/**
 * A document that is wrong about its pods' GPUs buys nodes of which pods get no use. One pod of the size that is asked for is enough to
 * be right: while a template is being replaced its pods are of two sizes.
 */
function differenceOf({ labels, gpus, wanted, settled, moving, pending }: PodClass): string | undefined {
  const pods = [...settled, ...moving, ...pending];
  const [first] = pods;
  const [what] = wanted;
  // Without labels pods are known by their GPUs alone.
  if (labels === undefined || what === undefined || first === undefined) return undefined;
  if (pods.some((pod) => pod.gpus === gpus)) return undefined;
  return `${what} asks for pods of ${counted(gpus, 'GPU')}, but its pod ${first.namespace}/${first.name} asks for ${first.gpus}`;
}

function toItem({ name, gpus }: Pick<PodOnNode, 'name' | 'gpus'>): Item {
  return { what: name, gpus };
}

function byAge(a: PodOnNode, b: PodOnNode): number {
  // One whose age nobody says explains nothing before those whose age is known.
  const { createdAtMs: madeA = Number.MAX_SAFE_INTEGER } = a;
  const { createdAtMs: madeB = Number.MAX_SAFE_INTEGER } = b;
  return madeA - madeB || (a.name < b.name ? -1 : 1);
}
