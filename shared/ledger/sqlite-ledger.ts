/**
 * The embedded ledger: one SQLite file (`node:sqlite`), shaped as Firestore is. Transactions are optimistic: reads remember the
 * version they saw, the commit checks them in one immediate transaction, and the body runs again when something changed.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { Ledger, LedgerEntry, LedgerKey, LedgerQuery, LedgerTransaction, PlainData } from '../ports/ledger.ts';

/** Firestore's limit of one document, bytes (Firestore documentation, "Quotas and limits"); kept here so that both stores agree. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

/** Repetitions of a transaction before it gives up; Firestore's server clients stop after 5. */
const MAX_ATTEMPTS = 10;

/** How long a writer waits for another process's commit, ms of real time. */
const BUSY_TIMEOUT_MS = 5_000;

const Row = z.object({ id: z.string(), body: z.string(), version: z.number() });

/** What `put` wrote, so only its outermost form is checked; whoever reads a record parses it by the record's own schema. */
function parseBody(text: string): JsonObject {
  const value: JsonObject | null = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`reading a ledger document: expected an object, found ${text.slice(0, 80)}`);
  }
  return value;
}

export interface SqliteLedgerOptions {
  /** A file path, or `:memory:`. */
  readonly path: string;
  /** The ledger's clock, Unix ms. */
  readonly nowMs: () => number;
}

export function openSqliteLedger(options: SqliteLedgerOptions): SqliteLedger {
  if (options.path !== ':memory:') mkdirSync(dirname(options.path), { recursive: true });
  const database = new DatabaseSync(options.path, { timeout: BUSY_TIMEOUT_MS });
  // WAL lets the status reader and the writer work side by side; NORMAL loses no committed transaction when only we crash.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec(
    `CREATE TABLE IF NOT EXISTS documents (
       collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, version INTEGER NOT NULL,
       PRIMARY KEY (collection, id)) WITHOUT ROWID`,
  );
  database.exec('CREATE TABLE IF NOT EXISTS versions (next INTEGER NOT NULL)');
  database.exec('INSERT INTO versions SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM versions)');
  return new SqliteLedger(database, options.nowMs);
}

export class SqliteLedger implements Ledger {
  readonly #database: DatabaseSync;
  readonly #nowMs: () => number;

  constructor(database: DatabaseSync, nowMs: () => number) {
    this.#database = database;
    this.#nowMs = nowMs;
  }

  async transact<T>(body: (transaction: LedgerTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const transaction = new SqliteTransaction(this.#database, this.#nowMs());
      const result = await body(transaction);
      if (transaction.commit()) return result;
    }
    throw new AutomationError(
      'transient',
      `committing to the ledger: contention, gave up after ${MAX_ATTEMPTS} attempts`,
    );
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    return readRow(this.#database, key)?.body;
  }

  async find(collection: string, query: LedgerQuery): Promise<readonly LedgerEntry[]> {
    const { sql, values } = toSql(collection, query);
    const rows = prepared(this.#database, sql).all(...values);
    return rows.map((row) => {
      const { id, body } = Row.parse(row);
      return { id, value: parseBody(body) };
    });
  }

  close(): void {
    this.#database.close();
  }
}

class SqliteTransaction implements LedgerTransaction {
  readonly nowMs: number;
  readonly #database: DatabaseSync;
  /** Key → version seen, 0 for a document that was not there. */
  readonly #seen = new Map<string, { readonly key: LedgerKey; readonly version: number }>();
  readonly #writes = new Map<string, { readonly key: LedgerKey; readonly body: string | undefined }>();

  constructor(database: DatabaseSync, nowMs: number) {
    this.#database = database;
    this.nowMs = nowMs;
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    if (this.#writes.size > 0)
      throw new Error(`reading ${name(key)}: reads come before writes in a ledger transaction`);
    const row = readRow(this.#database, key);
    this.#seen.set(name(key), { key, version: row?.version ?? 0 });
    return row?.body;
  }

  put(key: LedgerKey, value: PlainData): void {
    const body = JSON.stringify(value);
    const bytes = Buffer.byteLength(body);
    if (bytes > MAX_DOCUMENT_BYTES) {
      throw new AutomationError(
        'permanent',
        `writing ${name(key)}: ${bytes} bytes, at most ${MAX_DOCUMENT_BYTES} allowed`,
      );
    }
    this.#writes.set(name(key), { key, body });
  }

  remove(key: LedgerKey): void {
    this.#writes.set(name(key), { key, body: undefined });
  }

  /** False when something that was read has changed since. */
  commit(): boolean {
    this.#database.exec(this.#writes.size > 0 ? 'BEGIN IMMEDIATE' : 'BEGIN');
    try {
      const unchanged = [...this.#seen.values()].every(
        ({ key, version }) => readVersion(this.#database, key) === version,
      );
      if (unchanged) this.#apply();
      this.#database.exec(unchanged ? 'COMMIT' : 'ROLLBACK');
      return unchanged;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #apply(): void {
    for (const { key, body } of this.#writes.values()) {
      if (body === undefined) {
        prepared(this.#database, 'DELETE FROM documents WHERE collection = ? AND id = ?').run(key.collection, key.id);
        continue;
      }
      // Versions never repeat, so a document that was removed and written again is seen as changed.
      prepared(this.#database, 'UPDATE versions SET next = next + 1').run();
      const sql = 'INSERT OR REPLACE INTO documents SELECT ?, ?, ?, next FROM versions';
      prepared(this.#database, sql).run(key.collection, key.id, body);
    }
  }
}

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A prepared statement, made once per database: preparing costs more than most of them take. */
function prepared(database: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(database) ?? new Map<string, StatementSync>();
  statements.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}

function readRow(database: DatabaseSync, key: LedgerKey): { body: JsonObject; version: number } | undefined {
  const sql = 'SELECT id, body, version FROM documents WHERE collection = ? AND id = ?';
  const row = prepared(database, sql).get(key.collection, key.id);
  if (row === undefined) return undefined;
  const { body, version } = Row.parse(row);
  return { body: parseBody(body), version };
}

function readVersion(database: DatabaseSync, key: LedgerKey): number {
  const row = prepared(database, 'SELECT version FROM documents WHERE collection = ? AND id = ?').get(
    key.collection,
    key.id,
  );
  return row === undefined ? 0 : Number(row['version']);
}

function toSql(collection: string, query: LedgerQuery): { sql: string; values: SQLInputValue[] } {
  const conditions = ['collection = ?'];
  const values: SQLInputValue[] = [collection];
  for (const [field, value] of Object.entries(query.equals ?? {})) {
    conditions.push('body ->> ? = ?');
    values.push(`$."${field}"`, typeof value === 'boolean' ? Number(value) : value);
  }
  if (query.atMost !== undefined) {
    conditions.push('body ->> ? <= ?');
    values.push(`$."${query.atMost.field}"`, query.atMost.value);
  }
  let order = 'id';
  if (query.orderBy !== undefined) {
    conditions.push('body ->> ? IS NOT NULL');
    values.push(`$."${query.orderBy.field}"`);
    order = `body ->> ? ${query.orderBy.direction === 'ascending' ? 'ASC' : 'DESC'}, id`;
    values.push(`$."${query.orderBy.field}"`);
  }
  values.push(query.limit);
  const sql = `SELECT id, body, version FROM documents WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ?`;
  return { sql, values };
}

function name(key: LedgerKey): string {
  return `${key.collection}/${key.id}`;
}
