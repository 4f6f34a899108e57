import type { JsonObject } from '../domain/json.ts';
import type { ClusterOperation, OperationReading } from '../domain/operation.ts';
import type { Place } from '../domain/place.ts';
import type { FencedCall } from './fence.ts';

/** GKE clusters. All methods throw `AutomationError` only. */
export interface Clusters {
  /** The cluster with its node pools, as the GKE API shows it (enum names, not numbers); undefined if there is none. */
  read(place: Place, cluster: string): Promise<JsonObject | undefined>;
  /** Starts the creation; returns the operation's short name. GKE has no request id: read right before. Throws `exists`. */
  create(place: Place, body: JsonObject, call: FencedCall): Promise<string>;
  /**
   * State of an operation. Fails by `error` or `statusMessage`: both are read. Never throws for a missing or unreadable one: that is
   * `gone` or `unreadable`.
   */
  readOperation(place: Place, operation: string): Promise<OperationReading>;
  /** Operations on the cluster and its pools that are not over, whoever started them. */
  runningOperations(place: Place, cluster: string): Promise<readonly ClusterOperation[]>;
}

/** GKE node pools. Operations are read through `Clusters`. */
export interface NodePools {
  /** The pool as the GKE API shows it; undefined if there is none. */
  read(place: Place, cluster: string, pool: string): Promise<JsonObject | undefined>;
  /** Starts the creation; returns the operation's short name. Throws `busy` while the cluster is operated on, `exists`. */
  create(cluster: ClusterRef, body: JsonObject, call: FencedCall): Promise<string>;
}

export interface ClusterRef {
  readonly place: Place;
  readonly cluster: string;
}
