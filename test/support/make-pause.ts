import { KeyedRandom } from '../../emulator/world/random.ts';

/** The pauses of a ledger without real time: a random number of turns of the event loop, the same in each run. */
export function makePause(): (upToMs: number) => Promise<void> {
  const random = new KeyedRandom('pauses');
  let pauses = 0;
  return async (upToMs) => {
    const turns = 1 + Math.floor(random.between(0, upToMs, pauses++));
    for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
  };
}
