/** Why no look outlives the lease that it began with. */
import { AutomationError } from './errors.ts';

/**
 * Real time within which `observe` must have read the world, ms. The lease is not renewed meanwhile, so a longer look would be
 * taken over and could never record anything, again and again and unseen. Ending it 15 s before the lease does makes of it a blind
 * look like any other: status says what took too long, and the pauses grow.
 */
export const LOOK_LIMIT_MS = 45_000;

/** Throws a `transient` error when it takes too long. What it still reads then is not stopped: each call has a deadline of its own. */
export async function withinLookLimit<T>(look: () => Promise<T>): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  AbortSignal.timeout(LOOK_LIMIT_MS).addEventListener('abort', () => {
    reject(new AutomationError('transient', `reading the world: not done after ${LOOK_LIMIT_MS / 1000} s`));
  });
  return await Promise.race([look(), limit]);
}
