import type { AutomationError } from '../errors.ts';

/**
 * What is known of a long-running operation. `unreadable` is neither done nor failed: the resource's own status decides (D4).
 */
export type OperationReading =
  | { readonly state: 'running'; readonly progress?: string }
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly error: AutomationError }
  | { readonly state: 'unreadable'; readonly reason: string };

/** An operation that somebody started on a cluster and that is not over. */
export interface ClusterOperation {
  /** Short name, e.g. `operation-1700000000000-abc`. */
  readonly name: string;
  /** GKE's type, e.g. `UPGRADE_MASTER`. */
  readonly type: string;
  /** The resource it works on: `cluster` or `pool/<name>`. */
  readonly subject: string;
  readonly startedAtMs?: number;
}
