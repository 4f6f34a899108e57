/** Which nodes may go. Pure. */
import type { ExplainedPods } from './explain-pods.ts';
import { isStuckPod, offersGpus, podsInTheWay, type PoolNode } from './node-states.ts';
import { type Bin, type Item, pack } from './pack.ts';
import { type ServingGuard, YIELDING } from './serving-guard.ts';

/** Nodes without GPU pods that go at a time: Cluster Autoscaler's `--max-empty-bulk-delete`. */
const MOST_EMPTY_AT_ONCE = 10;
/** Nodes that pods have to leave at a time: Cluster Autoscaler's `--max-drain-parallelism` (both: cluster-autoscaler/FAQ.md). */
const MOST_DRAINED_AT_ONCE = 1;

export interface ChoiceFacts {
  readonly nowMs: number;
  readonly nodes: readonly PoolNode[];
  readonly pods: ExplainedPods;
  readonly guard: ServingGuard;
  /** At most so many more. */
  readonly count: number;
}

export interface Choice {
  readonly names: readonly string[];
  /** Pods that are asked for and have no room on the nodes that serve: nothing may go. */
  readonly waiting: number;
  /** Why nodes were left alone, e.g. `n1: default/debug has no controller`. */
  readonly kept: readonly string[];
}

/**
 * Whole nodes, those whose removal disturbs least first: broken ones and empty ones, then those whose groups have the fewest
 * GPUs. A node with pods goes only if the free GPUs of the others have room for each of them now, pods that are being deleted
 * still counted; only GPUs are compared, as nothing else is short on such nodes.
 */
export function chooseNodes({ nowMs, nodes, pods, guard, count }: ChoiceFacts): Choice {
  const serving = nodes.filter(({ state }) => state === 'ready');
  const asked = pack(pods.toPlace, serving.map(toBin));
  if (asked.left.length > 0) return { names: [], waiting: asked.left.length, kept: [] };
  let { bins } = pack(pods.pendingOthers, asked.bins);
  const draining = nodes.filter((node) => node.state === 'chosen');
  // One that only waits for pods that never end must not stop the others for days.
  let drained = draining.filter(({ pods: on }) => on.some((pod) => pod.gpus > 0 && !isStuckPod(pod, nowMs))).length;
  const names: string[] = [];
  const kept: string[] = [];
  for (const node of candidates(nodes)) {
    if (names.length >= Math.min(count, MOST_EMPTY_AT_ONCE - draining.length)) break;
    const reason =
      keptReason(node, { nowMs, nodes, guard, going: names }) ??
      (hasGpuPods(node) && drained >= MOST_DRAINED_AT_ONCE ? 'one node is drained at a time' : undefined);
    const rest = reason === undefined ? moveAway(node, bins) : undefined;
    if (rest === undefined) {
      kept.push(`${node.name}: ${reason ?? 'its pods have no room on the other nodes'}`);
      continue;
    }
    bins = rest;
    drained += hasGpuPods(node) ? 1 : 0;
    names.push(node.name);
  }
  return { names, waiting: 0, kept };
}

/** Nodes of the pool that only take places in it: broken, with no GPU pod that still has to leave, and with nothing that keeps them. */
export function replaceableNodes({ nowMs, nodes, guard, count }: Omit<ChoiceFacts, 'pods'>): readonly string[] {
  const room = MOST_EMPTY_AT_ONCE - nodes.filter(({ state }) => state === 'chosen').length;
  return candidates(nodes)
    .filter(({ state }) => state === 'broken')
    .filter((node) => podsInTheWay(node, nowMs).every(({ gpus }) => gpus === 0))
    .filter((node) => keptReason(node, { nowMs, nodes, guard }) === undefined)
    .slice(0, Math.max(0, Math.min(count, room)))
    .map(({ name }) => name);
}

function toBin({ name, gpus, pods }: PoolNode): Bin {
  const taken = pods.reduce((sum, pod) => sum + pod.gpus, 0);
  return { name, free: Math.max(0, gpus - taken), isUsed: taken > 0 };
}

/** The room of the others with this node's pods on it; undefined: there is not enough. */
function moveAway(node: PoolNode, bins: readonly Bin[]): readonly Bin[] | undefined {
  const own = bins.find(({ name }) => name === node.name);
  const moved: readonly Item[] = node.pods
    .filter(({ gpus, terminatesAtMs }) => gpus > 0 && terminatesAtMs === undefined)
    .map(({ name, gpus }) => ({ what: name, gpus }));
  const { bins: rest, left } = pack(
    [...moved, ...(own?.put ?? [])],
    bins.filter((bin) => bin !== own),
  );
  return left.length === 0 ? rest : undefined;
}

function candidates(nodes: readonly PoolNode[]): readonly PoolNode[] {
  const groups = new Map<string, number>();
  for (const { group, gpus } of nodes.flatMap(({ pods }) => pods)) groups.set(group, (groups.get(group) ?? 0) + gpus);
  const disturbed = ({ pods }: PoolNode) =>
    [...new Set(pods.map(({ group }) => group))].reduce((sum, group) => sum + (groups.get(group) ?? 0), 0);
  const rank = (node: PoolNode) => (hasGpuPods(node) ? 3 : node.state === 'broken' ? 0 : node.isCordoned ? 1 : 2);
  return nodes
    .filter(({ state }) => state === 'ready' || state === 'broken')
    .toSorted((a, b) => rank(a) - rank(b) || disturbed(a) - disturbed(b) || (a.name < b.name ? -1 : 1));
}

function hasGpuPods({ pods }: PoolNode): boolean {
  return pods.some(({ gpus }) => gpus > 0);
}

export interface KeepFacts extends Pick<ChoiceFacts, 'nowMs' | 'nodes' | 'guard'> {
  /** Nodes that have just been chosen. */
  readonly going?: readonly string[];
}

/**
 * Why a node has to stay: it cannot be removed, the first pod that must not be evicted, or what would be out of service without it;
 * undefined: it may go.
 */
export function keptReason(node: PoolNode, { nowMs, nodes, guard, going = [] }: KeepFacts): string | undefined {
  if (node.keptBecause !== undefined) return node.keptBecause;
  const staying = podsInTheWay(node, nowMs).filter(({ terminatesAtMs }) => terminatesAtMs === undefined);
  const pod = staying.find(({ keptBecause }) => keptBecause !== undefined);
  if (pod !== undefined) return `${pod.namespace}/${pod.name} ${pod.keptBecause}`;
  // A node that was chosen is not given back for the sake of one that is about to be (`PodElsewhere.yields`): its drain waits for that.
  const yielding = node.state === 'chosen' ? [] : [YIELDING];
  const others = new Set([...unreliableNodes(nodes), ...going, ...yielding]);
  return guard({ name: node.name, pods: staying, isSound: isSound(node), others });
}

/** Names of nodes whose pods are not counted on: they are going, or a person has cordoned them and may drain them. */
export function unreliableNodes(nodes: readonly PoolNode[]): readonly string[] {
  return nodes
    .filter(({ state }) => state === 'chosen' || state === 'leaving' || state === 'cordoned')
    .map(({ name }) => name);
}

/** What is not ready on it may become so. */
export function isSound(node: PoolNode): boolean {
  return node.state === 'chosen' ? offersGpus(node) : node.state !== 'broken';
}
