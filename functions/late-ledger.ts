/** The ledger that the configuration names, loaded and opened at its first use. */
import { type Environment, ledgerPlaceOf } from '#shared/config.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import type { InsistOptions } from '#shared/ledger/insist.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { lazily } from './lazily.ts';

export interface LateLedgerOptions extends InsistOptions {
  readonly connection: GoogleConnection;
  /** The time of the delivery that is under way, Unix ms. */
  readonly nowMs: () => number;
}

/**
 * `nowMs` is the ledger's time in SQLite, which has none of its own. Firestore has one, by which leases are judged however the clocks of
 * instances differ; only a configured clock source, whose time is another world's than Firestore's, stands for it.
 */
export function lateLedger(config: Environment, options: LateLedgerOptions): () => Promise<Ledger> {
  const { connection, nowMs, ...insistence } = options;
  const place = ledgerPlaceOf(config);
  return lazily(async () => {
    if (place.kind === 'sqlite') {
      const { openSqliteLedger } = await import('#shared/ledger/sqlite-ledger.ts');
      return openSqliteLedger({ path: place.path, nowMs, ...insistence });
    }
    const [{ FirestoreLedger }, { makeFirestoreStore }] = await Promise.all([
      import('#shared/ledger/firestore-ledger.ts'),
      import('#shared/gcp/firestore-store.ts'),
    ]);
    const store = makeFirestoreStore({ connection, project: config.FLEET_PROJECT, database: place.database });
    const hasOtherTime = config.FLEET_CLOCK_URL !== undefined;
    return new FirestoreLedger({ store, ...insistence, ...(hasOtherTime && { clockMs: nowMs }) });
  });
}
