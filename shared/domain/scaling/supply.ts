/** What serves, what will serve soon, and what only looks as if it would. */
import type { RoleInput, Term } from './types.ts';
import { counted } from '../counted.ts';

/** A replica that has not come up within this many start-up times is no supply: it waits for a GPU, an image or a repair. */
export const PENDING_LIMIT_STARTUPS = 2;

/** Replicas by what can be expected of them. */
export interface Supply {
  readonly ready: number;
  /** Asked for and within the age limit, whether or not the pod exists yet. */
  readonly starting: number;
  /** Asked for and too old to be counted on. */
  readonly stuck: number;
  /** `ready + starting` */
  readonly total: number;
  readonly term: Term;
}

/**
 * Counts by what was asked for, so that replicas without a pod yet are known to be under way.
 * Example: 8 asked for, 4 ready, 3 pending of which 1 for too long → 4 ready, 3 starting, 1 stuck.
 */
export function countSupply(role: RoleInput, nowMs: number): Supply {
  const limitMs = PENDING_LIMIT_STARTUPS * role.startupSeconds * 1000;
  const ready = Math.min(role.readyReplicas, role.currentReplicas);
  const notReady = role.currentReplicas - ready;
  const old = role.pending.filter(({ sinceMs }) => nowMs - sinceMs > limitMs).length;
  const stuck = Math.min(notReady, old);
  const starting = notReady - stuck;
  const supply = { ready, starting, stuck, total: ready + starting };
  return { ...supply, term: supplyTerm(role, supply) };
}

/**
 * Never asks again for what is already starting: `demand <= replicas ? demand : max(demand - pending, replicas)`
 * (llm-d/llm-d guides/workload-autoscaling/keda-epp, queue-guard/scaledobject.yaml). For totals only, never for a ratio.
 * Example: demand 10, 4 ready and 4 starting → max(10 - 4, 8) = 8.
 */
export function guardOvershoot(demand: number, { starting, total }: Supply): number {
  return demand <= total ? demand : Math.max(demand - starting, total);
}

/**
 * Stuck replicas still take places of the size that is asked for. Where more is needed than serves, one replica is asked for beside
 * them: one more try, not a pile of pods before an empty stock. And nothing is taken away while more is needed than serves.
 * Example: 5 needed, 4 ready, 1 stuck → 6.
 */
export function replaceStuck(needed: number, supply: Supply, currentReplicas: number): number {
  if (supply.stuck === 0 || needed <= supply.ready) return needed;
  return Math.max(needed + 1, currentReplicas);
}

function supplyTerm(role: RoleInput, supply: Omit<Supply, 'term'>): Term {
  const { ready, starting, stuck, total } = supply;
  const limitSeconds = PENDING_LIMIT_STARTUPS * role.startupSeconds;
  const parts = [`${ready} ready`, `${starting} starting`];
  if (stuck > 0) parts.push(`${stuck} not up after ${limitSeconds} s and no longer counted`);
  if (role.terminating.length > 0) parts.push(`${role.terminating.length} being deleted and not counted`);
  return {
    name: 'supply',
    inputs: [],
    formula: parts.join(', '),
    result: `${total} of ${counted(role.currentReplicas, 'replica')}`,
  };
}
