import { describe, expect, it } from 'vitest';
import { type WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { fanOut } from '../../../functions/tick/fan-out.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';

const NOW_MS = 1_000_000;
const PACE_MS = 15_000;
const target = 'model/demo/serving/llama';
const wake = { automation: 'scale-replicas', target };

async function makeBench(records: readonly Partial<WakeRecord>[]) {
  const transactions = { count: 0 };
  const counted = (inner: Ledger): Ledger => ({
    get: (key) => inner.get(key),
    find: (collection, query) => inner.find(collection, query),
    transact: (body) => {
      transactions.count += 1;
      return inner.transact(body);
    },
  });
  const bench = makeLoopBench({ ledger: counted });
  await bench.ledger.transact(async (tx) => {
    for (const record of records) {
      const full: WakeRecord = {
        ...wake,
        wakeSeq: 1,
        seenSeq: 1,
        fence: 1,
        nextCheckAtMs: NOW_MS + 600_000,
        ...record,
      };
      tx.put(wakeKey(full), full);
    }
  });
  transactions.count = 0;
  return { ...bench, transactions };
}

describe('the fan-out', () => {
  it.each([
    { name: 'that was never looked at', record: {} },
    { name: 'that was looked at long ago', record: { lookBeganAtMs: NOW_MS - PACE_MS } },
    { name: 'whose next look is too far away', record: { lookBeganAtMs: NOW_MS - 1_000 } },
  ])('hints a target $name', async ({ record }) => {
    const bench = await makeBench([record]);

    expect(await fanOut(bench)).toBe(1);

    expect(bench.published).toEqual([wake]);
    expect(await bench.ledger.get(wakeKey(wake))).toMatchObject({ wakeSeq: 2, nextCheckAtMs: NOW_MS });
  });

  it.each([
    {
      name: 'that is looked at by itself',
      record: { lookBeganAtMs: NOW_MS - 5_000, nextCheckAtMs: NOW_MS + 10_000 },
    },
    {
      name: 'that is being looked at',
      record: { lookBeganAtMs: NOW_MS - 5_000, lease: { holder: 'h', expiresAtMs: NOW_MS + 55_000 } },
    },
    {
      name: 'whose last look ended by a bug',
      record: { nextCheckAtMs: NOW_MS + 240_000, hintsFromMs: NOW_MS + 240_000 },
    },
    { name: 'that has a wake which nobody has seen yet', record: { wakeSeq: 2 } },
    { name: 'that is overdue, which is the sweep’s', record: { nextCheckAtMs: NOW_MS } },
    { name: 'of an automation without a pace', record: { automation: 'build-cluster', target: 'cluster/demo' } },
  ])('leaves a target $name, at the cost of no transaction', async ({ record }) => {
    const bench = await makeBench([record]);

    expect(await fanOut(bench)).toBe(0);

    expect(bench.published).toEqual([]);
    expect(bench.transactions.count).toBe(0);
  });

  it('leaves a target that nobody wants any more', async () => {
    const bench = await makeBench([]);
    const ended = { ...wake, wakeSeq: 1, seenSeq: 1, fence: 1 };
    await bench.ledger.transact(async (tx) => tx.put(wakeKey(wake), ended));

    expect(await fanOut(bench)).toBe(0);
  });

  it('finds every one of more targets than a query gives, and writes those only that need it', async () => {
    const looked = { lookBeganAtMs: NOW_MS - 5_000, nextCheckAtMs: NOW_MS + 10_000 };
    const bench = await makeBench(
      Array.from({ length: 1_500 }, (_, n) => ({
        target: `model/demo/serving/m${n}`,
        ...(n % 10 === 0 ? {} : looked),
      })),
    );

    expect(await fanOut(bench)).toBe(150);

    expect(new Set(bench.published.map((one) => one.target)).size).toBe(150);
    expect(bench.transactions.count).toBe(150);
  });

  it('leaves a target that somebody has begun to look at since the query', async () => {
    const bench = await makeBench([{}]);
    const looked = { ...wake, wakeSeq: 1, seenSeq: 1, fence: 2, lookBeganAtMs: NOW_MS, nextCheckAtMs: NOW_MS + 10_000 };
    const ledger: Ledger = {
      get: (key) => bench.ledger.get(key),
      transact: (body) => bench.ledger.transact(body),
      find: async (collection, query) => {
        const found = await bench.ledger.find(collection, query);
        await bench.ledger.transact(async (tx) => tx.put(wakeKey(wake), looked));
        return found;
      },
    };

    expect(await fanOut({ ...bench, ledger })).toBe(0);

    expect(bench.published).toEqual([]);
  });

  it('attempts every target, and fails with what the first failure says', async () => {
    const bench = await makeBench([{}, { target: `${target}-2` }]);
    const reached: string[] = [];
    const wakes = {
      publish: (one: { readonly target: string }) => {
        reached.push(one.target);
        return one.target === target ? Promise.reject(new Error('reset')) : Promise.resolve();
      },
    };

    await expect(fanOut({ ...bench, wakes })).rejects.toThrow('reset');

    expect(reached).toEqual([target, `${target}-2`]);
  });
});
