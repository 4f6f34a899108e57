/** The tables of the embedded ledger and the statements on them. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { LedgerEntry, LedgerKey, LedgerQuery } from '../ports/ledger.ts';
import { orderOf } from './indexes.ts';

const Row = z.object({ id: z.string(), body: z.string(), version: z.number() });

/** What `put` wrote, so only its outermost form is checked; whoever reads a record parses it by the record's own schema. */
function parseBody(text: string): JsonObject {
  const value: JsonObject | null = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`reading a ledger document: expected an object, found ${text.slice(0, 80)}`);
  }
  return value;
}

/** Harmless where they stand already: whoever opens the file first makes them. */
export function createTables(database: DatabaseSync): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS documents (
       collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, version INTEGER NOT NULL,
       PRIMARY KEY (collection, id)) WITHOUT ROWID`,
  );
  database.exec('CREATE TABLE IF NOT EXISTS versions (next INTEGER NOT NULL)');
  database.exec('INSERT INTO versions SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM versions)');
  // The ledger's time at its latest commit, Unix ms, whichever process made it.
  database.exec('CREATE TABLE IF NOT EXISTS clock (latest_ms REAL NOT NULL)');
  database.exec('INSERT INTO clock SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM clock)');
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

/** The document and its version, by which a commit sees whether somebody was faster. */
export function readRow(database: DatabaseSync, key: LedgerKey): { body: JsonObject; version: number } | undefined {
  const sql = 'SELECT id, body, version FROM documents WHERE collection = ? AND id = ?';
  const row = prepared(database, sql).get(key.collection, key.id);
  if (row === undefined) return undefined;
  const { body, version } = Row.parse(row);
  return { body: parseBody(body), version };
}

/** 0 for a document that is not there. */
export function readVersion(database: DatabaseSync, key: LedgerKey): number {
  const row = prepared(database, 'SELECT version FROM documents WHERE collection = ? AND id = ?').get(
    key.collection,
    key.id,
  );
  return row === undefined ? 0 : Number(row['version']);
}

/** Nothing, where there is no such document. */
export function removeRow(database: DatabaseSync, { collection, id }: LedgerKey): void {
  prepared(database, 'DELETE FROM documents WHERE collection = ? AND id = ?').run(collection, id);
}

/** Creates or replaces; the version is the database's next, whatever the document's was. */
export function writeRow(database: DatabaseSync, { collection, id }: LedgerKey, body: string): void {
  // Versions never repeat, so a document that was removed and written again is seen as changed.
  prepared(database, 'UPDATE versions SET next = next + 1').run();
  const sql = 'INSERT OR REPLACE INTO documents SELECT ?, ?, ?, next FROM versions';
  prepared(database, sql).run(collection, id, body);
}

/** Time (Unix ms) of the newest commit, 0 before the first: the ledger's clock never goes back behind it. */
export function readLatestMs(database: DatabaseSync): number {
  return Number(prepared(database, 'SELECT latest_ms FROM clock').get()?.['latest_ms'] ?? 0);
}

/** Belongs to the commit whose time it is. */
export function writeLatestMs(database: DatabaseSync, latestMs: number): void {
  prepared(database, 'UPDATE clock SET latest_ms = ?').run(latestMs);
}

/** Conditions read the JSON itself; nothing but the key has an index. */
export function findRows(database: DatabaseSync, collection: string, query: LedgerQuery): readonly LedgerEntry[] {
  const { sql, values } = toSql(collection, query);
  return prepared(database, sql)
    .all(...values)
    .map((row) => {
      const { id, body } = Row.parse(row);
      return { id, value: parseBody(body) };
    });
}

/** The query's parts as conditions. Values are bound, and fields come from our own code, never from a message. */
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
  if (query.afterId !== undefined) {
    conditions.push('id > ?');
    values.push(query.afterId);
  }
  let order = 'id';
  const orderBy = orderOf(query);
  if (orderBy !== undefined) {
    conditions.push('body ->> ? IS NOT NULL');
    values.push(`$."${orderBy.field}"`);
    const direction = orderBy.direction === 'ascending' ? 'ASC' : 'DESC';
    order = `body ->> ? ${direction}, id ${direction}`;
    values.push(`$."${orderBy.field}"`);
  }
  values.push(query.limit);
  const sql = `SELECT id, body, version FROM documents WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ?`;
  return { sql, values };
}
