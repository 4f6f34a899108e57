/**
 * What the removal of a node must leave in service, whatever disruption budgets allow: saving a node is no reason for an outage. Pure.
 * Counted without the node, and without every other one that is going or cordoned. First row that matches wins.
 *   | a pod on the node is of                     | the node stays                                                 |
 *   | a demand that changed minutes ago           | yes: its controller may be taking away others of them just now |
 *   | a demand                                    | while fewer pods are ready than it asks for                    |
 *   | a workload that no demand knows             | while no replica is ready                                      |
 * A replacement counts once it is ready: make before break. Example: 3 of 3 decode pods are ready, one of them on the node: it stays;
 * 4 of 3 are: it may go. A pod that is not ready yet is needed as one that is: its successor would begin anew.
 */
import { counted } from '../counted.ts';
import { LEAVING_AFTER_CHANGE_MS } from './explain-pods.ts';
import { findClass, type PodClass, wantedClasses } from './pod-classes.ts';
import type { DemandFacts, PodOnNode } from './types.ts';

export interface PlacedPod {
  readonly pod: PodOnNode;
  readonly node: string;
}

export interface ServiceFacts {
  readonly nowMs: number;
  /** All pods of the cluster that somebody would miss: a replica on a node of another pool counts as well. */
  readonly placed: readonly PlacedPod[];
  readonly demands: readonly DemandFacts[];
  /** On other pools: a document moves a role before its workload has moved. */
  readonly demandsElsewhere: readonly DemandFacts[];
}

/** Stands for all nodes of other pools whose pods are counted on. No node is named so. */
export const ELSEWHERE = '';
/** Likewise for those that another pool would take back for our sake (see `PodElsewhere.yields`). */
export const YIELDING = 'yielding nodes of other pools';

export interface LeavingNode {
  readonly name: string;
  /** Pods that would have to leave it. */
  readonly pods: readonly PodOnNode[];
  /** What is not ready on it may become so; false: it offers no GPUs, and has had its time. */
  readonly isSound: boolean;
  /** Other nodes whose pods are not counted on. */
  readonly others: ReadonlySet<string>;
}

/** Why a node must not leave; undefined: everything stays in service without it. */
export type ServingGuard = (node: LeavingNode) => string | undefined;

/** Pods that live and die together: a LeaderWorkerSet group serves as a whole or not at all, wherever its pods are. */
interface Replica {
  readonly pods: number;
  readonly nodes: ReadonlySet<string>;
}

interface Floor {
  /** Pods with the same key stand for each other. */
  readonly key: string;
  /** What it is, for people. */
  readonly what: string;
  readonly pods: number;
  readonly changedAtMs: number;
}

export function makeServingGuard({ nowMs, placed, demands, demandsElsewhere }: ServiceFacts): ServingGuard {
  const classes = wantedClasses([...demands, ...demandsElsewhere.map(toldByLabels)]);
  const ready = readyByFloor(placed, classes);
  const reasonOf = ({ floor, node }: { readonly floor: Floor; readonly node: LeavingNode }) => {
    if (floor.pods > 0 && nowMs - floor.changedAtMs < LEAVING_AFTER_CHANGE_MS) {
      return `${floor.what} has changed its size within ${LEAVING_AFTER_CHANGE_MS / 60_000} min`;
    }
    const left = (ready.get(floor.key) ?? [])
      .filter(({ nodes }) => !nodes.has(node.name) && [...nodes].every((name) => !node.others.has(name)))
      .reduce((sum, { pods }) => sum + pods, 0);
    if (left >= floor.pods) return undefined;
    return `${floor.what} needs ${counted(floor.pods, 'ready pod')} and would have ${left}`;
  };
  return (node) => {
    const staying = node.pods.filter((pod) => pod.terminatesAtMs === undefined && (pod.isReady || node.isSound));
    for (const pod of staying) {
      const reason = reasonOf({ floor: floorOf(pod, classes), node });
      if (reason !== undefined) return `${pod.namespace}/${pod.name} stays in service: ${reason}`;
    }
    return undefined;
  };
}

/** By namespace and GPUs alone strangers' pods here would be held for those of a service on another pool. */
function toldByLabels(demand: DemandFacts): DemandFacts {
  return { ...demand, items: demand.items.filter(({ labels }) => labels !== undefined) };
}

/** Replicas that serve, by the key of their floor. */
function readyByFloor(
  placed: readonly PlacedPod[],
  classes: readonly PodClass[],
): ReadonlyMap<string, readonly Replica[]> {
  const groups = new Map<string, PlacedPod[]>();
  for (const one of placed) {
    const members = groups.get(one.pod.group);
    if (members === undefined) groups.set(one.pod.group, [one]);
    else members.push(one);
  }
  const found = new Map<string, Replica[]>();
  for (const members of groups.values()) {
    const [first] = members;
    const isWhole = first !== undefined && members.length >= (first.pod.groupSize ?? 1);
    if (!isWhole || !members.every(({ pod }) => pod.isReady && pod.terminatesAtMs === undefined)) continue;
    const { key } = floorOf(first.pod, classes);
    const replica = { pods: members.length, nodes: new Set(members.map(({ node }) => node)) };
    found.set(key, [...(found.get(key) ?? []), replica]);
  }
  return found;
}

/**
 * A demand that does not tell its pods by labels may take a stranger's for its own, so there only pods of one workload stand for each
 * other, and one of them stays whatever is asked for.
 */
function floorOf(pod: PodOnNode, classes: readonly PodClass[]): Floor {
  const workload = `${pod.namespace}/${pod.workload}`;
  const known = findClass(classes, pod);
  const [what = workload] = known?.wanted ?? [];
  if (known === undefined) return { key: workload, what, pods: 1, changedAtMs: Number.NEGATIVE_INFINITY };
  const { labels, wanted, changedAtMs } = known;
  const key = `${classes.indexOf(known)}`;
  if (labels !== undefined) return { key, what, pods: wanted.length, changedAtMs };
  return { key: `${key} ${workload}`, what, pods: Math.max(1, wanted.length), changedAtMs };
}
