import { AutomationError } from '../errors.ts';

/**
 * What is known of a long-running operation. `gone` and `unreadable` are neither done nor failed: the resource's own status
 * decides (D4), and where the resource is not there either, whoever plans decides how long that is waited for.
 */
export type OperationReading =
  | { readonly state: 'running'; readonly progress?: string }
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly error: AutomationError }
  /** The service does not know it (any more), so nothing will ever be learnt from it. */
  | { readonly state: 'gone'; readonly reason: string }
  /** The kind of the error says whether the next look may learn more. */
  | { readonly state: 'unreadable'; readonly error: AutomationError };

/** Not to learn what an operation does is a reading, too. What is not an `AutomationError` is a bug and goes on being thrown. */
export async function readingOrWhyNot(read: () => Promise<OperationReading>): Promise<OperationReading> {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return thrown.kind === 'gone' ? { state: 'gone', reason: thrown.message } : { state: 'unreadable', error: thrown };
  }
}

/** An operation that somebody started on a cluster and that is not over. */
export interface ClusterOperation {
  /** Short name, e.g. `operation-1700000000000-abc`. */
  readonly name: string;
  /** GKE's type, e.g. `UPGRADE_MASTER`. */
  readonly type: string;
  /** What it works on: `cluster` or `pool/<name>`. */
  readonly subject: string;
  /** Absent where GKE does not say. */
  readonly startedAtMs?: number;
}

/** Whether an operation keeps others off a pool: GKE runs one per pool at a time, and none beside one of the cluster itself. */
export function occupiesPool({ subject }: ClusterOperation, pool: string): boolean {
  return subject === 'cluster' || subject === `pool/${pool}`;
}
