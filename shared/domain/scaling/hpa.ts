/**
 * One decision of the Horizontal Pod Autoscaler, from the proposals of its metrics to a size: kubernetes/kubernetes v1.35.4,
 * pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetrics, normalizeDesiredReplicas…, reconcileAutoscaler).
 */
import {
  type Behavior,
  downLimit,
  type HpaMemory,
  longestWindowSeconds,
  type Moment,
  remember,
  rememberChange,
  stabilize,
  stabilizeDown,
  upLimit,
  upLimitWithoutBehavior,
} from './hpa-behavior.ts';
import type { HpaProposal } from './hpa-calculator.ts';

/** Hard limits: no window or rate leads outside of them. */
export interface HpaBounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** What kept the size from the recommendation, in the words of the condition `ScalingLimited`. */
export type HpaLimit = 'ScaleUpLimit' | 'ScaleDownLimit' | 'TooManyReplicas' | 'TooFewReplicas' | 'DesiredWithinRange';

/** A size after windows, rates and bounds, and what kept it from the recommendation. */
export interface HpaNormalized {
  readonly replicas: number;
  /** The recommendation after the windows, before rates and bounds. */
  readonly stabilizedReplicas: number;
  readonly limit: HpaLimit;
  readonly memory: HpaMemory;
}

/** What all metrics together ask for. `unknown` keeps the current size. */
export type HpaCombined =
  | { readonly kind: 'wanted'; readonly replicas: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The largest proposal wins. A failed metric blocks the way down, all failed ones every way: the size is kept and nothing is remembered. */
export function combineProposals(proposals: readonly HpaProposal[], currentReplicas: number): HpaCombined {
  const failed = proposals.filter((proposal) => proposal.kind === 'failed');
  const valid = proposals.filter((proposal) => proposal.kind === 'proposal').map(({ replicas }) => replicas);
  const replicas = Math.max(0, ...valid);
  const reason = failed[0]?.reason ?? 'no metric';
  if (valid.length === 0 || (failed.length > 0 && replicas < currentReplicas)) return { kind: 'unknown', reason };
  return { kind: 'wanted', replicas };
}

/** One recommendation and everything that limits it. */
export interface Recommended extends Moment, HpaBounds {
  readonly wanted: number;
}

/** Windows, then rates, then bounds. */
export function normalize(memory: HpaMemory, behavior: Behavior, recommended: Recommended): HpaNormalized {
  const stabilizedReplicas = stabilize(memory, behavior, recommended);
  const { replicas, limit } = limitRate(memory, behavior, { ...recommended, wanted: stabilizedReplicas });
  const recommendation = { atMs: recommended.nowMs, replicas: recommended.wanted };
  const next = remember(memory, longestWindowSeconds(behavior), recommendation);
  return { replicas, stabilizedReplicas, limit, memory: next };
}

/** The tighter of rate and bound limits, and is what is named; the bound, where they are equal. */
function limitRate(
  memory: HpaMemory,
  behavior: Behavior,
  recommended: Recommended,
): Pick<HpaNormalized, 'replicas' | 'limit'> {
  const { wanted, currentReplicas, minReplicas, maxReplicas } = recommended;
  if (wanted > currentReplicas) {
    const rate = upLimit(memory, behavior.up, recommended);
    if (wanted <= Math.min(maxReplicas, rate)) return { replicas: wanted, limit: 'DesiredWithinRange' };
    return maxReplicas > rate
      ? { replicas: rate, limit: 'ScaleUpLimit' }
      : { replicas: maxReplicas, limit: 'TooManyReplicas' };
  }
  if (wanted < currentReplicas) {
    const rate = downLimit(memory, behavior.down, recommended);
    if (wanted >= Math.max(minReplicas, rate)) return { replicas: wanted, limit: 'DesiredWithinRange' };
    return minReplicas < rate
      ? { replicas: rate, limit: 'ScaleDownLimit' }
      : { replicas: minReplicas, limit: 'TooFewReplicas' };
  }
  return { replicas: wanted, limit: 'DesiredWithinRange' };
}

/** The older path, for an autoscaler without `behavior`: a window for the way down only, and `max(2n, 4)` for the way up. */
export function normalizeWithoutBehavior(
  memory: HpaMemory,
  downWindowSeconds: number,
  recommended: Recommended,
): HpaNormalized {
  const { nowMs, wanted, currentReplicas, minReplicas, maxReplicas } = recommended;
  const stabilizedReplicas = stabilizeDown(memory, downWindowSeconds, recommended);
  const next = remember(memory, downWindowSeconds, { atMs: nowMs, replicas: wanted });
  const rate = upLimitWithoutBehavior(currentReplicas);
  const most = Math.min(maxReplicas, rate);
  const replicas = Math.max(minReplicas, Math.min(stabilizedReplicas, most));
  const limit = limitWithoutBehavior(stabilizedReplicas, { minReplicas, maxReplicas }, rate);
  return { replicas, stabilizedReplicas, limit, memory: next };
}

function limitWithoutBehavior(wanted: number, { minReplicas, maxReplicas }: HpaBounds, rate: number): HpaLimit {
  if (wanted < minReplicas) return 'TooFewReplicas';
  if (wanted <= Math.min(maxReplicas, rate)) return 'DesiredWithinRange';
  return maxReplicas > rate ? 'ScaleUpLimit' : 'TooManyReplicas';
}

/** What is configured for one autoscaler, and for all of them by a flag of the controller. */
export interface HpaConfig extends HpaBounds {
  /** Absent: the older path. */
  readonly behavior?: Behavior;
  /** `--horizontal-pod-autoscaler-downscale-stabilization`: counts where there is no `behavior`. */
  readonly downWindowSeconds: number;
}

/** The size to set, and what the next decision has to remember. */
export interface HpaDecision {
  readonly desiredReplicas: number;
  readonly memory: HpaMemory;
  /** Absent: bounds, a target at zero or failed metrics decided. */
  readonly normalized?: HpaNormalized;
}

/**
 * One whole decision. A size outside the bounds is put right at once, past metrics, windows and rates; a workload that somebody set to
 * zero is left alone unless the floor is zero; else the metrics decide.
 */
export function decideAsHpa(
  memory: HpaMemory,
  config: HpaConfig,
  moment: Moment & { readonly proposals: readonly HpaProposal[] },
): HpaDecision {
  const { currentReplicas } = moment;
  const { minReplicas, maxReplicas, behavior } = config;
  const to = (desiredReplicas: number, from: HpaMemory): HpaDecision => ({
    desiredReplicas,
    memory: behavior === undefined ? from : rememberChange(from, behavior, { ...moment, toReplicas: desiredReplicas }),
  });
  if (currentReplicas === 0 && minReplicas !== 0) return { desiredReplicas: 0, memory };
  if (currentReplicas > maxReplicas) return to(maxReplicas, memory);
  if (currentReplicas < minReplicas) return to(minReplicas, memory);
  const combined = combineProposals(moment.proposals, currentReplicas);
  if (combined.kind === 'unknown') return { desiredReplicas: currentReplicas, memory };
  const recommended = { ...moment, minReplicas, maxReplicas, wanted: combined.replicas };
  const normalized =
    behavior === undefined
      ? normalizeWithoutBehavior(memory, config.downWindowSeconds, recommended)
      : normalize(memory, behavior, recommended);
  return { ...to(normalized.replicas, normalized.memory), normalized };
}
