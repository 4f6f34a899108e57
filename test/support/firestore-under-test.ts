/** A ledger over Firestore in memory, whose every call can be taken over by a test. */
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import type { FirestoreStore } from '#shared/ledger/firestore-store.ts';
import type { Repeated } from '#shared/ledger/insist.ts';
import { makeMemoryFirestore } from './memory-firestore.ts';

export const key = { collection: 'things', id: 'counter' };

/** `over`: methods of the store that are other ones than those of `inner`. */
export function makeUnderTest(over: (inner: FirestoreStore) => Partial<FirestoreStore> = () => ({})) {
  const inner = makeMemoryFirestore();
  const pauses: number[] = [];
  const repeated: Repeated[] = [];
  const ledger = new FirestoreLedger({
    store: { ...inner, ...over(inner) },
    pause: async (upToMs) => void pauses.push(upToMs),
    onRepeated: (one) => void repeated.push(one),
  });
  const increment = () =>
    ledger.transact(async (tx) => {
      const n = Number((await tx.get(key))?.['n'] ?? 0) + 1;
      tx.put(key, { n });
      return n;
    });
  return { ledger, inner, pauses, repeated, increment };
}
