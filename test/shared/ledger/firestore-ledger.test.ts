import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeFirestoreStore } from '#shared/gcp/firestore-store.ts';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { ConflictError, type FirestoreStore, StoreTroubleError } from '#shared/ledger/firestore-store.ts';
import type { Repeated } from '#shared/ledger/insist.ts';
import { findRecords, readRecord, UnreadableRecordError } from '#shared/ledger/read-records.ts';
import { readControls, readForLook, readWanted } from '#shared/progress-store.ts';
import { defineContentionContract } from '../../contracts/ledger-contention.contract.ts';
import { defineLedgerContract } from '../../contracts/ledger.contract.ts';
import { makePause } from '../../support/make-pause.ts';
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

const key = { collection: 'things', id: 'counter' };

function makeUnderTest(over: (inner: FirestoreStore) => Partial<FirestoreStore> = () => ({})) {
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

describe('what is stored', () => {
  it('is one text, what queries ask for, the mark of its commit, and when it may go', async () => {
    const { ledger, inner } = makeUnderTest();
    const message = { collection: 'messages', id: 'projects/p/subscriptions/s:17' };

    await ledger.transact(async (tx) =>
      tx.put(message, { phase: 'done', receivedAtMs: 1_000, alert: { state: 'open' } }),
    );

    const name = `${inner.root}/messages/projects.1p.1subscriptions.1s:17`;
    expect((await inner.batchGet([name])).found.get(name)?.fields).toEqual({
      json: { stringValue: '{"phase":"done","receivedAtMs":1000,"alert":{"state":"open"}}' },
      by: { mapValue: { fields: { phase: { stringValue: 'done' }, receivedAtMs: { integerValue: '1000' } } } },
      commit: { stringValue: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      expireAt: { timestampValue: '1970-01-31T00:00:01.000Z' },
    });
  });

  it('can be searched by no text that is not UTF-8, and comes back as it was', async () => {
    const { ledger, inner } = makeUnderTest();
    const value = { reason: 'found "\ud800"' };

    await ledger.transact(async (tx) => tx.put(key, value));

    const name = `${inner.root}/things/counter`;
    expect((await inner.batchGet([name])).found.get(name)?.fields).toMatchObject({ by: { mapValue: { fields: {} } } });
    expect(await ledger.get(key)).toEqual(value);
  });

  it('of other collections does not expire', async () => {
    const { ledger, inner } = makeUnderTest();

    await ledger.transact(async (tx) => tx.put(key, { receivedAtMs: 1_000 }));

    const name = `${inner.root}/things/counter`;
    expect((await inner.batchGet([name])).found.get(name)?.fields).not.toHaveProperty('expireAt');
  });
});

describe('what somebody else has written into a collection', () => {
  async function makeSpoiled() {
    const under = makeUnderTest();
    const { inner, ledger } = under;
    await inner.commit([{ update: { name: `${inner.root}/things/by.1hand`, fields: { n: { integerValue: '1' } } } }]);
    await ledger.transact(async (tx) => tx.put(key, { n: 2 }));
    return under;
  }
  const reason = 'expected an object in its field json, found nothing';

  it('is told by its key, as an unreadable record', async () => {
    const { ledger } = await makeSpoiled();

    const read = readRecord(ledger, { collection: 'things', id: 'by/hand' }, z.object({}));

    await expect(read).rejects.toThrow(UnreadableRecordError);
    await expect(read).rejects.toThrow(`reading things/by/hand of the ledger: ${reason}`);
  });

  it('costs a search itself and nothing else, even where a record may be empty', async () => {
    const { ledger } = await makeSpoiled();
    const told: string[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: (message: string) => void told.push(message) };

    const found = await findRecords(
      { ledger, log },
      { collection: 'things', schema: z.object({ n: z.number().exactOptional() }) },
      { limit: 10 },
    );

    expect(found.records).toMatchObject([{ id: 'counter', record: { n: 2 } }]);
    expect(found.unreadable).toEqual([{ key: { collection: 'things', id: 'by/hand' }, reason }]);
    expect(told).toHaveLength(1);
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
