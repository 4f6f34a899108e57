import type { RoleName } from '../domain/model-service.ts';
import type { Engine } from './engine.ts';

/** A replica as whoever runs it sees it. */
export interface ReplicaState {
  /** Unique for ever: a successor of the same name has another one. */
  readonly id: string;
  /** As the endpoint picker calls it: the name of its (leader) pod. */
  readonly endpoint: string;
  readonly role: RoleName;
  /** Ready, and not on its way out: takes new requests. What it has it finishes in any case. */
  readonly accepts: boolean;
}

/** A replica in the model. */
export interface Replica {
  state: ReplicaState;
  readonly engine: Engine;
}

/** The least loaded that accepts; of equals the one with more room, then the first by id, so that the order of arrival does not matter. */
export function leastLoaded(replicas: readonly Replica[]): Replica | undefined {
  let best: Replica | undefined;
  for (const replica of replicas) if (best === undefined || isBetter(replica, best)) best = replica;
  return best;
}

function isBetter({ engine, state }: Replica, best: Replica): boolean {
  if (engine.load !== best.engine.load) return engine.load < best.engine.load;
  if (engine.kvUsedRatio !== best.engine.kvUsedRatio) return engine.kvUsedRatio < best.engine.kvUsedRatio;
  return state.id < best.state.id;
}
