import { describe, expect, it } from 'vitest';
import { plan } from '../../../functions/scale-node-pool/plan.ts';
import { readDemands } from '../../../functions/scale-node-pool/read-demands.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { AutomationError } from '#shared/errors.ts';
import { demandKey, progressKey } from '#shared/ledger/records.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { makeDemand, NOW_MS } from '../../shared/domain/node-pool/make-pool.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeObserved, makeSubject, target } from './make-look.ts';

const updates = (count: number, asked: string) =>
  Array.from({ length: count }, (_, index) => ({ operation: `o${index}`, atMs: NOW_MS - 60_000, asked }));
const carryWith = (count: number, asked = 'resize 3'): JsonObject => ({
  version: 1,
  memory: { unfitSinceMs: {}, chosen: [] },
  updates: updates(count, asked),
});

describe('a growth', () => {
  const stockout = new AutomationError('capacity', 'no stock', { code: 'GCE_STOCKOUT' });

  it.each([
    { name: 'starts', subject: makeSubject(), over: {}, status: { state: 'ready' }, phase: 'updating' },
    {
      name: 'runs while its operation does',
      subject: makeSubject({ resize: { state: 'running', operation: 'o' } }),
      over: { readings: new Map([['resize', { state: 'running' as const }]]) },
      status: { state: 'running', operation: 'o' },
      phase: 'updating',
    },
    {
      name: 'has failed when its operation has',
      subject: makeSubject({ resize: { state: 'running', operation: 'o' } }),
      over: { readings: new Map([['resize', { state: 'failed' as const, error: stockout }]]) },
      status: { state: 'failed', fresh: true, failure: { kind: 'capacity' } },
      phase: 'degraded',
    },
    {
      name: 'is not asked for again within the pause after a refusal, and the need is shown as unmet',
      subject: makeSubject({ resize: { failureKind: 'capacity', reason: 'no stock', notBeforeMs: NOW_MS + 1 } }),
      over: {},
      status: {
        state: 'failed',
        fresh: false,
        failure: { message: /^no stock \(asked for: a3-ultragpu-8g .*h200-res\)$/ },
      },
      phase: 'degraded',
    },
    {
      name: 'is asked for again after the pause',
      subject: makeSubject({ resize: { failureKind: 'capacity', reason: 'no stock', notBeforeMs: NOW_MS } }),
      over: {},
      status: { state: 'ready' },
      phase: 'updating',
    },
    {
      name: 'waits for the operation of somebody else',
      subject: makeSubject(),
      over: { operations: [{ name: 'op-1', type: 'UPGRADE_NODES', subject: 'pool/h200' }] },
      status: { state: 'waiting', cause: 'others', reason: 'busy: UPGRADE_NODES (op-1) runs on pool/h200' },
      phase: 'updating',
    },
    {
      name: 'stops after a dozen changes to the same size within an hour',
      subject: makeSubject({}, carryWith(12)),
      over: {},
      status: { state: 'waiting', cause: 'others', reason: /^12 changes to the same size within an hour/ },
      phase: 'updating',
    },
    {
      name: 'goes on after a dozen to other sizes: it follows its demand',
      subject: makeSubject({}, carryWith(12, 'resize 2')),
      over: {},
      status: { state: 'ready' },
      phase: 'updating',
    },
    {
      name: 'goes on with eleven',
      subject: makeSubject({}, carryWith(11)),
      over: {},
      status: { state: 'ready' },
      phase: 'updating',
    },
  ])('$name', ({ subject, over, status, phase }) => {
    const planned = plan(subject, makeObserved(over));
    const found = planned.steps[0]?.status;

    expect(planned.phase).toBe(phase);
    expect(found).toMatchObject(texts(status));
  });

  it('writes down which size it asks for, and counts the operation as one of that size', () => {
    const asked = plan(makeSubject(), makeObserved()).carry;
    const next = makeSubject({ resize: { state: 'running', operation: 'o' } }, asked);
    const after = plan(next, makeObserved({ readings: new Map([['resize', { state: 'running' as const }]]) }));

    expect(after.carry).toMatchObject({ updates: [{ operation: 'o', asked: 'resize 3' }] });
  });

  it('asks for what is free after a refusal, then for all of it, and for half where nobody says what is free', () => {
    const short = (required: number, by: number) =>
      `required ${required} and short of ${by} VM count of machine type a3`;
    const looks: readonly { memory: Partial<StepMemory>; asks: number }[] = [
      { memory: { state: 'waiting' }, asks: 9 },
      // Within the pause nothing is asked for, and looking twice does not make it fewer.
      { memory: { failureKind: 'capacity', attempts: 1, reason: short(8, 5), notBeforeMs: NOW_MS + 1 }, asks: 4 },
      { memory: { failureKind: 'capacity', attempts: 1, reason: short(8, 5), notBeforeMs: NOW_MS + 1 }, asks: 4 },
      { memory: { failureKind: 'capacity', attempts: 1, reason: short(8, 5), notBeforeMs: NOW_MS }, asks: 4 },
      // The answer to it was lost.
      { memory: { failureKind: 'transient', attempts: 1, reason: 'timeout', notBeforeMs: NOW_MS }, asks: 5 },
      { memory: { failureKind: 'capacity', attempts: 2, reason: 'no room', notBeforeMs: NOW_MS }, asks: 3 },
      { memory: { failureKind: 'capacity', attempts: 3, reason: 'no room', notBeforeMs: NOW_MS }, asks: 2 },
      // Accepted.
      { memory: { state: 'running', attempts: 3 }, asks: 9 },
    ];
    const asked: unknown[] = [];
    let carry: JsonObject | undefined;

    for (const { memory } of looks) {
      const size = { min: 1, max: 20, owner: 'inference-fleet' } as const;
      const wanted = { ...makeObserved().wanted, size };
      const planned = plan(makeSubject({ resize: memory }, carry), makeObserved({ wanted, demands: [makeDemand(9)] }));
      asked.push(planned.steps[0]?.step.kind === 'resize' && planned.steps[0].step.nodesPerZone);
      ({ carry } = planned);
    }

    expect(asked).toEqual(looks.map(({ asks }) => asks));
  });

  it('says the same words however often it is looked at', () => {
    const subject = makeSubject({ resize: { failureKind: 'capacity', reason: 'no stock', notBeforeMs: NOW_MS + 1 } });
    const first = plan(subject, makeObserved()).steps[0]?.status;
    const reason = first?.state === 'failed' ? first.failure.message : '';
    const again = makeSubject({ resize: { failureKind: 'capacity', reason, notBeforeMs: NOW_MS + 1 } });

    expect(plan(again, makeObserved()).steps[0]?.status).toEqual(first);
  });
});

/** Patterns of texts as matchers. */
function texts(expected: object): object {
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]: [string, unknown]) => {
      if (value instanceof RegExp) return [key, expect.stringMatching(value)];
      return [key, typeof value === 'object' && value !== null ? texts(value) : value];
    }),
  );
}

describe('a pool that nobody may resize yet', () => {
  it('is waited for', () => {
    const absent = {
      kind: 'absent',
      wanted: makeObserved().wanted,
      phase: 'pending',
      reason: 'GKE reports PROVISIONING',
    } as const;

    expect(plan(makeSubject(), absent)).toMatchObject({
      kind: 'hold',
      phase: 'pending',
      steps: [],
      recheckAfterSeconds: 60,
    });
  });
});

describe('the demands on a pool', () => {
  const from = 'model/demo/serving/llama';
  const demand = { pool: target, from, items: [{ what: 'decode', pods: 1, gpusPerPod: 8 }], decidedAtMs: 0 };

  async function read(progress: JsonObject | undefined, stored: JsonObject = demand) {
    const bench = makeLoopBench();
    await bench.ledger.transact(async (transaction) => {
      transaction.put(demandKey(demand), stored);
      if (progress !== undefined)
        transaction.put(progressKey({ automation: 'scale-replicas', target: from }), progress);
    });
    return await readDemands({ target, nowMs: NOW_MS }, bench);
  }

  it.each([
    { name: 'looked at two minutes ago', progress: { lookedAtMs: NOW_MS - 120_000, blindLooks: 0 }, doubt: undefined },
    { name: 'looked at longer ago', progress: { lookedAtMs: NOW_MS - 120_001, blindLooks: 0 }, doubt: /120 s ago/ },
    {
      name: 'whose last look saw nothing',
      progress: { lookedAtMs: NOW_MS, blindLooks: 1 },
      doubt: /could not be looked at/,
    },
    {
      name: 'whose last look broke off',
      progress: { lookedAtMs: NOW_MS, blindLooks: 0, brokenLooks: 1 },
      doubt: /bug/,
    },
    { name: 'of which nothing is known', progress: undefined, doubt: /nothing is known/ },
  ])('are relied on by who looks after them: $name', async ({ progress, doubt }) => {
    const { demands, unreadable } = await read(progress);

    expect(unreadable).toBe(0);
    expect(demands).toMatchObject([{ from, namespace: 'serving' }]);
    if (doubt === undefined) expect(demands[0]?.doubt).toBeUndefined();
    else expect(demands[0]?.doubt).toMatch(doubt);
  });

  it('count as unknown when they cannot be read', async () => {
    const broken = await read({ lookedAtMs: NOW_MS, blindLooks: 0 }, { pool: target, from, items: 'none' });

    expect(broken).toEqual({ demands: [], demandsElsewhere: [], unreadable: 1 });
  });

  it('are told from those on other pools of the cluster; those of other clusters are nobody’s business', async () => {
    const bench = makeLoopBench();
    const pools = ['pool/a/h200', 'pool/demo/a100', 'pool/demo/h200', 'pool/demo/l4', 'pool/demo2/h200'];
    await bench.ledger.transact(async (transaction) => {
      for (const pool of pools) transaction.put(demandKey({ pool, from }), { ...demand, pool, decidedAtMs: 1 });
      const broken = { pool: 'pool/demo/l4', from: 'model/demo/serving/other' };
      transaction.put(demandKey(broken), { ...broken, items: 'none' });
    });

    const { demands, demandsElsewhere, unreadable } = await readDemands({ target, nowMs: NOW_MS }, bench);

    expect([demands.length, demandsElsewhere.length, unreadable]).toEqual([1, 2, 0]);
    expect(demandsElsewhere).toMatchObject([{ from, namespace: 'serving', items: demand.items }, { from }]);
  });
});
