import { describe, expect, it } from 'vitest';
import type { Ledger } from '#shared/ports/ledger.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** The same documents as another process sees them. */
  readonly other: Ledger;
  /** Sets the ledger's own clock, Unix ms; both openers go by it. */
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

    const increment = (ledger: Ledger) =>
      ledger.transact(async (tx) => {
        const n = Number((await tx.get(key('counter')))?.['n'] ?? 0);
        await Promise.resolve();
        tx.put(key('counter'), { n: n + 1 });
      });

    withLedger('loses none of fifty increments at once', async ({ ledger }) => {
      await Promise.all(Array.from({ length: 50 }, () => increment(ledger)));

      expect(await ledger.get(key('counter'))).toEqual({ n: 50 });
    });

    withLedger('loses none of fifty increments of two processes at once', async ({ ledger, other }) => {
      await Promise.all(Array.from({ length: 50 }, (_, index) => increment(index % 2 === 0 ? ledger : other)));

      expect(await ledger.get(key('counter'))).toEqual({ n: 50 });
    });

    withLedger('goes on after a transaction that failed', async ({ ledger }) => {
      const failing = ledger.transact(async () => {
        throw new Error('stop');
      });
      const next = increment(ledger);

      await expect(failing).rejects.toThrow('stop');
      await expect(next).resolves.toBeUndefined();
    });

    withLedger('refuses a transaction inside a transaction, which would wait for itself', async ({ ledger }) => {
      const nested = ledger.transact(async () => await increment(ledger));

      await expect(nested).rejects.toThrow('inside another one');
      await expect(increment(ledger)).resolves.toBeUndefined();
    });

    withLedger('sees that a document which was absent has been created meanwhile', async ({ ledger, other }) => {
      let runs = 0;

      await ledger.transact(async (tx) => {
        runs++;
        const seen = await tx.get(key('a'));
        if (runs === 1) await other.transact(async (theirs) => theirs.put(key('a'), { by: 'other' }));
        tx.put(key('b'), { sawA: seen !== undefined });
      });

      expect(runs).toBe(2);
      expect(await ledger.get(key('b'))).toEqual({ sawA: true });
    });

    withLedger('sees that a document was removed and written again', async ({ ledger, other }) => {
      await ledger.transact(async (tx) => tx.put(key('a'), { n: 1 }));
      let runs = 0;

      await ledger.transact(async (tx) => {
        runs++;
        await tx.get(key('a'));
        if (runs > 1) return;
        await other.transact(async (theirs) => theirs.remove(key('a')));
        await other.transact(async (theirs) => theirs.put(key('a'), { n: 1 }));
        tx.put(key('b'), {});
      });

      expect(runs).toBe(2);
    });

    withLedger('gives up on endless contention with a transient error', async ({ ledger, other }) => {
      let n = 0;
      const contended = ledger.transact(async (tx) => {
        await tx.get(key('a'));
        await other.transact(async (theirs) => theirs.put(key('a'), { n: n++ }));
        tx.put(key('b'), {});
      });

      await expect(contended).rejects.toMatchObject({ kind: 'transient' });
    });

    withLedger('tells its own time', async (under) => {
      under.setNow(123_000);

      expect(await under.ledger.transact(async (tx) => tx.nowMs)).toBe(123_000);
    });

    withLedger('does not go back in time behind what anybody has committed', async (under) => {
      const { ledger, other } = under;
      under.setNow(123_000);
      await other.transact(async (tx) => tx.put(key('a'), {}));

      under.setNow(100_000);
      const behind = await ledger.transact(async (tx) => tx.nowMs);
      under.setNow(124_000);
      const ahead = await ledger.transact(async (tx) => tx.nowMs);

      expect({ behind, ahead }).toEqual({ behind: 123_000, ahead: 124_000 });
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
      expect(await ids({ afterId: 'a', limit: 2 })).toEqual(['b', 'c']);
      expect(await ids({ equals: { kind: 'x' }, afterId: 'b', limit: 10 })).toEqual(['d']);
      expect(await ids({ orderBy: { field: 'at', direction: 'descending' }, limit: 10 })).toEqual(['a', 'c', 'b']);
    });
  });
}
