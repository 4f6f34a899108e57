import type { WorldClock } from './clock.ts';

/** One mutating call that the world accepted, in order of arrival. */
export interface JournalEntry {
  readonly atMs: number;
  /** `compute`, `container`, `kubernetes`, `pubsub`, `tasks`. */
  readonly service: string;
  /** `insert`, `createCluster`, `apply`, … */
  readonly method: string;
  /** Path of the resource from the project on (`projects/demo/global/networks/a`), or its API path inside a cluster. */
  readonly resource: string;
  /** False when the call changed nothing: a repeated request id, an apply that was a no-op. */
  readonly effect: boolean;
}

/** Services whose changes are the work itself; messages, timers and time series are only how it goes on and what is seen of it. */
export const worksServices: readonly string[] = ['compute', 'container', 'kubernetes'];

/** What happened in the world: the record that tests judge "nothing was created twice" by. */
export class Journal {
  readonly #clock: WorldClock;
  readonly entries: JournalEntry[] = [];
  /** Called at each entry, when the call has taken effect and before its answer is sent. */
  onEntry: ((entry: JournalEntry) => void) | undefined;

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  record(entry: Omit<JournalEntry, 'atMs'>): void {
    const recorded = { atMs: this.#clock.nowMs(), ...entry };
    this.entries.push(recorded);
    if (recorded.effect && worksServices.includes(recorded.service)) this.#clock.stir();
    this.onEntry?.(recorded);
  }
}
