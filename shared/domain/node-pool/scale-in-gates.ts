/** What must hold before a node may go. Pure. */
import { counted } from '../counted.ts';
import { highestNeed, SCALE_IN_DELAY_MS, secondsToFullWindow } from './need-window.ts';
import { offersGpus, type PoolNode } from './node-states.ts';
import { clamp, type Survey } from './survey.ts';
import type { PoolLimit } from './types.ts';

/** Cluster Autoscaler's `--scale-down-delay-after-add` (kubernetes/autoscaler cluster-autoscaler/FAQ.md), ms. */
const AFTER_GROWTH_MS = 10 * 60_000;

/**
 * Cluster Autoscaler's circuit breaker, `--max-total-unready-percentage` and `--ok-total-unready-count`: so many nodes are not
 * lost by chance, so what is seen of them is not relied on.
 */
const UNREADY_RATIO = 0.45;
const UNREADY_COUNT = 3;

export interface Gate {
  readonly limitedBy: PoolLimit;
  readonly why: string;
}

/** Doubts that also stop a removal in progress, up to the deletion itself; undefined: none. */
export function doubtOf({ input, nodes, known }: Survey): Gate | undefined {
  const doubtful = input.demands.find(({ doubt }) => doubt !== undefined);
  if (input.unreadableDemands > 0) {
    return {
      limitedBy: 'doubtfulDemand',
      why: `${counted(input.unreadableDemands, 'demand')} on the pool cannot be read`,
    };
  }
  if (doubtful !== undefined) {
    return {
      limitedBy: 'doubtfulDemand',
      why: `what ${doubtful.from} needs is not known for certain: ${doubtful.doubt}`,
    };
  }
  const [differing] = known?.pods.differing ?? [];
  if (differing !== undefined) return { limitedBy: 'gpusDiffer', why: differing };
  const unready = nodes.filter((node) => !offersGpus(node)).length;
  if (unready > UNREADY_COUNT && unready / nodes.length > UNREADY_RATIO) {
    return {
      limitedBy: 'unreadyNodes',
      why: `${unready} of ${counted(nodes.length, 'node')} ${unready === 1 ? 'is' : 'are'} not ready, too many to trust`,
    };
  }
  if (input.blockedBy === undefined) return undefined;
  return { limitedBy: 'operation', why: input.blockedBy };
}

/**
 * Nodes that could go beyond those chosen, if so many are needed. Machines that have not come yet are no reason to remove one
 * that has, and nodes that somebody has cordoned take a place in the size and are not ours to remove.
 */
export function spareNodes({ input, presentNodes, nodes, cordoned }: Survey, need: number): number {
  const of = (state: PoolNode['state']) => nodes.filter((node) => node.state === state).length;
  const standing = Math.min(presentNodes, nodes.length - of('leaving'));
  return standing - of('chosen') - clamp(need + cordoned, input.size);
}

/** How many further nodes may go, or why none; some are spare. */
export function roomToShrink(survey: Survey): Gate | { readonly count: number } {
  const { input, memory } = survey;
  const { nowMs } = input;
  if (input.demands.length === 0) {
    // Built, and nobody has moved in yet: taking it apart meanwhile would only make the first service wait for its nodes.
    return {
      limitedBy: 'noDemand',
      why: 'no service has ever asked for nodes of it, so it keeps the size it was built with',
    };
  }
  const grownAgoMs = nowMs - (memory.lastGrowthAtMs ?? Number.NEGATIVE_INFINITY);
  if (grownAgoMs < AFTER_GROWTH_MS) {
    return { limitedBy: 'afterGrowth', why: `it grew less than ${minutes(AFTER_GROWTH_MS)} ago` };
  }
  const count = memory.need === undefined ? 0 : spareNodes(survey, highestNeed(memory.need));
  if (memory.need !== undefined && secondsToFullWindow(memory.need, nowMs) === 0 && count > 0) return { count };
  return {
    limitedBy: 'unneededWait',
    why: `nodes go once they have not been needed for ${minutes(SCALE_IN_DELAY_MS)}`,
  };
}

function minutes(ms: number): string {
  return `${ms / 60_000} min`;
}
