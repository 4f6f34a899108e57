import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey, messageKey, progressKey, wakeKey } from '#shared/ledger/records.ts';
import type { LedgerKey } from '#shared/ports/ledger.ts';
import { describeTarget, listMessages, listTargets } from '../../../functions/status/views.ts';
import { type LoopBench, makeLoopBench, wakeUp, want } from '../../support/loop-ports.ts';
import { makeAutomation } from '../../support/toy.ts';
import { runAutomation } from '#shared/automation.ts';

const one = { automation: 'turn-toy', target: 'toy/one' };
const two = { automation: 'turn-toy', target: 'toy/two' };
const message = { receivedAtMs: 1, publishTimeMs: 1, actor: 'topic:requests', phase: 'done' };
const keyOfMessage = (messageId: string) => messageKey({ subscription: 's', messageId });

let bench: LoopBench;

beforeEach(async () => {
  bench = makeLoopBench();
  for (const wake of [one, two]) {
    await want(bench.ledger, wake.target);
    await wakeUp(bench.ledger, wake);
    await runAutomation(makeAutomation({ turned: 1, looks: 0 }), bench, wake);
  }
  await bench.ledger.transact(async (transaction) => {
    for (const messageId of ['m1', 'm2']) transaction.put(keyOfMessage(messageId), { ...message, messageId });
  });
});

async function spoil(key: LedgerKey, field: string): Promise<void> {
  await bench.ledger.transact(async (transaction) => {
    const value: JsonObject = (await transaction.get(key)) ?? {};
    transaction.put(key, { ...value, [field]: null });
  });
}

const rowsOf = (answer: JsonObject) => (answer['items'] as readonly JsonObject[]).map(({ target }) => target);

describe('the list of targets', () => {
  it('names nothing as unreadable while everything can be read', async () => {
    const answer = await listTargets(bench);

    expect(rowsOf(answer)).toEqual(['toy/one', 'toy/two']);
    expect(answer).not.toHaveProperty('unreadable');
  });

  it('shows the others when one document is unreadable, and names that one', async () => {
    await spoil(documentKey('toy/one'), 'publishTimeMs');

    const answer = await listTargets(bench);

    expect(rowsOf(answer)).toEqual(['toy/two']);
    expect(answer['unreadable']).toEqual([
      { collection: 'documents', id: 'toy/one', reason: expect.stringContaining('publishTimeMs: ') },
    ]);
    expect(bench.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ id: 'toy/one' }) }),
    );
  });

  it.each([
    { name: 'progress', key: progressKey(one), field: 'blindLooks' },
    { name: 'wake', key: wakeKey(one), field: 'fence' },
  ])('shows the automation whose $name record is unreadable as failed, with the reason', async ({ key, field }) => {
    await spoil(key, field);

    const answer = await listTargets(bench);

    expect(answer['items']).toMatchObject([
      {
        target: 'toy/one',
        automations: [
          { automation: 'turn-toy', phase: 'failed', reason: expect.stringContaining(`is unreadable: ${field}: `) },
        ],
      },
      { target: 'toy/two', automations: [{ phase: 'ready' }] },
    ]);
    expect(answer['unreadable']).toMatchObject([key]);
  });
});

describe('a target that had to be looked at', () => {
  it.each([
    { lateSeconds: 180, expected: undefined },
    { lateSeconds: 181, expected: 181 },
    { lateSeconds: 126_000, expected: 126_000 },
  ])('$lateSeconds s ago is overdue by $expected s', async ({ lateSeconds, expected }) => {
    await bench.ledger.transact(async (transaction) => {
      const stored: JsonObject = (await transaction.get(wakeKey(one))) ?? {};
      transaction.put(wakeKey(one), { ...stored, nextCheckAtMs: 2_000_000 });
    });
    bench.setNow(2_000_000 + lateSeconds * 1000);

    const answer = await describeTarget(bench, 'toy/one');
    const list = await listTargets(bench);

    const [row] = (answer?.['automations'] ?? []) as readonly JsonObject[]; // as the function answers
    expect(row).toMatchObject({ nextCheckAtMs: 2_000_000 });
    expect(row?.['overdueSeconds']).toBe(expected);
    expect(list['items']).toMatchObject([{ automations: [row] }, {}]);
  });
});

describe('one target', () => {
  it('is described without the details that are unreadable', async () => {
    await spoil(progressKey(one), 'blindLooks');

    const answer = await describeTarget(bench, 'toy/one');

    expect(answer).toMatchObject({ target: 'toy/one', details: [], unreadable: [progressKey(one)] });
  });

  it('whose own document is unreadable is an error that says so', async () => {
    await spoil(documentKey('toy/one'), 'sequence');

    await expect(describeTarget(bench, 'toy/one')).rejects.toThrow(
      /^reading documents\/toy\/one of the ledger: sequence: /,
    );
  });

  it('that nobody wants is unknown', async () => {
    expect(await describeTarget(bench, 'toy/none')).toBeUndefined();
  });
});

describe('the list of messages', () => {
  it('shows the others when one is unreadable', async () => {
    await spoil(keyOfMessage('m1'), 'publishTimeMs');

    const answer = await listMessages(bench, new URLSearchParams());

    expect(answer).toMatchObject({ items: [{ messageId: 'm2' }], unreadable: [keyOfMessage('m1')] });
  });
});
