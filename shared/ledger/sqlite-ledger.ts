/**
 * The embedded ledger: one SQLite file (`node:sqlite`), shaped as Firestore is. Transactions are optimistic: reads remember the
 * version they saw, the commit checks them in one immediate transaction, and the body runs again when something changed.
 * Those of one process run one after the other, so that only other processes can overtake them.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../domain/json.ts';
import type { Ledger, LedgerEntry, LedgerKey, LedgerQuery, LedgerTransaction } from '../ports/ledger.ts';
import { checkIndexes } from './indexes.ts';
import { type Attempt, insist, type InsistOptions } from './insist.ts';
import { createTables, findRows, readRow } from './sqlite-rows.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';
import { outermost } from './transaction-rules.ts';

/** How long opening may wait for another process, ms; nothing else runs yet that it could hold up. */
const OPEN_TIMEOUT_MS = 5_000;

/** Afterwards, ms: SQLite waits by standing still, and everything else in this process with it. A commit takes a few ms. */
const BLOCK_TIMEOUT_MS = 20;

/** Time and chance are handed in, so that stories in one process have neither. */
export interface SqliteLedgerOptions extends InsistOptions {
  /** A file path, or `:memory:`. */
  readonly path: string;
  /** The ledger's clock, Unix ms. */
  readonly nowMs: () => number;
}

/** Creates file and folder where they are not there. Throws what SQLite says of a file that it cannot use. */
export function openSqliteLedger(options: SqliteLedgerOptions): SqliteLedger {
  if (options.path !== ':memory:') mkdirSync(dirname(options.path), { recursive: true });
  const database = new DatabaseSync(options.path, { timeout: OPEN_TIMEOUT_MS });
  // WAL lets the status reader and the writer work side by side; NORMAL loses no committed transaction when only we crash.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  createTables(database);
  database.exec(`PRAGMA busy_timeout = ${BLOCK_TIMEOUT_MS}`);
  return new SqliteLedger(database, options);
}

export class SqliteLedger implements Ledger {
  readonly #database: DatabaseSync;
  readonly #options: Omit<SqliteLedgerOptions, 'path'>;
  /** Settles, and never rejects, when the last transaction that was asked for is over. */
  #lastEnd: Promise<unknown> = Promise.resolve();

  constructor(database: DatabaseSync, options: Omit<SqliteLedgerOptions, 'path'>) {
    this.#database = database;
    this.#options = options;
  }

  async transact<T>(body: (transaction: LedgerTransaction) => Promise<T>): Promise<T> {
    return await outermost(this, async () => {
      const attempt = () => this.#attemptTransaction(body);
      const result = this.#lastEnd.then(() => this.#insist('committing to the ledger', attempt));
      // Its failure is told to whoever asked for it; the next one only waits for its end.
      this.#lastEnd = result.catch(() => undefined);
      return await result;
    });
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    const attempt = async () => ({ result: readRow(this.#database, key)?.body });
    return await this.#insist(`reading ${key.collection}/${key.id} from the ledger`, attempt);
  }

  async find(collection: string, query: LedgerQuery): Promise<readonly LedgerEntry[]> {
    checkIndexes(collection, query);
    const attempt = async () => ({ result: findRows(this.#database, collection, query) });
    return await this.#insist(`searching ${collection} of the ledger`, attempt);
  }

  close(): void {
    this.#database.close();
  }

  async #attemptTransaction<T>(body: (transaction: LedgerTransaction) => Promise<T>): Promise<Attempt<T>> {
    const transaction = new SqliteTransaction(this.#database, this.#options.nowMs());
    const result = await body(transaction);
    return transaction.commit() ? { result } : { contention: 'what was read kept changing' };
  }

  /** Attempts until no other process is in the way, with pauses. */
  async #insist<T>(doing: string, attempt: () => Promise<Attempt<T>>): Promise<T> {
    return await insist(this.#options, doing, () => attempt().catch(contentionOf));
  }
}

/** SQLITE_BUSY and its extended codes, which have it in their low byte (SQLite documentation, "Result and Error Codes"). */
const SQLITE_BUSY = 5;

/** Another process holds the file: that passes. Anything else goes on being thrown. */
function contentionOf(thrown: unknown): { readonly contention: string } {
  const isBusy =
    thrown instanceof Error &&
    'errcode' in thrown &&
    typeof thrown.errcode === 'number' &&
    (thrown.errcode & 0xff) === SQLITE_BUSY;
  if (isBusy) return { contention: thrown.message };
  throw thrown;
}
