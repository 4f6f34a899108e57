import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteLedger, type SqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import { defineContentionContract } from '../../contracts/ledger-contention.contract.ts';
import { defineKilledContract } from '../../contracts/ledger-killed.contract.ts';
import { defineLedgerContract } from '../../contracts/ledger.contract.ts';
import { makePause } from '../../support/make-pause.ts';

const pause = makePause();
const makeFolder = () => mkdtempSync(join(tmpdir(), 'ledger-'));

defineLedgerContract('SQLite', async () => {
  let nowMs = 0;
  const folder = makeFolder();
  const open = () => openSqliteLedger({ path: join(folder, 'ledger.sqlite'), nowMs: () => nowMs, pause });
  const [ledger, other] = [open(), open()];
  const close = () => {
    ledger.close();
    other.close();
    rmSync(folder, { recursive: true });
  };
  return { ledger, other, setNow: (epochMs) => (nowMs = epochMs), close };
});

defineContentionContract('SQLite', async () => {
  const folder = makeFolder();
  const ledgers: SqliteLedger[] = [];
  return {
    open: (onRepeated) => {
      const options = { path: join(folder, 'ledger.sqlite'), nowMs: () => 0, pause, onRepeated };
      const ledger = openSqliteLedger(options);
      ledgers.push(ledger);
      return ledger;
    },
    close: () => {
      for (const ledger of ledgers) ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
});

defineKilledContract('SQLite', async () => {
  const folder = makeFolder();
  const path = join(folder, 'ledger.sqlite');
  const ledgers: SqliteLedger[] = [];
  return {
    environment: { FLEET_LEDGER: `sqlite:${path}` },
    open: (onRepeated) => {
      const ledger = openSqliteLedger({ path, nowMs: () => 0, pause, onRepeated });
      ledgers.push(ledger);
      return ledger;
    },
    close: () => {
      for (const ledger of ledgers) ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('the file of a SQLite ledger', () => {
  const key = { collection: 'c', id: '1' };
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = makeFolder();
    path = join(folder, 'deep', 'ledger.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps its documents when the process goes, and two openers share it', async () => {
    const first = openSqliteLedger({ path, nowMs: () => 0, pause });
    await first.transact(async (tx) => tx.put(key, { n: 1 }));

    const second = openSqliteLedger({ path, nowMs: () => 0, pause });
    await second.transact(async (tx) => tx.put({ collection: 'c', id: '2' }, { n: 2 }));

    expect(await first.find('c', { limit: 10 })).toHaveLength(2);
    first.close();
    second.close();
  });

  it('that another process is writing to is waited for in pauses, not by standing still', async () => {
    const pauses: number[] = [];
    const blocking = async (upToMs: number) => {
      pauses.push(upToMs);
      if (pauses.length === 3) blocker.exec('COMMIT');
    };
    const ledger = openSqliteLedger({ path, nowMs: () => 0, pause: blocking });
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');

    await ledger.transact(async (tx) => tx.put(key, { n: 1 }));

    expect(pauses).toEqual([20, 40, 80]);
    expect(await ledger.get(key)).toEqual({ n: 1 });
    ledger.close();
    blocker.close();
  });

  it('that another process does not let go of is a transient failure, and free again afterwards', async () => {
    const ledger = openSqliteLedger({ path, nowMs: () => 0, pause });
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');

    const blocked = ledger.transact(async (tx) => tx.put(key, { n: 1 }));

    await expect(blocked).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('database is locked'),
    });
    blocker.exec('ROLLBACK');
    await ledger.transact(async (tx) => tx.put(key, { n: 2 }));
    expect(await ledger.get(key)).toEqual({ n: 2 });
    ledger.close();
    blocker.close();
  });

  it('that no write fits into is reported as that', async () => {
    const ledger = openSqliteLedger({ path, nowMs: () => 0, pause });
    const breaker = new DatabaseSync(path);
    // An error after which SQLite itself has rolled back, so that a second rollback would fail.
    breaker.exec(`CREATE TRIGGER full BEFORE INSERT ON documents BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END`);

    await expect(ledger.transact(async (tx) => tx.put(key, { n: 1 }))).rejects.toThrow('disk full');

    ledger.close();
    breaker.close();
  });

  it('that was written under a clock far ahead does not stop time', async () => {
    let nowMs = Date.UTC(2027, 0);
    const ledger = openSqliteLedger({ path, nowMs: () => nowMs, pause });
    await ledger.transact(async (tx) => tx.put(key, { n: 1 }));

    nowMs = Date.UTC(2026, 0);
    await ledger.transact(async (tx) => tx.put(key, { n: 2 }));
    nowMs = Date.UTC(2026, 1);

    const tellTime = ledger.transact(async (tx) => {
      await tx.get(key);
      return tx.nowMs;
    });

    expect(await tellTime).toBe(Date.UTC(2026, 1));
    ledger.close();
  });
});
