import type { JsonObject } from '../domain/json.ts';
import type { FencedCall } from './fence.ts';

/** How to reach a cluster's API server. */
export interface ClusterConnection {
  /** `https://…`, no trailing slash. */
  readonly server: string;
  /** PEM of a private CA; absent for the DNS endpoint, whose certificate is public. */
  readonly caCertificate?: string;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ObjectQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Kubernetes label selector syntax. */
  readonly labelSelector?: string;
  /** Kubernetes field selector syntax, e.g. `spec.nodeName=a`; each kind has few fields to select by. */
  readonly fieldSelector?: string;
}

/** Objects inside a cluster. All methods throw `AutomationError` only. */
export interface ClusterObjects {
  /**
   * Server-side apply as our field manager, without force: a field that another manager owns is a `permanent` error that names
   * the manager and the field. Applying the same object again changes nothing.
   * Throws `gone` while the kind is not served yet (its CRD is not established).
   */
  apply(connection: ClusterConnection, object: JsonObject, call: FencedCall): Promise<JsonObject>;
  /** The object, undefined if it (or its kind) does not exist. */
  read(connection: ClusterConnection, ref: ObjectRef): Promise<JsonObject | undefined>;
  /** All matching objects, pages followed; empty if the kind is not served. */
  list(connection: ClusterConnection, query: ObjectQuery): Promise<readonly JsonObject[]>;
}
