import type { Ledger } from '#shared/ports/ledger.ts';

/** As a function has it whose account may read only (`"ledger": "read"` in its function.json): whoever asks for a transaction is refused. */
export function readingLedger(ledger: Ledger): Ledger {
  return {
    get: async (key) => await ledger.get(key),
    find: async (collection, query) => await ledger.find(collection, query),
    transact: async () => {
      throw new Error('writing to the ledger: the account may read only');
    },
  };
}
