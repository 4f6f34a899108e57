/** Everything that a decision about a pool is made from, counted once. Pure. */
import { type ExplainedPods, explainPods } from './explain-pods.ts';
import { countNeed, type Need } from './needed-nodes.ts';
import { rememberNeed } from './need-window.ts';
import { classifyNodes, type NodeState, type PoolNode } from './node-states.ts';
import { ELSEWHERE, makeServingGuard, type ServingGuard, YIELDING } from './serving-guard.ts';
import type { PoolCounts, PoolInput, PoolMemory } from './types.ts';

export interface Survey {
  readonly input: PoolInput;
  readonly nodes: readonly PoolNode[];
  readonly counts: PoolCounts;
  /** Machines that the pool is to have; those whose deletion was perhaps asked for are none any more. */
  readonly presentNodes: number;
  /** Nodes that take a place in the size and serve nobody. */
  readonly broken: number;
  readonly cordoned: number;
  /** Undefined: nobody knows how many GPUs a node has. */
  readonly known: { readonly pods: ExplainedPods; readonly need: Need } | undefined;
  /** What keeps a node for the sake of those who are served by it. */
  readonly guard: ServingGuard;
  /** What is remembered, with this look in it; nodes that are gone are no longer chosen. */
  readonly memory: PoolMemory;
}

export function surveyPool(input: PoolInput): Survey {
  const { nodes, unfitSinceMs } = classifyNodes(input);
  const count = (...states: NodeState[]) => nodes.filter(({ state }) => states.includes(state)).length;
  const targetSize = input.zones.reduce((sum, zone) => sum + zone.targetSize, 0);
  const presentNodes = Math.max(0, targetSize - input.unconfirmed);
  const comingMachines = Math.max(0, presentNodes - (nodes.length - count('leaving')));
  const known = surveyNeed(input, nodes, comingMachines);
  return {
    input,
    nodes,
    counts: {
      ready: count('ready'),
      coming: count('coming') + comingMachines,
      unusable: count('broken', 'cordoned'),
      leaving: count('chosen', 'leaving'),
    },
    presentNodes,
    broken: count('broken'),
    cordoned: count('cordoned'),
    known,
    guard: guardOf(input),
    memory: {
      ...input.memory,
      unfitSinceMs,
      chosen: input.memory.chosen.filter(({ name }) => nodes.some((node) => node.name === name)),
      ...(known !== undefined && { need: rememberNeed(input.memory.need, known.need.packedNodes, input.nowMs) }),
    },
  };
}

function guardOf({ nowMs, nodes, podsElsewhere, demands, demandsElsewhere }: PoolInput): ServingGuard {
  const inside = nodes.flatMap(({ name, pods }) => pods.map((pod) => ({ pod, node: name })));
  const outside = podsElsewhere.map((pod) => ({ pod, node: pod.yields === true ? YIELDING : ELSEWHERE }));
  return makeServingGuard({ nowMs, placed: [...inside, ...outside], demands, demandsElsewhere });
}

function surveyNeed(input: PoolInput, nodes: readonly PoolNode[], comingMachines: number): Survey['known'] {
  const { gpusPerNode, nowMs, pendingPods, demands } = input;
  if (gpusPerNode === undefined) return undefined;
  const pods = explainPods({ nowMs, nodes, pendingPods, demands });
  return { pods, need: countNeed({ nodes, comingMachines, gpusPerNode, pods }) };
}

/** `1 node`, `2 nodes`. */
export function nodesText(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`;
}

export function clamp(nodes: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(Math.max(nodes, min), max);
}
