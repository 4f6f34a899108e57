/** How many nodes the demands and everybody else's pods take. Pure. */
import type { ExplainedPods } from './explain-pods.ts';
import { offersGpus, type PoolNode } from './node-states.ts';
import { type Bin, countNewNodes, type Item, pack } from './pack.ts';

export interface NeedFacts {
  readonly nodes: readonly PoolNode[];
  /** Machines that are being made and are no nodes yet. */
  readonly comingMachines: number;
  readonly gpusPerNode: number;
  readonly pods: ExplainedPods;
}

export interface Need {
  /** Nodes that something is on, or has to be put onto. */
  readonly nodes: number;
  /** The same if every pod could move: what the pool can shrink to by draining nodes that are partly used. */
  readonly packedNodes: number;
  /** How many of `nodes` nobody is making yet. */
  readonly newNodes: number;
  /** Chosen nodes without which something has no place. */
  readonly returning: readonly string[];
  /** Chosen nodes with pods that never end, the only ones that stay on such: they take a place in the size, and are no room. */
  readonly heldNodes: number;
  /** Pods that are larger than any node. */
  readonly tooLarge: readonly Item[];
}

/**
 * Pods that stay do not move, so free GPUs on two nodes are no room for one pod of both. Pods that are about to go leave theirs
 * free: a node takes longer to come than they to leave. What has no place goes onto nodes that are there, then onto those on
 * their way, then back onto those that we wanted to remove, and only then onto new ones.
 * Example: 2 pods of 8 GPUs run on 2 nodes of 8, 4 are asked for, 1 node is coming → 4 nodes, 1 of them new.
 */
export function countNeed({ nodes, comingMachines, gpusPerNode, pods }: NeedFacts): Need {
  const of = (state: PoolNode['state']) => nodes.filter((node) => node.state === state);
  const fresh = Array.from({ length: comingMachines }, (_, index) => emptyBin(`coming-${index}`, gpusPerNode));
  const held = of('chosen').filter((node) => stayingOn(node, pods).length > 0);
  const free = of('chosen').filter((node) => !held.includes(node));
  const reserve = free.map((node) => emptyBin(node.name, offersGpus(node) ? node.gpus : 0));
  const usable = [...of('ready'), ...of('coming')];
  const serving = usable.map((node) => toBin(node, gpusPerNode, pods));
  const fits = ({ gpus }: Item) => gpus <= gpusPerNode;
  const { bins, left } = pack(pods.toPlace.filter(fits), [...serving, ...fresh, ...reserve]);
  const used = bins.filter(({ isUsed }) => isUsed);
  const names = new Set(reserve.map(({ name }) => name));
  const newNodes = countNewNodes(left, gpusPerNode);
  const total = used.length + newNodes;
  const all = [...usable.flatMap((node) => stayingOn(node, pods)), ...pods.toPlace].filter(fits);
  return {
    nodes: total,
    packedNodes: Math.min(total, countNewNodes(all, gpusPerNode)),
    newNodes,
    returning: used.map(({ name }) => name).filter((name) => names.has(name)),
    heldNodes: held.length,
    tooLarge: pods.toPlace.filter((item) => !fits(item)),
  };
}

function emptyBin(name: string, free: number): Bin {
  return { name, free, isUsed: false };
}

function stayingOn({ pods }: PoolNode, { staying }: ExplainedPods): readonly Item[] {
  return pods.filter(({ uid }) => staying.has(uid)).map(({ name, gpus }) => ({ what: name, gpus }));
}

/** What a node that is still coming will offer is known from the others of its pool. */
function toBin(node: PoolNode, gpusPerNode: number, pods: ExplainedPods): Bin {
  const taken = stayingOn(node, pods).reduce((sum, { gpus }) => sum + gpus, 0);
  const room = offersGpus(node) ? node.gpus : gpusPerNode;
  return { name: node.name, free: Math.max(0, room - taken), isUsed: taken > 0 };
}
