import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findRecords, readRecord, UnreadableRecordError } from '#shared/ledger/read-records.ts';
import { key, makeUnderTest } from '../../support/firestore-under-test.ts';

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
    expect((await inner.batchGet([name])).found.get(name)?.fields['by']).toEqual({ mapValue: { fields: {} } });
    expect(await ledger.get(key)).toEqual(value);
  });

  it('of other collections does not expire', async () => {
    const { ledger, inner } = makeUnderTest();

    await ledger.transact(async (tx) => tx.put(key, { receivedAtMs: 1_000 }));

    const name = `${inner.root}/things/counter`;
    expect((await inner.batchGet([name])).found.get(name)?.fields).not.toHaveProperty('expireAt');
  });
});

describe('a long list', () => {
  it.each([
    { name: 'small documents is read in large pages', bytes: 10, count: 400, pages: [50, 250, 100] },
    { name: 'large documents is read in small ones', bytes: 250 * 1024, count: 100, pages: [50, 16, 16, 16, 2] },
  ])('of $name: no answer grows beyond what is read', async ({ bytes, count, pages }) => {
    const asked: unknown[] = [];
    const { ledger } = makeUnderTest((inner) => ({
      runQuery: (query, readTime) => {
        asked.push(query['limit']);
        return inner.runQuery(query, readTime);
      },
    }));
    await ledger.transact(async (tx) => {
      for (let n = 0; n < count; n++) tx.put({ collection: 'things', id: `${n}` }, { text: 'x'.repeat(bytes) });
    });

    const found = await ledger.find('things', { limit: count });

    expect(new Set(found.map(({ id }) => id)).size).toBe(count);
    expect(asked).toEqual(pages);
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
