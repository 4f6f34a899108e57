/** A process that writes five documents in each transaction, for ever, until it is killed; its ledger is that of its environment. */
import { parseConfig } from '#shared/config.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { lateLedger } from '../../functions/late-ledger.ts';

export const WRITTEN = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ collection: 'written', id }));

export const nOf = (document: JsonObject | undefined): number => Number(document?.['n'] ?? 0);

async function main(stallAt: number): Promise<void> {
  const config = parseConfig({
    FLEET_PROJECT: 'demo',
    FLEET_REGION: 'us-central1',
    FLEET_FUNCTION_URL: 'http://127.0.0.1/{function}',
    FLEET_INVOKER: 'invoker@demo.iam.gserviceaccount.com',
    ...process.env,
  });
  const { FLEET_FIRESTORE_ENDPOINT: firestore } = config;
  const connection = {
    credentials: { accessToken: config.FLEET_CREDENTIALS.slice('token:'.length) },
    endpoints: { ...(firestore !== undefined && { firestore }) },
  };
  const ledger = await lateLedger(config, { connection, nowMs: () => 0, pause: async () => undefined })();
  for (;;) {
    await ledger.transact(async (transaction) => {
      const found = await Promise.all(WRITTEN.map((key) => transaction.get(key)));
      const n = nOf(found[0]) + 1;
      for (const key of WRITTEN) transaction.put(key, { n, filling: 'x'.repeat(10_000) });
      process.stdout.write(`${n}\n`);
      if (n === stallAt) await Promise.withResolvers<never>().promise;
    });
  }
}

if (process.argv[1] === import.meta.filename) {
  // Whoever waits for a promise alone would end; a killed process must be alive until then.
  process.stdin.resume();
  await main(Number(process.argv[2]));
}
