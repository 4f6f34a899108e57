import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { readControls, readForLook, readWanted } from '#shared/progress-store.ts';
import { key, makeUnderTest } from '../../support/firestore-under-test.ts';
import { makePause } from '../../support/make-pause.ts';
import { makeMemoryFirestore } from '../../support/memory-firestore.ts';

describe('calls of a transaction', () => {
  function counted() {
    const calls: string[] = [];
    const under = makeUnderTest((inner) => ({
      batchGet: (names, readTime) => {
        calls.push(`get ${names.length}${readTime === undefined ? '' : ' then'}`);
        return inner.batchGet(names, readTime);
      },
      commit: (writes) => {
        calls.push(`commit ${writes.map((write) => Object.keys(write)[0]).join(' ')}`);
        return inner.commit(writes);
      },
    }));
    return { ...under, calls };
  }
  const thing = (id: string) => ({ collection: 'things', id });

  it('that only reads are its reads', async () => {
    const { ledger, calls } = counted();

    await ledger.transact((tx) => tx.get(key));

    expect(calls).toEqual(['get 1']);
  });

  it('read in one call what is asked for at once, and later things as of the same instant', async () => {
    const { ledger, calls } = counted();

    await ledger.transact(async (tx) => {
      await Promise.all(['a', 'b', 'c'].map((id) => tx.get(thing(id))));
      await tx.get(thing('d'));
    });

    expect(calls).toEqual(['get 3', 'get 1 then']);
  });

  it('read in one call what a look begins with', async () => {
    const { ledger, calls } = counted();
    const target = 'cluster/demo';

    const records = await readForLook(ledger, { automation: 'build-cluster', target });

    expect(await readWanted(records, target)).toBeUndefined();
    expect(await readControls(records, target, 0)).toEqual({ overrides: {} });
    expect(calls).toEqual(['get 4']);
  });

  it('verify what was read and not written', async () => {
    const { ledger, calls } = counted();

    await ledger.transact(async (tx) => {
      await Promise.all([tx.get(thing('a')), tx.get(thing('b'))]);
      tx.put(thing('a'), {});
      tx.remove(thing('c'));
    });

    expect(calls).toEqual(['get 2', 'commit update delete verify']);
  });
});

describe('transactions of one process that meet', () => {
  it('are repeated one after the other: each but the first needs one repetition', async () => {
    let commits = 0;
    const { increment } = makeUnderTest((inner) => ({
      // All have read before the first one commits.
      batchGet: async (...call) => {
        const snapshot = await inner.batchGet(...call);
        await setImmediate();
        return snapshot;
      },
      commit: async (writes) => {
        commits++;
        await inner.commit(writes);
      },
    }));

    const counts = await Promise.all(Array.from({ length: 50 }, increment));

    expect(new Set(counts).size).toBe(50);
    expect(commits).toBe(50 + 49);
  });
});

describe('the time of a transaction', () => {
  it('is that of its read, whatever the clock of this machine says', async () => {
    const store = makeMemoryFirestore(() => 5_000);
    const pause = makePause();
    const ledger = new FirestoreLedger({ store, pause });
    const tell = (from: FirestoreLedger) =>
      from.transact(async (tx) => {
        await tx.get(key);
        return tx.nowMs;
      });

    expect(await tell(ledger)).toBe(5_000);
    expect(await tell(new FirestoreLedger({ store, pause, clockMs: () => 77_000 }))).toBe(77_000);
  });
});
