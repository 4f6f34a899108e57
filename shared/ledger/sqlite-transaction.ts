import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../domain/json.ts';
import type { LedgerKey, LedgerTransaction, Storable } from '../ports/ledger.ts';
import { checkSize } from './document-size.ts';
import { readLatestMs, readRow, readVersion, removeRow, writeLatestMs, writeRow } from './sqlite-rows.ts';
import { refuseReadAfterWrite, refuseTimeBeforeRead } from './transaction-rules.ts';

/** One attempt of one transaction. */
export class SqliteTransaction implements LedgerTransaction {
  readonly #nowMs: number;
  readonly #database: DatabaseSync;
  /** Key → version seen, 0 for a document that was not there. */
  readonly #seen = new Map<string, { readonly key: LedgerKey; readonly version: number }>();
  readonly #writes = new Map<string, { readonly key: LedgerKey; readonly body: string | undefined }>();

  constructor(database: DatabaseSync, nowMs: number) {
    this.#database = database;
    this.#nowMs = notBehind(readLatestMs(database), nowMs);
  }

  get nowMs(): number {
    return this.#seen.size > 0 ? this.#nowMs : refuseTimeBeforeRead();
  }

  async get(key: LedgerKey): Promise<JsonObject | undefined> {
    if (this.#writes.size > 0) refuseReadAfterWrite(key);
    const row = readRow(this.#database, key);
    this.#seen.set(name(key), { key, version: row?.version ?? 0 });
    return row?.body;
  }

  put(key: LedgerKey, value: Storable): void {
    const body = JSON.stringify(value);
    checkSize(key, value, body);
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
      // After a full disk, for one, SQLite has rolled back itself; asked again it would hide the error by another one.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #apply(): void {
    for (const { key, body } of this.#writes.values()) {
      if (body === undefined) removeRow(this.#database, key);
      else writeRow(this.#database, key, body);
    }
    // Read again: another process may have committed since this one began.
    if (this.#writes.size > 0) writeLatestMs(this.#database, notBehind(readLatestMs(this.#database), this.#nowMs));
  }
}

/**
 * ms. Behind the latest commit by less, a clock was set back or is another machine's, and time stands still until it has caught up:
 * leases and the order of documents need that. Behind by more, the commit's clock was wrong, and waiting for it would keep a dead
 * holder's lease for ever. ntpd draws the line here, too (ntp.org documentation, "ntpd", option -g: panic threshold 1000 s).
 */
const MAX_STEP_BACK_MS = 1_000_000;

function notBehind(latestMs: number, nowMs: number): number {
  return latestMs - nowMs > MAX_STEP_BACK_MS ? nowMs : Math.max(latestMs, nowMs);
}

function name(key: LedgerKey): string {
  return `${key.collection}/${key.id}`;
}
