/** Which of the pods that are there the demands explain, which ones are still missing, and which are somebody else's. Pure. */
import { isLeavingPod, type PoolNode } from './node-states.ts';
import type { Item } from './pack.ts';
import type { DemandFacts, PendingPod, PodOnNode } from './types.ts';

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
}

export interface PodsFacts {
  readonly nowMs: number;
  readonly nodes: readonly PoolNode[];
  readonly pendingPods: readonly PendingPod[];
  readonly demands: readonly DemandFacts[];
}

/**
 * By namespace and GPUs per pod, which is all that a demand tells of its pods. Example: 3 pods of 8 GPUs asked for, 2 there:
 * 1 to place; 4 there: the oldest 3 are explained, the fourth goes within minutes or is somebody else's.
 */
export function explainPods(facts: PodsFacts): ExplainedPods {
  const classes = classesOf(facts);
  const explained = [...classes.values()].map((one) => explainClass(one, facts.nowMs));
  return {
    toPlace: explained.flatMap(({ toPlace }) => toPlace),
    staying: new Set(explained.flatMap(({ staying }) => staying.map(({ uid }) => uid))),
    others: explained.reduce((sum, { others }) => sum + others, 0),
    pendingOthers: explained.flatMap(({ pendingOthers }) => pendingOthers),
  };
}

/** Pods that nothing tells apart. */
interface PodClass {
  readonly gpus: number;
  readonly wanted: string[];
  /** When what is wanted last changed; 0: nobody wants any. */
  changedAtMs: number;
  readonly settled: PodOnNode[];
  readonly moving: PodOnNode[];
  /** Being deleted for too long: they serve nobody, and hold what they have. */
  readonly stuck: PodOnNode[];
  readonly pending: PendingPod[];
}

function classesOf({ nowMs, nodes, pendingPods, demands }: PodsFacts): ReadonlyMap<string, PodClass> {
  const classes = new Map<string, PodClass>();
  const classOf = (namespace: string, gpus: number): PodClass => {
    const key = `${namespace}/${gpus}`;
    const known = classes.get(key) ?? {
      gpus,
      wanted: [],
      changedAtMs: 0,
      settled: [],
      moving: [],
      stuck: [],
      pending: [],
    };
    classes.set(key, known);
    return known;
  };
  for (const { namespace, items, decidedAtMs } of demands) {
    for (const { what, pods, gpusPerPod } of items) {
      const one = classOf(namespace, Math.ceil(gpusPerPod));
      one.wanted.push(...Array.from({ length: pods }, () => what));
      one.changedAtMs = Math.max(one.changedAtMs, decidedAtMs);
    }
  }
  for (const node of nodes) {
    for (const pod of node.state === 'leaving' ? [] : node.pods.filter((one) => !isLeavingPod(one, nowMs))) {
      const one = classOf(pod.namespace, pod.gpus);
      const place = pod.terminatesAtMs !== undefined ? one.stuck : node.state === 'chosen' ? one.moving : one.settled;
      place.push(pod);
    }
  }
  for (const pod of pendingPods) classOf(pod.namespace, pod.gpus).pending.push(pod);
  // Without GPUs a pod takes no node.
  return new Map([...classes].filter(([, { gpus }]) => gpus > 0));
}

function explainClass({ gpus, wanted, changedAtMs, settled, moving, stuck, pending }: PodClass, nowMs: number) {
  const there = [...settled.toSorted(byAge), ...moving.toSorted(byAge)];
  const explained = there.slice(0, wanted.length);
  const beyond = there.slice(wanted.length);
  const areLeaving = nowMs - changedAtMs < LEAVING_AFTER_CHANGE_MS;
  const kept = areLeaving ? explained : there;
  const missing = wanted.slice(explained.length);
  const toPlace = [
    ...missing.map((what) => ({ what, gpus })),
    ...kept.filter((pod) => moving.includes(pod)).map(({ name }) => ({ what: name, gpus })),
  ];
  return {
    toPlace,
    staying: [...stuck, ...kept.filter((pod) => settled.includes(pod))],
    others: areLeaving ? 0 : beyond.length,
    pendingOthers: pending.slice(missing.length).map(({ name }) => ({ what: name, gpus })),
  };
}

function byAge(a: PodOnNode, b: PodOnNode): number {
  return a.createdAtMs - b.createdAtMs || (a.name < b.name ? -1 : 1);
}
