/** Attempts at something that others may be in the way of: repeated after pauses, counted and bounded. */
import { AutomationError } from '../errors.ts';

/** One attempt: what came of it, or who was in the way. */
export type Attempt<T> = { readonly result: T } | { readonly contention: string };

/** Repetitions before it gives up. Firestore's own clients stop after 5 (Firestore documentation, "Transactions and batched writes"). */
const MAX_ATTEMPTS = 10;

/** Pause after the first attempt, ms, at most; doubled with each further one. */
const FIRST_PAUSE_MS = 20;

/** All pauses of one transaction together take less than 5 s: what waits for it has deadlines of its own. */
const MAX_PAUSE_MS = 1_000;

export interface InsistOptions {
  /** Waits for a random part of so many ms of real time: two that met must not meet again. */
  readonly pause: (upToMs: number) => Promise<void>;
  /** Told once for all that it had to repeat, whether it succeeded in the end or not. */
  readonly onRepeated?: (repeated: Repeated) => void;
}

/** For the log, from which it can be counted. */
export interface Repeated {
  readonly doing: string;
  readonly attempts: number;
  /** Why the last attempt but one, or the last one of all, came to nothing. */
  readonly reason: string;
  readonly gaveUp: boolean;
}

/** Throws a `transient` error in the end: a delivery that cannot write is not acknowledged, and comes again. */
export async function insist<T>(
  { pause, onRepeated }: InsistOptions,
  doing: string,
  attempt: (attempts: number) => Promise<Attempt<T>>,
): Promise<T> {
  let reason = '';
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(attempts);
    if ('result' in outcome) {
      if (attempts > 1) onRepeated?.({ doing, attempts, reason, gaveUp: false });
      return outcome.result;
    }
    reason = outcome.contention;
    if (attempts === MAX_ATTEMPTS) {
      onRepeated?.({ doing, attempts, reason, gaveUp: true });
      throw new AutomationError('transient', `${doing}: ${reason}, gave up after ${attempts} attempts`);
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS));
  }
}
