/**
 * How fast a recommendation may become a size, as the Horizontal Pod Autoscaler limits it: kubernetes/kubernetes v1.35.4,
 * pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendation…, calculateScale…Limit…, storeScaleEvent).
 */

export interface ScalingPolicy {
  /** `Pods`: that many replicas a period; `Percent`: that part of the replicas at the period's start. */
  readonly type: 'Pods' | 'Percent';
  /** Replicas, or percent of them; at least 1. */
  readonly value: number;
  readonly periodSeconds: number;
}

/** One direction (autoscaling/v2, HPAScalingRules). */
export interface ScalingRules {
  /** 0 to 3600. 0 follows every recommendation at once. */
  readonly stabilizationWindowSeconds: number;
  /** Which policy counts where several allow something: the largest change, the smallest one, or no change at all. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** Both directions, each with limits of its own: growing late loses requests, shrinking late costs money. */
export interface Behavior {
  readonly up: ScalingRules;
  readonly down: ScalingRules;
}

interface Recommendation {
  readonly atMs: number;
  readonly replicas: number;
}

interface ScaleEvent {
  readonly atMs: number;
  /** Replicas added or removed, always positive. */
  readonly change: number;
}

/** What the next decisions need to know of the past ones; plain JSON. */
export interface HpaMemory {
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
}

/** The memory of a workload seen for the first time: its size counts as a recommendation, so nothing shrinks before the window is over. */
export function beginMemory(currentReplicas: number, nowMs: number): HpaMemory {
  return { recommendations: [{ atMs: nowMs, replicas: currentReplicas }], ups: [], downs: [] };
}

/** When, and from how many replicas, a change would begin. */
export interface Moment {
  readonly nowMs: number;
  readonly currentReplicas: number;
}

/**
 * Up never passes the lowest recommendation of the up window, down never the highest of the down window.
 * A recommendation exactly as old as the window counts no more.
 */
export function stabilize(memory: HpaMemory, behavior: Behavior, moment: Moment & { readonly wanted: number }): number {
  const youngerThan = (seconds: number) =>
    memory.recommendations.filter(({ atMs }) => atMs > moment.nowMs - seconds * 1000).map(({ replicas }) => replicas);
  const lowest = Math.min(moment.wanted, ...youngerThan(behavior.up.stabilizationWindowSeconds));
  const highest = Math.max(moment.wanted, ...youngerThan(behavior.down.stabilizationWindowSeconds));
  return Math.min(Math.max(moment.currentReplicas, lowest), highest);
}

/** Without `behavior` only the way down is held, and one exactly as old as the window still counts. */
export function stabilizeDown(
  memory: HpaMemory,
  windowSeconds: number,
  moment: Moment & { readonly wanted: number },
): number {
  const counted = memory.recommendations.filter(({ atMs }) => atMs >= moment.nowMs - windowSeconds * 1000);
  return Math.max(moment.wanted, ...counted.map(({ replicas }) => replicas));
}

/**
 * Remembers what was wanted. What is older than every window has no effect and goes; a run of equal recommendations is kept as its
 * newest one, since the window holds some of the run exactly when it holds that one. So the list stays short.
 */
export function remember(memory: HpaMemory, windowSeconds: number, recommendation: Recommendation): HpaMemory {
  const oldestMs = recommendation.atMs - windowSeconds * 1000;
  const kept = memory.recommendations.filter(({ atMs }) => atMs >= oldestMs);
  const before = kept.at(-1)?.replicas === recommendation.replicas ? kept.slice(0, -1) : kept;
  return { ...memory, recommendations: [...before, recommendation] };
}

/** How far back recommendations have to be remembered. */
export function longestWindowSeconds({ up, down }: Behavior): number {
  return Math.max(up.stabilizationWindowSeconds, down.stabilizationWindowSeconds);
}

/** The most replicas that the policies allow now; never fewer than there are. Example: 4 and 100 % a period → 8, then 8 until it ends. */
export function upLimit(memory: HpaMemory, rules: ScalingRules, moment: Moment): number {
  const { currentReplicas } = moment;
  if (rules.selectPolicy === 'Disabled') return currentReplicas;
  const limits = rules.policies.map((policy) => {
    const start = replicasAtStart(memory, policy.periodSeconds, moment);
    // Rounded up, else a small workload could never grow.
    return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  const limit = rules.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
  return Math.max(limit, currentReplicas);
}

/** The fewest replicas that the policies allow now; never more than there are. */
export function downLimit(memory: HpaMemory, rules: ScalingRules, moment: Moment): number {
  const { currentReplicas } = moment;
  if (rules.selectPolicy === 'Disabled') return currentReplicas;
  const limits = rules.policies.map((policy) => {
    const start = replicasAtStart(memory, policy.periodSeconds, moment);
    return policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  const limit = rules.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
  return Math.min(limit, currentReplicas);
}

/** Without `behavior`: double, or four (`scaleUpLimitFactor`, `scaleUpLimitMinimum`). Example: from 1 to 4, from 3 to 6. */
export function upLimitWithoutBehavior(currentReplicas: number): number {
  return Math.max(2 * currentReplicas, 4);
}

/** Replicas when the period began, from the events of both directions; an event exactly as old as the period counts no more. */
function replicasAtStart(memory: HpaMemory, periodSeconds: number, { nowMs, currentReplicas }: Moment): number {
  const changed = (events: readonly ScaleEvent[]) =>
    events.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0);
  return currentReplicas - changed(memory.ups) + changed(memory.downs);
}

/**
 * Remembers a change of size. The new event takes the place of the last one older than the longest period of its own direction, also
 * where the other direction has a longer period and would still have needed it: so upstream forgets, and so the list stays short.
 */
export function rememberChange(
  memory: HpaMemory,
  behavior: Behavior,
  change: Moment & { readonly toReplicas: number },
): HpaMemory {
  const by = change.toReplicas - change.currentReplicas;
  if (by === 0) return memory;
  const event: ScaleEvent = { atMs: change.nowMs, change: Math.abs(by) };
  return by > 0
    ? { ...memory, ups: replaceOutdated(memory.ups, behavior.up, event) }
    : { ...memory, downs: replaceOutdated(memory.downs, behavior.down, event) };
}

function replaceOutdated(events: readonly ScaleEvent[], rules: ScalingRules, event: ScaleEvent): readonly ScaleEvent[] {
  const longestSeconds = Math.max(0, ...rules.policies.map(({ periodSeconds }) => periodSeconds));
  const index = events.findLastIndex(({ atMs }) => atMs < event.atMs - longestSeconds * 1000);
  return index < 0 ? [...events, event] : events.with(index, event);
}
