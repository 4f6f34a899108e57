import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import { defineLedgerContract } from '../../contracts/ledger.contract.ts';

defineLedgerContract('SQLite in memory', async () => {
  let nowMs = 0;
  const ledger = openSqliteLedger({ path: ':memory:', nowMs: () => nowMs });
  return { ledger, setNow: (epochMs) => (nowMs = epochMs), close: () => ledger.close() };
});

it('keeps its documents when the process goes, and two openers share one file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const path = join(folder, 'deep', 'ledger.sqlite');
  const first = openSqliteLedger({ path, nowMs: () => 0 });
  await first.transact(async (tx) => tx.put({ collection: 'c', id: '1' }, { n: 1 }));

  const second = openSqliteLedger({ path, nowMs: () => 0 });
  await second.transact(async (tx) => tx.put({ collection: 'c', id: '2' }, { n: 2 }));

  expect(await first.find('c', { limit: 10 })).toHaveLength(2);
  first.close();
  second.close();
  rmSync(folder, { recursive: true });
});
