/** What each node counts as. Pure. */
import type { NodeFacts, PodOnNode, PoolInput } from './types.ts';

/**
 * How long (ms) a node that is not Ready, or offers no GPUs, counts as one that is coming: Cluster Autoscaler's
 * `--max-node-provision-time` (kubernetes/autoscaler cluster-autoscaler/FAQ.md). Until then no other one is bought in its place
 * (issue 1659 of the same); afterwards it is no supply any more.
 */
export const COMING_LIMIT_MS = 15 * 60_000;

/** After the end of its grace a pod is normally gone within seconds; one that is still there after this time (ms) is stuck. */
const STUCK_AFTER_MS = 60_000;

/**
 * First row that matches wins.
 *   | its deletion was asked for              | leaving  |
 *   | chosen by us, and not to be kept        | chosen   |
 *   | cordoned, and not by us                 | cordoned |
 *   | Ready, with GPUs                        | ready    |
 *   | seen otherwise for less than 15 minutes | coming   |
 *   | anything else                           | broken   |
 */
export type NodeState = 'ready' | 'coming' | 'broken' | 'cordoned' | 'chosen' | 'leaving';

export interface PoolNode extends NodeFacts {
  readonly state: NodeState;
}

export interface NodeStates {
  readonly nodes: readonly PoolNode[];
  readonly unfitSinceMs: Readonly<Record<string, number>>;
}

export function classifyNodes(input: PoolInput): NodeStates {
  const { nodes, nowMs, memory } = input;
  const unfit = nodes.filter((node) => !offersGpus(node));
  const unfitSinceMs = Object.fromEntries(unfit.map(({ name }) => [name, memory.unfitSinceMs[name] ?? nowMs]));
  return {
    nodes: nodes.map((node) => ({ ...node, state: stateOf(node, input, unfitSinceMs[node.name]) })),
    unfitSinceMs,
  };
}

function stateOf(node: NodeFacts, { leaving, memory, nowMs }: PoolInput, unfitSinceMs: number | undefined): NodeState {
  if (leaving.has(node.name)) return 'leaving';
  const chosen = memory.chosen.find(({ name }) => name === node.name);
  if (chosen?.isReturning === false) return 'chosen';
  if (node.isCordoned && chosen === undefined) return 'cordoned';
  if (unfitSinceMs === undefined) return 'ready';
  return nowMs - unfitSinceMs < COMING_LIMIT_MS ? 'coming' : 'broken';
}

export function offersGpus({ isReady, gpus }: NodeFacts): boolean {
  return isReady && gpus > 0;
}

/** Being deleted, and expected to be gone soon. */
export function isLeavingPod({ terminatesAtMs }: PodOnNode, nowMs: number): boolean {
  return terminatesAtMs !== undefined && nowMs < terminatesAtMs + STUCK_AFTER_MS;
}

/** Being deleted for longer than its grace: nobody knows whether it ever ends, and it holds what it has. */
export function isStuckPod(pod: PodOnNode, nowMs: number): boolean {
  return pod.terminatesAtMs !== undefined && !isLeavingPod(pod, nowMs);
}

/**
 * Pods that have to be gone before the node may go. Those of a node whose kubelet is silent can never end by themselves: once
 * their grace is over they are in nobody's way.
 */
export function podsInTheWay({ isReady, pods }: NodeFacts, nowMs: number): readonly PodOnNode[] {
  return pods.filter((pod) => isReady || pod.terminatesAtMs === undefined || isLeavingPod(pod, nowMs));
}
