/**
 * The embedded ledger: one SQLite file (`node:sqlite`), shaped as Firestore is. Transactions are optimistic: reads remember the
 * version they saw, the commit checks them in one immediate transaction, and the body runs again when something changed.
 * Those of one process run one after the other, so that only other processes can overtake them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { Ledger, LedgerEntry, LedgerKey, LedgerQuery, LedgerTransaction } from '../ports/ledger.ts';
import { createTables, findRows, readRow } from './sqlite-rows.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';

/** Repetitions of a transaction before it gives up; Firestore's server clients stop after 5, without a queue per process. */
const MAX_ATTEMPTS = 10;

/** Pause after the first attempt that another process was in the way of, ms, at most; doubled with each further one. */
const FIRST_PAUSE_MS = 20;

/** The attempts of one transaction take less than 3 s: what waits for it has deadlines of its own. */
const MAX_PAUSE_MS = 500;

/** How long opening may wait for another process, ms; nothing else runs yet that it could hold up. */
const OPEN_TIMEOUT_MS = 5_000;

/** Afterwards, ms: SQLite waits by standing still, and everything else in this process with it. A commit takes a few ms. */
const BLOCK_TIMEOUT_MS = 20;

/** Time and chance are handed in, so that stories in one process have neither. */
export interface SqliteLedgerOptions {
  /** A file path, or `:memory:`. */
  readonly path: string;
  /** The ledger's clock, Unix ms. */
  readonly nowMs: () => number;
  /** Waits for a random part of so many ms of real time: two processes that met must not meet again. */
  readonly pause: (upToMs: number) => Promise<void>;
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

/** One attempt: what came of it, or who was in the way. */
type Attempt<T> = { readonly result: T } | { readonly contention: string };

/** The ledger whose transaction is under way. */
const inTransaction = new AsyncLocalStorage<SqliteLedger>();

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
    if (inTransaction.getStore() === this) {
      throw new Error('starting a ledger transaction inside another one: it would wait for the other one to end');
    }
    const attempt = () => inTransaction.run(this, () => this.#attemptTransaction(body));
    const result = this.#lastEnd.then(() => this.#insist('committing to the ledger', attempt));
    // Its failure is told to whoever asked for it; the next one only waits for its end.
    this.#lastEnd = result.catch(() => undefined);
    return await result;
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    const attempt = async () => ({ result: readRow(this.#database, key)?.body });
    return await this.#insist(`reading ${key.collection}/${key.id} from the ledger`, attempt);
  }

  async find(collection: string, query: LedgerQuery): Promise<readonly LedgerEntry[]> {
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
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt().catch(contentionOf);
      if ('result' in outcome) return outcome.result;
      if (attempts === MAX_ATTEMPTS) {
        throw new AutomationError('transient', `${doing}: ${outcome.contention}, gave up after ${attempts} attempts`);
      }
      await this.#options.pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS));
    }
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
