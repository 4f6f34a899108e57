import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '#shared/config.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { lateLedger } from '../../functions/late-ledger.ts';
import { serveFirestore, type ServedFirestore } from '../support/served-firestore.ts';

const STORE_MS = Date.UTC(2026, 0, 1);
const CLOCK_MS = Date.UTC(2030, 0, 1);
const key = { collection: 'things', id: 'a' };

describe('the ledger that is configured', () => {
  let folder: string;
  let firestore: ServedFirestore;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'late-ledger-'));
    // Real clocks tell parts of a microsecond, timestamps do not.
    firestore = await serveFirestore(() => STORE_MS + 0.0005);
  });
  afterAll(async () => {
    await firestore.stop();
    rmSync(folder, { recursive: true });
  });

  const open = (environment: Readonly<Record<string, string>>): Promise<Ledger> => {
    const config = parseConfig({
      FLEET_PROJECT: 'demo',
      FLEET_REGION: 'us-central1',
      FLEET_FUNCTION_URL: 'http://127.0.0.1/{function}',
      FLEET_INVOKER: 'invoker@demo.iam.gserviceaccount.com',
      ...environment,
    });
    const { connection } = firestore;
    return lateLedger(config, { connection, nowMs: () => CLOCK_MS, pause: async () => undefined })();
  };
  const putAndTellTime = (ledger: Ledger) =>
    ledger.transact(async (tx) => {
      await tx.get(key);
      tx.put(key, { n: 1 });
      return tx.nowMs;
    });

  it('is a SQLite file, which goes by the time of the delivery', async () => {
    const environment = { FLEET_LEDGER: `sqlite:${join(folder, 'ledger.sqlite')}` };

    expect(await putAndTellTime(await open(environment))).toBe(CLOCK_MS);
    expect(await (await open(environment)).get(key)).toEqual({ n: 1 });
  });

  it('is in Firestore, and goes by the time of that', async () => {
    const environment = { FLEET_LEDGER: 'firestore:real' };

    expect(await putAndTellTime(await open(environment))).toBe(STORE_MS);
    expect(await (await open(environment)).get(key)).toEqual({ n: 1 });
    expect(await (await open({ FLEET_LEDGER: 'firestore:other' })).get(key)).toBeUndefined();
  });

  it('goes by a clock source where one is configured: its time is that of another world', async () => {
    const environment = { FLEET_LEDGER: 'firestore:world', FLEET_CLOCK_URL: 'http://127.0.0.1:1/clock' };

    expect(await putAndTellTime(await open(environment))).toBe(CLOCK_MS);
  });
});
