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

/**
 * The replica with the fewest prompts before a new one, then with the fewest requests, then with the most room, as the queue and KV
 * cache scorers of the endpoint picker weigh them (llm-d/llm-d-router pkg/epp/framework/plugins/scheduling/scorer). By the number of
 * requests alone, answers that end together would draw a whole burst of prompts to one replica. Of equals the first by id.
 */
export function leastLoaded(replicas: readonly Replica[]): Replica | undefined {
  let best: Replica | undefined;
  for (const replica of replicas) if (best === undefined || isBetter(replica, best)) best = replica;
  return best;
}

function isBetter({ engine, state }: Replica, best: Replica): boolean {
  if (engine.waitingPrompts !== best.engine.waitingPrompts) return engine.waitingPrompts < best.engine.waitingPrompts;
  if (engine.load !== best.engine.load) return engine.load < best.engine.load;
  if (engine.kvUsedRatio !== best.engine.kvUsedRatio) return engine.kvUsedRatio < best.engine.kvUsedRatio;
  return state.id < best.state.id;
}
