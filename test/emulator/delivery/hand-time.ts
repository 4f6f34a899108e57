import type { RealTime } from '../../../emulator/world/real-time.ts';

/** Real time in a test's hand: nothing that waits for a deadline is called back before the test says that it has passed. */
export class HandTime implements RealTime {
  readonly #timers = new Map<() => void, number>();

  /** Deadlines that are waited for, ms. */
  get pending(): readonly number[] {
    return [...this.#timers.values()];
  }

  nowMs(): number {
    return 0;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    this.#timers.set(callback, delayMs);
    return () => void this.#timers.delete(callback);
  }

  /** Lets every deadline that is waited for pass. */
  pass(): void {
    const due = [...this.#timers.keys()];
    this.#timers.clear();
    for (const callback of due) callback();
  }
}
