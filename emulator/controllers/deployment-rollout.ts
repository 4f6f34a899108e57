/** The sizes of a Deployment's ReplicaSets, as pure arithmetic (pkg/controller/deployment/rolling.go of kubernetes/kubernetes). */
import { numberOrShare } from './templates.ts';

/** One ReplicaSet as a rollout sees it. */
export interface SetSize {
  readonly name: string;
  readonly replicas: number;
  readonly available: number;
}

export interface RolloutState {
  readonly wanted: number;
  readonly maxSurge: unknown;
  readonly maxUnavailable: unknown;
  /** The set of the current template. */
  readonly current: SetSize;
  /** The others, oldest first. */
  readonly old: readonly SetSize[];
}

export interface RolloutLimits {
  readonly surge: number;
  readonly unavailable: number;
}

/** Surge is rounded up and unavailability down; if both come out as 0, one may be unavailable. */
export function limitsOf({ wanted, maxSurge, maxUnavailable }: RolloutState): RolloutLimits {
  const surge = numberOrShare(maxSurge, wanted, Math.ceil);
  const unavailable = Math.min(numberOrShare(maxUnavailable, wanted, Math.floor), wanted);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

/** New sizes by name; only those that change. */
export function nextSizes(state: RolloutState): ReadonlyMap<string, number> {
  const grown = grow(state);
  return grown.size > 0 ? grown : shrink(state);
}

/** One step at a time: the new set first, the old ones when nothing is to be done there. */
function grow({ wanted, current, old, ...rest }: RolloutState): ReadonlyMap<string, number> {
  if (current.replicas > wanted) return new Map([[current.name, wanted]]);
  const { surge } = limitsOf({ wanted, current, old, ...rest });
  const total = [current, ...old].reduce((sum, set) => sum + set.replicas, 0);
  const room = Math.min(wanted + surge - total, wanted - current.replicas);
  return room <= 0 ? new Map() : new Map([[current.name, current.replicas + room]]);
}

/** Unavailable pods of old sets go first, as they cost nothing; then available ones as far as the limit allows. */
function shrink(state: RolloutState): ReadonlyMap<string, number> {
  const { wanted, current, old } = state;
  const floor = wanted - limitsOf(state).unavailable;
  const total = [current, ...old].reduce((sum, set) => sum + set.replicas, 0);
  const missing = current.replicas - current.available;
  let cleanup = Math.max(0, total - floor - missing);
  const cleaned = old.map((set) => {
    const count = Math.min(cleanup, Math.max(0, set.replicas - set.available));
    cleanup -= count;
    return { ...set, replicas: set.replicas - count };
  });
  const available = [current, ...old].reduce((sum, set) => sum + set.available, 0);
  let excess = total - floor - missing > 0 ? Math.max(0, available - floor) : 0;
  const sizes = cleaned.map((set): readonly [string, number] => {
    const count = Math.min(excess, set.replicas);
    excess -= count;
    return [set.name, set.replicas - count];
  });
  return new Map(sizes.filter(([name, size]) => old.find((set) => set.name === name)?.replicas !== size));
}
