/** A whole plan in three answers: the phase, why, and what comes next. Pure. */
import type { PoolDecision, PoolLimit } from '#shared/domain/node-pool/types.ts';
import type { Phase, Plan, PlannedStep } from '#shared/domain/step.ts';
import type { ObservedPool, PoolStep } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

type Steps = readonly PlannedStep<PoolStep>[];

/** Limits that leave a need unmet, or keep nodes for want of facts: somebody should look. */
const worrying: readonly PoolLimit[] = [
  'gpusUnknown',
  'ceiling',
  'zones',
  'stock',
  'podTooLarge',
  'doubtfulDemand',
  'gpusDiffer',
  'unreadyNodes',
];

/**
 * First row that matches wins.
 *   | steps                         | nodes with GPUs | decision            | phase    |
 *   | one has failed                | fewer than need | any                 | degraded |
 *   | one has failed                | enough          | any                 | holding  |
 *   | one starts, runs or waits     | any             | any                 | updating |
 *   | none                          | any             | limited, worryingly | holding  |
 *   | none                          | fewer than need | any                 | degraded |
 *   | none                          | enough          | any                 | ready    |
 */
export function summarise(
  steps: Steps,
  observed: ObservedPool,
  decision: PoolDecision,
): Pick<Plan<PoolStep>, 'phase' | 'reason' | 'next'> {
  const { needNodes = 0, counts, limitedBy, why } = decision;
  const isShort = counts.ready < needNodes;
  const [failure] = steps.flatMap(({ step, status }) =>
    status.state === 'failed' ? [{ step, ...status.failure }] : [],
  );
  if (failure !== undefined) {
    const there = `${counts.ready} of ${counted(needNodes, 'node')} needed ${needNodes === 1 ? 'is' : 'are'} there`;
    const { step, message } = failure;
    return {
      phase: isShort ? 'degraded' : 'holding',
      reason: `${step.title}: ${message}; ${there}`,
      next: step.kind === 'drain' ? 'a look every minute' : 'GKE goes on trying by itself; a look every minute',
    };
  }
  const open = steps.find(({ status }) => status.state !== 'done');
  if (open !== undefined) return { phase: 'updating', reason: workOf(open, why), next: nextOf(steps, observed) };
  const phase: Phase =
    limitedBy !== undefined && worrying.includes(limitedBy) ? 'holding' : isShort ? 'degraded' : 'ready';
  return { phase, reason: why, next: 'a look every minute, or when a demand changes' };
}

function workOf({ step, status }: PlannedStep<PoolStep>, why: string): string {
  if (status.state === 'running' || status.state === 'waiting') return `${step.title}: ${status.reason}`;
  return why;
}

/** What starts when the present work is done. */
function nextOf(steps: Steps, { wanted }: ObservedPool): string {
  const following = steps.filter(({ status }) => status.state === 'waiting' && status.cause === 'prerequisites');
  const titles = following.slice(0, 3).map(({ step }) => step.title);
  return titles.length > 0 ? titles.join(', ') : `nodes of pool ${wanted.pool} serve`;
}
