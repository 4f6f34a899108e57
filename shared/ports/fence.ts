declare const fenced: unique symbol;

/**
 * Permission for one mutating call. Only `fence()` of the loop hands it out, right after it has checked that this invocation
 * still holds the lease, so a port method that takes one cannot be called without the check (D10).
 */
export interface FencedCall {
  readonly [fenced]: true;
  /** Deadline of the call in milliseconds of real time; shorter than what is left of the lease. */
  readonly timeoutMs: number;
}

/** Made by the loop and by tests of adapters only. */
export function fencedCall(timeoutMs: number): FencedCall {
  // The brand exists in types only; there is nothing at run time to build it from.
  return { timeoutMs } as FencedCall;
}
