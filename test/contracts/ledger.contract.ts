import { describe, expect, it } from 'vitest';
import type { Ledger } from '#shared/ports/ledger.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** Sets the ledger's own clock, Unix ms. */
  setNow(epochMs: number): void;
  close(): void;
}

/** What every ledger promises. Each case gets a fresh, empty one. */
export function defineLedgerContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  const key = (id: string) => ({ collection: 'things', id });

  describe(`ledger contract: ${name}`, () => {
    const withLedger = (title: string, body: (under: LedgerUnderTest) => Promise<void>) =>
      it(title, async () => {
        const under = await make();
        try {
          await body(under);
        } finally {
          under.close();
        }
      });

    withLedger('gives back what was put, and nothing where nothing was', async ({ ledger }) => {
      await ledger.transact(async (tx) =>
        tx.put(key('cluster/a b%/ü'), { n: 1, deep: { list: [1, 'x', null, true] } }),
      );

      expect(await ledger.get(key('cluster/a b%/ü'))).toEqual({ n: 1, deep: { list: [1, 'x', null, true] } });
      expect(await ledger.get(key('other'))).toBeUndefined();
    });

    withLedger('writes nothing of a transaction that throws', async ({ ledger }) => {
      const failing = ledger.transact(async (tx) => {
        tx.put(key('a'), { n: 1 });
        throw new Error('stop');
      });

      await expect(failing).rejects.toThrow('stop');
      expect(await ledger.get(key('a'))).toBeUndefined();
    });

    withLedger('removes', async ({ ledger }) => {
      await ledger.transact(async (tx) => tx.put(key('a'), { n: 1 }));

      await ledger.transact(async (tx) => tx.remove(key('a')));

      expect(await ledger.get(key('a'))).toBeUndefined();
    });

    withLedger('refuses a read after a write', async ({ ledger }) => {
      const wrong = ledger.transact(async (tx) => {
        tx.put(key('a'), { n: 1 });
        await tx.get(key('b'));
      });

      await expect(wrong).rejects.toThrow('reads come before writes');
    });

    withLedger('repeats a transaction whose reads were overtaken, so that no increment is lost', async ({ ledger }) => {
      const increment = () =>
        ledger.transact(async (tx) => {
          const n = Number((await tx.get(key('counter')))?.['n'] ?? 0);
          await Promise.resolve();
          tx.put(key('counter'), { n: n + 1 });
        });

      await Promise.all(Array.from({ length: 8 }, increment));

      expect(await ledger.get(key('counter'))).toEqual({ n: 8 });
    });

    withLedger('sees that a document which was absent has been created meanwhile', async ({ ledger }) => {
      let runs = 0;

      await ledger.transact(async (tx) => {
        runs++;
        const seen = await tx.get(key('a'));
        if (runs === 1) await ledger.transact(async (other) => other.put(key('a'), { by: 'other' }));
        tx.put(key('b'), { sawA: seen !== undefined });
      });

      expect(runs).toBe(2);
      expect(await ledger.get(key('b'))).toEqual({ sawA: true });
    });

    withLedger('sees that a document was removed and written again', async ({ ledger }) => {
      await ledger.transact(async (tx) => tx.put(key('a'), { n: 1 }));
      let runs = 0;

      await ledger.transact(async (tx) => {
        runs++;
        await tx.get(key('a'));
        if (runs > 1) return;
        await ledger.transact(async (other) => other.remove(key('a')));
        await ledger.transact(async (other) => other.put(key('a'), { n: 1 }));
        tx.put(key('b'), {});
      });

      expect(runs).toBe(2);
    });

    withLedger('gives up on endless contention with a transient error', async ({ ledger }) => {
      let n = 0;
      const contended = ledger.transact(async (tx) => {
        await tx.get(key('a'));
        await ledger.transact(async (other) => other.put(key('a'), { n: n++ }));
        tx.put(key('b'), {});
      });

      await expect(contended).rejects.toMatchObject({ kind: 'transient' });
    });

    withLedger('tells its own time', async (under) => {
      under.setNow(123_000);

      expect(await under.ledger.transact(async (tx) => tx.nowMs)).toBe(123_000);
    });

    withLedger('refuses a document above 1 MiB by name and size', async ({ ledger }) => {
      const tooLarge = ledger.transact(async (tx) => tx.put(key('big'), { text: 'x'.repeat(1_048_576) }));

      await expect(tooLarge).rejects.toThrow(/things\/big: \d+ bytes, at most 1048576/);
    });

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
      expect(await ids({ equals: { kind: 'x' }, atMost: { field: 'at', value: 2 }, limit: 10 })).toEqual(['b']);
      expect(await ids({ orderBy: { field: 'at', direction: 'ascending' }, limit: 2 })).toEqual(['b', 'c']);
      expect(await ids({ orderBy: { field: 'at', direction: 'descending' }, limit: 10 })).toEqual(['a', 'c', 'b']);
    });
  });
}
