/** Follows an answer of the status API until it is over, through restarts of the function behind it. */
import { UnreachableError } from './exit.ts';
import type { Io } from './io.ts';

/** Real time between two looks, ms. */
const POLL_MS = 250;

/** How long nobody has to answer before we give up, ms of real time: a function process restarts within seconds. */
export const PATIENCE_MS = 60_000;

/** Resolves with the answer that is the last one. `show` is called with each; what it throws ends the watch. */
export async function watch<T>(io: Io, read: () => Promise<T>, show: (answer: T) => 'go on' | 'over'): Promise<T> {
  let answeredAtMs = io.nowMs();
  for (;;) {
    const answer = await readPatiently(io, read, answeredAtMs);
    if (answer !== 'none') {
      answeredAtMs = io.nowMs();
      if (show(answer.value) === 'over') return answer.value;
    }
    await io.sleep(POLL_MS);
  }
}

/** `none`: there was no answer, and patience is left. */
async function readPatiently<T>(
  io: Io,
  read: () => Promise<T>,
  answeredAtMs: number,
): Promise<'none' | { readonly value: T }> {
  try {
    return { value: await read() };
  } catch (thrown) {
    if (!(thrown instanceof UnreachableError)) throw thrown;
    if (io.nowMs() - answeredAtMs < PATIENCE_MS) return 'none';
    throw new UnreachableError(`no answer for ${PATIENCE_MS / 1000} s, given up: ${thrown.message}`, { cause: thrown });
  }
}
