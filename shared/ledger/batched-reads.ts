import { setImmediate } from 'node:timers/promises';
import type { Snapshot, StoredDocument } from './firestore-store.ts';

/** One call that several reads share. */
interface Batch {
  readonly names: Set<string>;
  readonly snapshot: Promise<Snapshot>;
}

/**
 * What is asked for before the event loop turns is read in one call. Read side by side instead, each document would need a connection of
 * its own, which in a cold process is a TLS handshake each.
 */
export class BatchedReads {
  readonly #read: (names: readonly string[]) => Promise<Snapshot>;
  #batch: Batch | undefined;

  constructor(read: (names: readonly string[]) => Promise<Snapshot>) {
    this.#read = read;
  }

  /** Undefined: there is no such document. */
  async get(name: string): Promise<StoredDocument | undefined> {
    const batch = (this.#batch ??= this.#start());
    batch.names.add(name);
    return (await batch.snapshot).found.get(name);
  }

  #start(): Batch {
    const names = new Set<string>();
    const snapshot = setImmediate().then(() => {
      this.#batch = undefined;
      return this.#read([...names]);
    });
    return { names, snapshot };
  }
}
