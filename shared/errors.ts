/** What went wrong, in the one vocabulary that the loop decides by. Vendor codes are translated into it by the adapters. */
export const failureKinds = [
  /** Another operation holds the resource; the same call succeeds once that one is over. Not a failure. */
  'busy',
  /** The call may or may not have taken effect (timeout, 5xx, reset): re-read first, then repeat. */
  'transient',
  /** No stock now: retried slowly, reported after a while. */
  'capacity',
  /** A project limit: a person must raise it. */
  'quota',
  /** The name is taken, perhaps by our own earlier attempt: read, compare, adopt. */
  'exists',
  /** The resource is not there (any more). */
  'gone',
  /** Identity or permission; may heal by itself within minutes of an IAM grant. */
  'auth',
  /** Repeating the same call cannot help. */
  'permanent',
] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface FailureFacts {
  /** Machine-readable detail of the vendor, e.g. `RESERVATION_NOT_READY`. */
  readonly code?: string;
  /** What the caller waits for, for `busy`: an operation or a resource, in words. */
  readonly waitingFor?: string;
  /** The vendor's own wish, seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * The only error class that crosses a port. Message: gerund, object, fact, value
 * (`creating subnet demo-rdma-sub-0: range 10.0.0.0/24 overlaps demo-sub-0`); `cause` is the vendor's error.
 */
export class AutomationError extends Error {
  override readonly name: string = 'AutomationError';
  readonly kind: FailureKind;
  readonly facts: FailureFacts;

  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.facts = facts;
  }
}

/** Turns whatever was thrown into an Error, so that a log line and a `cause` always have a message. */
export function ensureError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`a non-error was thrown: ${String(thrown)}`);
}

/** Marks a branch that the types rule out; reaching it is a bug and looks like one. */
export function assertNever(value: never, context: string): never {
  throw new Error(`${context}: unexpected value ${JSON.stringify(value)}`);
}
