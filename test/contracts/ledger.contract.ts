import { describe, expect, it } from 'vitest';
import type { Ledger } from '#shared/ports/ledger.ts';
import { defineLedgerQueries } from './ledger-queries.contract.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** The same documents as another process sees them. */
  readonly other: Ledger;
  /** Sets the ledger's own clock, Unix ms; both openers go by it. Absent: its time is the store's own. */
  setNow?(epochMs: number): void;
  close(): void;
}

/** What every ledger promises. Each case gets a fresh, empty one. */
export function defineLedgerContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  const key = (id: string) => ({ collection: 'things', id });

  /** The time that a transaction tells, which is that of its first read. */
  const timeOf = (ledger: Ledger) =>
    ledger.transact(async (tx) => {
      await tx.get(key('clock'));
      return tx.nowMs;
    });

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

    withLedger('refuses a transaction inside a transaction, which would wait for itself', async ({ ledger, other }) => {
      const nested = ledger.transact(async () => await increment(ledger));
      await expect(nested).rejects.toThrow('inside another one');

      const byWayOfAnother = ledger.transact(() => other.transact(async () => await increment(ledger)));
      await expect(byWayOfAnother).rejects.toThrow('inside another one');
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
      under.setNow?.(123_000);

      const first = await timeOf(under.other);
      await increment(under.other);
      under.setNow?.(124_000);
      const second = await timeOf(under.ledger);

      expect(first).toBeLessThan(second);
    });

    withLedger('tells no time before the first read, which its time is of', async ({ ledger }) => {
      await expect(ledger.transact(async (tx) => tx.nowMs)).rejects.toThrow('before its first read');
    });

    withLedger('does not go back in time behind what anybody has committed', async (under) => {
      const { ledger, other } = under;
      under.setNow?.(123_000);
      const committedAtMs = await other.transact(async (tx) => {
        await tx.get(key('a'));
        tx.put(key('a'), {});
        return tx.nowMs;
      });

      under.setNow?.(100_000);

      expect(await timeOf(ledger)).toBeGreaterThanOrEqual(committedAtMs);
    });

    withLedger('refuses a document above 1 MiB by name, size and largest field', async ({ ledger }) => {
      const tooLarge = ledger.transact(async (tx) => tx.put(key('big'), { n: 1, text: 'x'.repeat(1_048_576) }));

      await expect(tooLarge).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringMatching(/things\/big: \d+ bytes, at most 1048576 allowed.*in bytes: text 1048578, n 1$/),
      });
    });

    withLedger('takes a document just below that limit', async ({ ledger }) => {
      const text = 'x'.repeat(1_048_576 - 300);

      await ledger.transact(async (tx) => tx.put(key('big'), { text }));

      expect((await ledger.get(key('big')))?.['text']).toHaveLength(text.length);
    });

    withLedger('keeps what JSON keeps: order of keys, lists in lists, depth, odd keys', async ({ ledger }) => {
      const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);
      const value = { z: 1, a: [[1], [[2]]], '': 0, __x__: 0.5, 'a.b`c': null, deep };

      await ledger.transact(async (tx) => tx.put(key('odd'), value));

      expect(JSON.stringify(await ledger.get(key('odd')))).toBe(JSON.stringify(value));
    });

    withLedger('takes any id, and lists all in the order of their bytes', async ({ ledger }) => {
      const ids = [
        '.',
        '..',
        '/',
        'a',
        'a-',
        'a.',
        'a.0',
        'a/',
        'a/b',
        'a0',
        'aZ',
        'a_',
        'a_0',
        'a`',
        '__x__',
        'ü',
        '\u{1f600}',
        '\uffee',
      ];
      await ledger.transact(async (tx) => {
        for (const id of ids) tx.put(key(id), { id });
      });

      const found = await ledger.find('things', { limit: 100 });
      const behind = await ledger.find('things', { afterId: 'a.0', limit: 100 });

      const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(found.map(({ id }) => id)).toEqual(inOrder);
      expect(found.map(({ value }) => value['id'])).toEqual(inOrder);
      expect(behind.map(({ id }) => id)).toEqual(inOrder.slice(inOrder.indexOf('a.0') + 1));
    });

    defineLedgerQueries(withLedger);
  });
}
