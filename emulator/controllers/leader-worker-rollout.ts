/** Where a LeaderWorkerSet's rolling update is and goes next, as pure arithmetic (kubernetes-sigs/lws rollingUpdateParameters). */
import { numberOrShare } from './templates.ts';

/** One group by its index; a missing one is neither. */
export interface GroupState {
  readonly ready: boolean;
  readonly updated: boolean;
}

export interface LeaderSetState {
  readonly replicas: number;
  readonly partition: number;
  /** The LeaderWorkerSet's size when the set was last written. */
  readonly wantedBefore: number;
  /** Whether the set has the current template already. */
  readonly isCurrent: boolean;
}

export interface GroupRollout {
  readonly wanted: number;
  readonly maxSurge: unknown;
  readonly maxUnavailable: unknown;
  /** Groups below stay as they are. */
  readonly lowestIndex: number;
  readonly set: LeaderSetState | undefined;
  /** By index, as many as the leader set has. */
  readonly groups: readonly GroupState[];
}

export interface GroupSizes {
  readonly replicas: number;
  readonly partition: number;
}

/** How many leaders, and from which index on they get the current template. */
export function nextGroupSizes(rollout: GroupRollout): GroupSizes {
  const { replicas, partition } = unboundedSizes(rollout);
  return { replicas, partition: Math.max(partition, rollout.lowestIndex) };
}

function unboundedSizes({ wanted, set, groups, ...limits }: GroupRollout): GroupSizes {
  if (set === undefined) return { replicas: wanted, partition: 0 };
  const surge = Math.min(wanted, numberOrShare(limits.maxSurge, wanted, Math.ceil));
  const unavailable = numberOrShare(limits.maxUnavailable, wanted, Math.floor);
  /** Surge groups stay until the groups that are left could be down at once. */
  const replicasFor = (unfinished: number): number =>
    wanted + (unfinished > surge ? surge : Math.max(0, unfinished - unavailable));
  if (!set.isCurrent) return { replicas: replicasFor(wanted), partition: Math.min(wanted, set.replicas) };
  const isComplete = set.partition === 0 && set.replicas === wanted;
  if (isComplete) return { replicas: wanted, partition: 0 };
  const isDone = (at: number): boolean => groups[at]?.ready === true && groups[at].updated;
  const unfinished = Array.from({ length: wanted }, (_, at) => at).filter((at) => !isDone(at)).length;
  const replicas = replicasFor(unfinished);
  if (set.wantedBefore !== wanted) return { replicas, partition: Math.min(set.partition, wanted + surge) };
  const step = unavailable + surge - (wanted + surge - set.replicas);
  return { replicas, partition: nextPartition(groups, set, step) };
}

/** Counts done groups from the highest index and goes `step` further; what does not serve anyway is replaced along. */
function nextPartition(groups: readonly GroupState[], set: LeaderSetState, step: number): number {
  const states = Array.from({ length: set.replicas }, (_, at) => groups[at] ?? { ready: false, updated: false });
  const firstUndone = states.findLastIndex(({ ready, updated }) => !(ready && updated));
  const base = Math.max(0, firstUndone + 1 - step);
  let partition = base + states.slice(0, base).filter(({ ready }) => !ready).length;
  for (let at = Math.min(partition, set.replicas - 1); at >= 0; at--) {
    const state = states[at];
    if (state === undefined || (state.ready && !state.updated)) break;
    partition = at;
  }
  return Math.min(partition, set.partition);
}
