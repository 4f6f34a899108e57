import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../domain/json.ts';
import type { LedgerKey, LedgerTransaction, Storable } from '../ports/ledger.ts';
import { BatchedReads } from './batched-reads.ts';
import { commitOf, nameOf, toDocument, toFields } from './firestore-documents.ts';
import type { FirestoreStore, FirestoreWrite, Snapshot } from './firestore-store.ts';
import { refuseReadAfterWrite, refuseTimeBeforeRead } from './transaction-rules.ts';

/**
 * One attempt of one transaction. It holds no locks: reads see one snapshot, and the commit states of everything that was read that it
 * has not changed since. So whoever is killed in the middle of it keeps nobody waiting, and what only reads costs one call.
 */
export class FirestoreTransaction implements LedgerTransaction {
  readonly #store: FirestoreStore;
  /** The clock that stands for the store's own; undefined: none does. */
  readonly #clockMs: (() => number) | undefined;
  readonly #mark = randomUUID();
  /** Name → update time of what was seen, undefined for a document that was not there. */
  readonly #seen = new Map<string, string | undefined>();
  readonly #writes = new Map<string, FirestoreWrite>();
  /** Of the first read; all others see the same instant. */
  #readTime: string | undefined;
  #nowMs: number | undefined;
  readonly #reads = new BatchedReads((names) => {
    const read = this.#readAfter(this.#lastRead, names);
    this.#lastRead = read;
    return read;
  });
  /** The latest read that was asked for: they are made one after the other, since all have the instant of the first. */
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor(store: FirestoreStore, clockMs: (() => number) | undefined) {
    this.#store = store;
    this.#clockMs = clockMs;
  }

  get nowMs(): number {
    return this.#nowMs ?? refuseTimeBeforeRead();
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    if (this.#writes.size > 0) refuseReadAfterWrite(key);
    const found = await this.#reads.get(nameOf(this.#store.root, key));
    return found && toDocument(found);
  }

  put(key: LedgerKey, value: Storable): void {
    const name = nameOf(this.#store.root, key);
    this.#writes.set(name, { update: { name, fields: toFields(key, value, this.#mark) } });
  }

  remove(key: LedgerKey): void {
    const name = nameOf(this.#store.root, key);
    this.#writes.set(name, { delete: name });
  }

  /** Throws `ConflictError` when something that was read has changed since. What only read was right at its instant. */
  async commit(): Promise<void> {
    if (this.#writes.size === 0) return;
    const unchanged = [...this.#seen.keys()].filter((name) => !this.#writes.has(name)).map((verify) => ({ verify }));
    const conditioned = [...this.#writes].map(([name, write]) => this.#onCondition(name, write));
    await this.#store.commit([...conditioned, ...unchanged.map((write) => this.#onCondition(write.verify, write))]);
  }

  /** Names of what is written and not removed: each bears the mark of this commit. */
  get updated(): readonly string[] {
    return [...this.#writes.values()].flatMap(({ update }) => update?.name ?? []);
  }

  /** Whether its commit was made: it writes all or nothing, so one mark tells, unless everything was written over meanwhile. */
  isMadeIn(found: Snapshot['found']): boolean {
    return this.updated.some((name) => {
      const document = found.get(name);
      return document !== undefined && commitOf(document) === this.#mark;
    });
  }

  #onCondition(name: string, write: FirestoreWrite): FirestoreWrite {
    if (!this.#seen.has(name)) return write;
    const updateTime = this.#seen.get(name);
    return { ...write, currentDocument: updateTime === undefined ? { exists: false } : { updateTime } };
  }

  async #readAfter(earlier: Promise<unknown>, names: readonly string[]): Promise<Snapshot> {
    await earlier;
    const snapshot = await this.#store.batchGet(names, this.#readTime);
    if (this.#readTime === undefined) {
      this.#readTime = snapshot.readTime;
      this.#nowMs = this.#clockMs === undefined ? Date.parse(snapshot.readTime) : this.#clockMs();
    }
    for (const name of names) this.#seen.set(name, snapshot.found.get(name)?.updateTime);
    return snapshot;
  }
}
