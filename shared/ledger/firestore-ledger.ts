/**
 * The ledger in Firestore: the one of functions that run in many instances. Transactions are optimistic, as those of Google's web and
 * mobile clients are: they take no locks, and the body runs again when something that it read has changed before the commit.
 */
import type { JsonObject } from '../domain/json.ts';
import type { Ledger, LedgerEntry, LedgerKey, LedgerQuery, LedgerTransaction } from '../ports/ledger.ts';
import { BatchedReads } from './batched-reads.ts';
import { nameOf, toDocument, toEntry } from './firestore-documents.ts';
import { pageAfter, toStructuredQuery } from './firestore-query.ts';
import { ConflictError, type FirestoreStore, type StoredDocument, StoreTroubleError } from './firestore-store.ts';
import { FirestoreTransaction } from './firestore-transaction.ts';
import { checkIndexes } from './indexes.ts';
import { type Attempt, insist, type InsistOptions } from './insist.ts';
import { outermost } from './transaction-rules.ts';

export interface FirestoreLedgerOptions extends InsistOptions {
  readonly store: FirestoreStore;
  /**
   * A clock that stands for the store's own, Unix ms: for a world whose time is not that of the store. Absent, as in every real project:
   * the time of a transaction is when Firestore read for it, so no instance's clock has a say in who holds a lease.
   */
  readonly clockMs?: () => number;
}

/** A commit whose answer was lost: it may have been made, now or later. */
interface Doubtful<T> {
  readonly transaction: FirestoreTransaction;
  readonly result: T;
}

export class FirestoreLedger implements Ledger {
  readonly #options: FirestoreLedgerOptions;
  readonly #store: FirestoreStore;
  readonly #reads = new BatchedReads((names) => this.#store.batchGet(names));
  /** Settles, and never rejects, when the latest attempt is over that was a repetition. */
  #lastRepetition: Promise<unknown> = Promise.resolve();

  constructor(options: FirestoreLedgerOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  async transact<T>(body: (transaction: LedgerTransaction) => Promise<T>): Promise<T> {
    return await outermost(this, () => {
      // All of them: the first may be made while the second is on its way, which then is not.
      const doubtful: Doubtful<T>[] = [];
      const attempt = async (): Promise<Attempt<T>> => {
        const made = await this.#findMade(doubtful);
        if (made !== undefined) return { result: made.result };
        const transaction = new FirestoreTransaction(this.#store, this.#options.clockMs);
        const result = await body(transaction);
        try {
          await transaction.commit();
        } catch (thrown) {
          if (thrown instanceof StoreTroubleError) doubtful.push({ transaction, result });
          throw thrown;
        }
        return { result };
      };
      return this.#insistInTurn('committing to the ledger', attempt);
    });
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    return await this.#insist(`reading ${key.collection}/${key.id} from the ledger`, async () => {
      const stored = await this.#reads.get(nameOf(this.#store.root, key));
      return { result: stored && toDocument(stored) };
    });
  }

  async find(collection: string, query: LedgerQuery): Promise<readonly LedgerEntry[]> {
    checkIndexes(collection, query);
    return await this.#insist(`searching ${collection} of the ledger`, async () => {
      const found: StoredDocument[] = [];
      const whole = { ...query, root: this.#store.root, collection };
      let readTime: string | undefined;
      for (;;) {
        const wanted = Math.min(pageAfter(found), query.limit - found.length);
        const page = await this.#store.runQuery(toStructuredQuery(whole, wanted, found.at(-1)), readTime);
        found.push(...page.documents);
        if (page.documents.length < wanted || found.length >= query.limit) return { result: found.map(toEntry) };
        readTime ??= page.readTime;
      }
    });
  }

  /** The commit that was made though its answer was lost; undefined: none was, as far as can be seen. */
  async #findMade<T>(doubtful: readonly Doubtful<T>[]): Promise<Doubtful<T> | undefined> {
    const names = new Set(doubtful.flatMap(({ transaction }) => transaction.updated));
    if (names.size === 0) return undefined;
    const { found } = await this.#store.batchGet([...names]);
    return doubtful.find(({ transaction }) => transaction.isMadeIn(found));
  }

  async #insist<T>(doing: string, attempt: () => Promise<Attempt<T>>): Promise<T> {
    return await insist(this.#options, doing, () => attempt().catch(contentionOf));
  }

  /**
   * For transactions: the first attempts of this process run side by side, repetitions one after the other, so that at least they are not
   * in each other's way. What is read outside is repeated without a turn: a body may search, and its own turn would never end.
   */
  async #insistInTurn<T>(doing: string, attempt: () => Promise<Attempt<T>>): Promise<T> {
    const guarded = () => attempt().catch(contentionOf);
    return await insist(this.#options, doing, async (attempts) => {
      if (attempts === 1) return await guarded();
      const repetition = this.#lastRepetition.then(guarded);
      this.#lastRepetition = repetition.catch(() => undefined);
      return await repetition;
    });
  }
}

/** What passes; anything else goes on being thrown. */
function contentionOf(thrown: unknown): { readonly contention: string } {
  if (thrown instanceof ConflictError) return { contention: `what was read kept changing (${thrown.message})` };
  if (thrown instanceof StoreTroubleError) return { contention: thrown.message };
  throw thrown;
}
