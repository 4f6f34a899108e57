import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFirestoreStore } from '#shared/gcp/firestore-store.ts';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { ConflictError, type FirestoreStore, StoreTroubleError } from '#shared/ledger/firestore-store.ts';
import { acquireLease } from '#shared/lease.ts';
import { defineContentionContract } from '../../contracts/ledger-contention.contract.ts';
import { defineLedgerContract } from '../../contracts/ledger.contract.ts';
import { key, makeUnderTest } from '../../support/firestore-under-test.ts';
import { makePause } from '../../support/make-pause.ts';
import { wakeUp } from '../../support/loop-ports.ts';
import { makeMemoryFirestore } from '../../support/memory-firestore.ts';
import { serveFirestore, type ServedFirestore } from '../../support/served-firestore.ts';

defineLedgerContract('Firestore, in memory', async () => {
  const pause = makePause();
  let nowMs = 1_000;
  const store = makeMemoryFirestore(() => nowMs);
  const open = () => new FirestoreLedger({ store, pause });
  // Firestore's own clock does not go back.
  return { ledger: open(), other: open(), setNow: (toMs) => (nowMs = Math.max(toMs, nowMs)), close: () => undefined };
});

describe('over the wire', () => {
  let nowMs = 1_000;
  let served: ServedFirestore;
  beforeAll(async () => {
    served = await serveFirestore(() => nowMs);
  });
  afterAll(() => served.stop());

  let databases = 0;
  defineLedgerContract('Firestore, in memory, by its REST API', async () => {
    const pause = makePause();
    const database = `case-${databases++}`;
    const open = () =>
      new FirestoreLedger({
        store: makeFirestoreStore({ connection: served.connection, project: 'p', database }),
        pause,
      });
    return { ledger: open(), other: open(), setNow: (toMs) => (nowMs = Math.max(toMs, nowMs)), close: () => undefined };
  });
});

defineContentionContract('Firestore, in memory', async () => {
  const pause = makePause();
  const store = makeMemoryFirestore();
  return { open: (onRepeated) => new FirestoreLedger({ store, pause, onRepeated }), close: () => undefined };
});

/** Commits that fail with what is made for each, until there is nothing left to fail with. */
const failing =
  (errors: Error[], then: 'made' | 'lost' = 'lost') =>
  (inner: FirestoreStore) => ({
    commit: async (...call: Parameters<FirestoreStore['commit']>) => {
      const error = errors.shift();
      if (error === undefined || then === 'made') await inner.commit(...call);
      if (error !== undefined) throw error;
    },
  });

describe('a commit', () => {
  it.each([
    { name: 'a lost race', error: () => new ConflictError('ABORTED: too much contention') },
    { name: 'no answer', error: () => new StoreTroubleError('committing: socket hang up') },
  ])('that ends with $name is repeated after growing pauses, and told once', async ({ error }) => {
    const { increment, pauses, repeated } = makeUnderTest(failing([error(), error(), error()]));

    expect(await increment()).toBe(1);
    expect(pauses).toEqual([20, 40, 80]);
    expect(repeated).toEqual([
      expect.objectContaining({ doing: 'committing to the ledger', attempts: 4, gaveUp: false }),
    ]);
  });

  it('is given up after ten attempts, with the reason, as a failure that passes', async () => {
    const { increment, pauses, repeated } = makeUnderTest(
      failing(Array.from({ length: 100 }, () => new ConflictError('ABORTED: too much contention'))),
    );

    await expect(increment()).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/^committing to the ledger: .*too much contention.*gave up after 10 attempts$/),
    });
    expect(pauses.reduce((sum, upToMs) => sum + upToMs)).toBeLessThan(5_000);
    expect(repeated).toEqual([expect.objectContaining({ attempts: 10, gaveUp: true })]);
  });

  it('that was made though its answer was lost is not made twice', async () => {
    const { increment, ledger } = makeUnderTest(failing([new StoreTroubleError('committing: timeout')], 'made'));

    expect(await increment()).toBe(1);
    expect(await ledger.get(key)).toEqual({ n: 1 });
  });

  it('that was made and written over by another one since is known by anything else that it wrote', async () => {
    const lost = [new StoreTroubleError('committing: timeout')];
    const { inner, ledger } = makeUnderTest((store) => ({
      commit: async (writes) => {
        await store.commit(writes);
        const error = lost.shift();
        if (error === undefined) return;
        await new FirestoreLedger({ store, pause: makePause() }).transact(async (tx) => tx.put(key, { n: 7 }));
        throw error;
      },
    }));

    const bodies = await ledger.transact(async (tx) => {
      const n = Number((await tx.get(key))?.['n'] ?? 0) + 1;
      tx.put(key, { n });
      tx.put({ collection: 'things', id: 'own' }, { n });
      return n;
    });

    expect(bodies).toBe(1);
    expect(await new FirestoreLedger({ store: inner, pause: makePause() }).get(key)).toEqual({ n: 7 });
  });

  it('that took a lease, and was written over by a wake since, still holds it', async () => {
    const wake = { automation: 'turn-toy', target: 'toy/one' };
    const lost = [new StoreTroubleError('committing: timeout')];
    const { inner, ledger } = makeUnderTest((store) => ({
      commit: async (writes) => {
        await store.commit(writes);
        const error = lost.shift();
        if (error === undefined) return;
        await wakeUp(new FirestoreLedger({ store, pause: makePause() }), wake);
        throw error;
      },
    }));
    await wakeUp(new FirestoreLedger({ store: inner, pause: makePause() }), wake);
    const clock = { nowMs: () => 0, elapsedMs: () => 0 };

    const attempt = await acquireLease({ ledger, clock }, { wake, holder: 'us' });

    if (attempt.kind !== 'acquired') throw new Error(`it is ${attempt.kind}`);
    await expect(attempt.lease.release(1_000)).resolves.toEqual({ kind: 'released', wakeSeq: 2 });
  });

  it('that is made late, while the next attempt is on its way whose answer is lost as well, is not made twice', async () => {
    let late: Parameters<FirestoreStore['commit']>[0] | undefined;
    let commits = 0;
    const { increment, ledger } = makeUnderTest((inner) => ({
      commit: async (writes) => {
        commits++;
        if (commits > 2) return await inner.commit(writes);
        if (late !== undefined) await inner.commit(late);
        late = writes;
        throw new StoreTroubleError('committing: timeout');
      },
    }));

    expect(await increment()).toBe(1);
    expect(await ledger.get(key)).toEqual({ n: 1 });
  });

  it('is repeated though a search of its body has to be repeated, too', async () => {
    const inTheWay = [new ConflictError('ABORTED: too much contention')];
    let searches = 0;
    const { ledger } = makeUnderTest((inner) => ({
      ...failing(inTheWay)(inner),
      runQuery: async (...call) => {
        searches++;
        if (searches === 2) throw new StoreTroubleError('searching: socket hang up');
        return await inner.runQuery(...call);
      },
    }));

    await ledger.transact(async (tx) => {
      await tx.get(key);
      const found = await ledger.find('things', { limit: 10 });
      tx.put(key, { n: found.length });
    });

    expect(await ledger.get(key)).toEqual({ n: 0 });
    expect(searches).toBe(3);
  });

  it('that fails for good is not repeated', async () => {
    const { increment, pauses } = makeUnderTest(failing([new Error('PERMISSION_DENIED')]));

    await expect(increment()).rejects.toThrow('PERMISSION_DENIED');
    expect(pauses).toEqual([]);
  });
});
