import type { WorldClock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { KeyedRandom } from './random.ts';

/** What every part of the world is built on. */
export interface WorldBase {
  readonly clock: WorldClock;
  readonly random: KeyedRandom;
  readonly journal: Journal;
  /** Project id, e.g. `demo`. */
  readonly project: string;
  /** Project number as decimal text; appears in some resource links. */
  readonly projectNumber: string;
}
