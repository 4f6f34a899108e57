/** What every ledger finds; part of ledger.contract.ts. */
import { expect } from 'vitest';
import type { Ledger } from '#shared/ports/ledger.ts';

/** Defines one case, which gets a fresh, empty ledger. */
export type WithLedger = (title: string, body: (under: { readonly ledger: Ledger }) => Promise<void>) => void;

const key = (id: string) => ({ collection: 'things', id });

export function defineLedgerQueries(withLedger: WithLedger): void {
  withLedger('finds by equality, range, order and limit', async ({ ledger }) => {
    await ledger.transact(async (tx) => {
      tx.put(key('a'), { kind: 'x', at: 3 });
      tx.put(key('b'), { kind: 'x', at: 1 });
      tx.put(key('c'), { kind: 'y', at: 2 });
      tx.put(key('d'), { kind: 'x' });
      tx.put({ collection: 'others', id: 'e' }, { kind: 'x', at: 1 });
    });
    const ids = async (query: Parameters<Ledger['find']>[1]) =>
      (await ledger.find('things', query)).map(({ id }) => id);

    expect(await ids({ equals: { kind: 'x' }, limit: 10 })).toEqual(['a', 'b', 'd']);
    expect(await ids({ orderBy: { field: 'at', direction: 'ascending' }, limit: 2 })).toEqual(['b', 'c']);
    expect(await ids({ afterId: 'a', limit: 2 })).toEqual(['b', 'c']);
    expect(await ids({ equals: { kind: 'x' }, afterId: 'b', limit: 10 })).toEqual(['d']);
    expect(await ids({ atMost: { field: 'at', value: 2 }, limit: 10 })).toEqual(['b', 'c']);
    expect(await ids({ equals: { kind: 'z' }, limit: 10 })).toEqual([]);
    expect(await ids({ orderBy: { field: 'at', direction: 'descending' }, limit: 10 })).toEqual(['a', 'c', 'b']);
  });

  withLedger(
    'finds by two equalities in an order that has its indexes, and refuses one that has none',
    async ({ ledger }) => {
      const message = (messageId: string, phase: string, receivedAtMs: number) => ({
        phase,
        messageId,
        receivedAtMs,
      });
      await ledger.transact(async (tx) => {
        tx.put({ collection: 'messages', id: 'a' }, message('1', 'done', 1));
        tx.put({ collection: 'messages', id: 'b' }, message('1', 'done', 3));
        tx.put({ collection: 'messages', id: 'c' }, message('1', 'refused', 2));
        tx.put({ collection: 'messages', id: 'd' }, message('2', 'done', 4));
      });
      const find = (equals: Record<string, string>, direction: 'ascending' | 'descending') =>
        ledger.find('messages', { equals, orderBy: { field: 'receivedAtMs', direction }, limit: 10 });

      const found = await find({ phase: 'done', messageId: '1' }, 'descending');

      expect(found.map(({ id }) => id)).toEqual(['b', 'a']);
      await expect(find({ actor: 'x' }, 'descending')).rejects.toThrow('searching messages by actor, descending by');
      await expect(find({ phase: 'done' }, 'ascending')).rejects.toThrow('there is no index for that');
    },
  );

  withLedger('refuses a range of one field in the order of another', async ({ ledger }) => {
    const query = {
      atMost: { field: 'at', value: 2 },
      orderBy: { field: 'kind', direction: 'ascending' },
      limit: 10,
    } as const;

    const found = ledger.find('things', query);

    await expect(found).rejects.toThrow('searching things up to a at, ordered by kind: order it by at');
  });

  withLedger('finds all of many, equal ones by id in the direction of the order', async ({ ledger }) => {
    const ids = Array.from({ length: 600 }, (_, index) => `n${String(index).padStart(3, '0')}`);
    await ledger.transact(async (tx) => {
      for (const [index, id] of ids.entries()) tx.put(key(id), { half: index % 2, on: index % 2 === 0 });
    });
    const found = async (query: Omit<Parameters<Ledger['find']>[1], 'limit'>) =>
      (await ledger.find('things', { ...query, limit: 1_000 })).map(({ id }) => id);

    expect(await found({})).toEqual(ids);
    expect(await found({ equals: { on: true } })).toEqual(ids.filter((_, index) => index % 2 === 0));
    expect(await found({ orderBy: { field: 'half', direction: 'descending' } })).toEqual(
      [1, 0].flatMap((half) => ids.filter((_, index) => index % 2 === half).toReversed()),
    );
  });
}
