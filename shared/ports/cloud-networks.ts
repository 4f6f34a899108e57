import type { JsonObject } from '../domain/json.ts';
import type { OperationReading } from '../domain/operation.ts';
import type { Place } from '../domain/place.ts';
import type { FencedCall } from './fence.ts';

/** `networks` and `firewalls` are global, `subnetworks` and `routers` regional. */
export type NetworkKind = 'networks' | 'subnetworks' | 'firewalls' | 'routers';

/** Words for people; also the first part of step ids. */
export const networkNouns: Readonly<Record<NetworkKind, string>> = {
  networks: 'network',
  subnetworks: 'subnet',
  firewalls: 'firewall',
  routers: 'router',
};

/** The VPC layer. All methods throw `AutomationError` only. */
export interface CloudNetworks {
  /** Every resource of one kind in the project (and region), pages followed; bodies as the Compute API shows them. */
  list(kind: NetworkKind, place: Place): Promise<readonly JsonObject[]>;
  /**
   * Starts the creation of `body['name']` and returns the operation's name.
   * Repeating it with the same `requestId` has no second effect. Throws `exists` when the name is taken.
   */
  create(kind: NetworkKind, request: CreateResource, call: FencedCall): Promise<string>;
  /** State of an operation that `create` returned. Never throws for a missing or unreadable one: that is `gone` or `unreadable`. */
  readOperation(kind: NetworkKind, place: Place, operation: string): Promise<OperationReading>;
}

export interface CreateResource {
  readonly place: Place;
  readonly body: JsonObject;
  /** UUID; Compute Engine remembers it and answers a repetition with the first call's operation. */
  readonly requestId: string;
}
