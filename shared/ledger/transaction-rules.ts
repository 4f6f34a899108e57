/** Rules of the port that every ledger holds in the same words, so that what runs on one runs on the other. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ledger, LedgerKey } from '../ports/ledger.ts';

export function refuseReadAfterWrite({ collection, id }: LedgerKey): never {
  throw new Error(`reading ${collection}/${id}: reads come before writes in a ledger transaction`);
}

/** Firestore tells its time with what it reads, and leases are measured by that. */
export function refuseTimeBeforeRead(): never {
  throw new Error('asking a ledger transaction for the time before its first read: it is the time of that read');
}

/** The ledgers whose transactions are under way, one inside the other. */
const inTransaction = new AsyncLocalStorage<readonly Ledger[]>();

/** Runs a transaction of the ledger; throws where it would be inside another one of the same. */
export function outermost<T>(ledger: Ledger, run: () => Promise<T>): Promise<T> {
  const outer = inTransaction.getStore() ?? [];
  if (outer.includes(ledger)) {
    throw new Error('starting a ledger transaction inside another one: it would wait for the other one to end');
  }
  return inTransaction.run([...outer, ledger], run);
}
