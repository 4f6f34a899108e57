import { describe, expect, it } from 'vitest';
import { verdictOf } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey, progressKey, wakeKey } from '#shared/ledger/records.ts';
import type { LedgerKey } from '#shared/ports/ledger.ts';
import { sweep } from '#shared/wakes.ts';
import { type LoopBench, wakeUp } from '../support/loop-ports.ts';
import { makeBench, readWake, target, wake } from '../support/toy.ts';

/** What a number that is not finite becomes in JSON. */
async function spoil({ ledger }: LoopBench, key: LedgerKey, field: string): Promise<void> {
  await ledger.transact(async (transaction) => {
    const value: JsonObject = (await transaction.get(key)) ?? {};
    transaction.put(key, { ...value, [field]: null });
  });
}

const errors = ({ logged }: LoopBench) => logged.filter(({ level }) => level === 'error').map(({ fields }) => fields);

describe('an unreadable record', () => {
  it('of one target’s wakes does not keep the sweeper from the others', async () => {
    const { bench } = await makeBench();
    await wakeUp(bench.ledger, { ...wake, target: 'toy/two' });
    await spoil(bench, wakeKey(wake), 'fence');

    const woken = await sweep(bench);

    expect(woken).toBe(1);
    expect(bench.published).toEqual([{ ...wake, target: 'toy/two' }]);
    expect(errors(bench)).toMatchObject([{ ...wakeKey(wake), reason: expect.stringContaining('fence: ') }]);
  });

  it('of a sibling’s wakes does not keep the other siblings from being fired', async () => {
    const { bench, run } = await makeBench();
    await wakeUp(bench.ledger, { automation: 'paint-toy', target });
    await wakeUp(bench.ledger, { automation: 'sell-toy', target });
    await spoil(bench, wakeKey({ automation: 'paint-toy', target }), 'fence');

    const outcome = await run();

    expect(outcome.kind).toBe('looked');
    expect(bench.published).toEqual([{ automation: 'sell-toy', target }]);
    expect(errors(bench)).toHaveLength(1);
  });

  it('of the target’s own wakes is acknowledged and logged: nobody can work on it', async () => {
    const { bench, toy, run } = await makeBench();
    await spoil(bench, wakeKey(wake), 'fence');

    const outcome = await run();

    expect(outcome).toEqual({ kind: 'left', why: 'unreadable' });
    expect(verdictOf(outcome)).toEqual({ status: 204 });
    expect(toy.looks).toBe(0);
    expect(errors(bench)).toMatchObject([
      { ...wake, error: expect.stringContaining('reading wakes/turn-toy:toy/one of the ledger: fence: ') },
    ]);
  });

  it.each([
    { name: 'progress', key: progressKey(wake), field: 'blindLooks' },
    { name: 'document', key: documentKey(target), field: 'sequence' },
  ])('$name is not written over, and is tried again after the longest pause', async ({ key, field }) => {
    const { bench, run } = await makeBench();
    if (field === 'blindLooks') await run();
    await spoil(bench, key, field);
    const before = await bench.ledger.get(key);

    const outcome = await run();

    expect(verdictOf(outcome)).toEqual({ status: 204 });
    expect(await bench.ledger.get(key)).toEqual(before);
    expect(await readWake(bench)).toMatchObject({ nextCheckAtMs: 1_000_000 + 1_800_000 });
    expect(errors(bench)).toMatchObject([{ error: expect.stringContaining(`${key.id} of the ledger: ${field}: `) }]);
  });
});
