/** What status tells of controls, decisions and single messages, asked as the command line asks. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { controlKey, documentKey, messageKey, progressKey } from '#shared/ledger/records.ts';
import type { DoorReply } from '../../../functions/door.ts';
import type { Runtime } from '../../../functions/runtime.ts';
import { Decisions, MessageList } from '../../../functions/cli/status-answers.ts';
import { status } from '../../../functions/status/index.ts';
import { type LoopBench, makeLoopBench, want } from '../../support/loop-ports.ts';
import { makeProgress } from '../../support/make-progress.ts';

const model = 'model/demo/serving/decisions';
const pause = { actor: 'topic:intake', atMs: 5_000, reason: 'load test' };
const override = { replicas: 6, untilMs: 9_000, actor: 'topic:intake' };

const invoker = { endpoint: 'https://function.example', serviceAccount: 'invoker@demo.example' };

let bench: LoopBench;
let get: (path: string) => Promise<DoorReply>;

beforeEach(async () => {
  bench = makeLoopBench();
  await want(bench.ledger, model);
  await want(bench.ledger, 'cluster/demo');
  const answer = await status.open({ begin: async () => bench, pushTo: () => invoker } as Partial<Runtime> as Runtime); // reading needs no more
  get = async (path) => {
    const { pathname, searchParams } = new URL(path, 'http://status');
    return await answer({
      method: 'GET',
      path: pathname,
      query: searchParams,
      authorization: undefined,
      body: undefined,
    });
  };
});

const put = (target: string | undefined, control: JsonObject) =>
  bench.ledger.transact(async (tx) => tx.put(controlKey(target), control));

async function controlsOf(target: string) {
  const [one, list] = await Promise.all([get(`/targets/${target}`), get('/targets')]);
  const rows = list.body?.['items'] as readonly JsonObject[]; // the list's own form
  return { one: one.body?.['controls'], row: rows.find((row) => row['target'] === target)?.['controls'] };
}

describe('controls', () => {
  it.each([
    { name: 'none', own: undefined, all: undefined, controls: undefined },
    {
      name: 'ended ones',
      own: { orderedBy: { publishTimeMs: 1, messageId: 'm' } },
      all: undefined,
      controls: undefined,
    },
    {
      name: 'a pause',
      own: { pause },
      all: undefined,
      controls: { pause: { ...pause, scope: 'target' }, overrides: {} },
    },
    {
      name: 'the pause of all',
      own: { pause },
      all: { pause: { actor: 'b', atMs: 1 } },
      controls: { pause: { actor: 'b', atMs: 1, scope: 'all' }, ownPause: pause, overrides: {} },
    },
    {
      name: 'an override with its end, even if it is over',
      own: { overrides: { decode: override } },
      all: undefined,
      controls: { overrides: { decode: override } },
    },
  ])('of a target and of its row in the list: $name', async ({ own, all, controls }) => {
    if (own !== undefined) await put(model, own);
    if (all !== undefined) await put(undefined, all);

    expect(await controlsOf(model)).toEqual({ one: controls, row: controls });
  });

  it('that are unreadable are named, and hide nothing', async () => {
    await put(model, { pause: 'yes' });

    expect((await get(`/targets/${model}`)).body).toMatchObject({
      target: model,
      unreadable: [{ collection: 'controls', id: model, reason: expect.stringContaining('pause: ') }],
    });
    expect((await get('/targets')).body).toMatchObject({
      items: [{ target: 'cluster/demo' }, { target: model }],
      unreadable: [{ collection: 'controls', id: model }],
    });
  });
});

describe('decisions', () => {
  const decided = (atMs: number, summary: string) => ({
    fromMs: atMs,
    atMs,
    looks: 1,
    decision: { outcome: summary, summary },
  });

  beforeEach(async () => {
    const progress = {
      target: model,
      buildId: 'b',
      sequence: 1,
      phase: 'ready',
      reason: 'r',
      next: 'n',
      steps: {},
      startedAtMs: 0,
      lookedAtMs: 1,
      blindLooks: 0,
      history: [],
    };
    await bench.ledger.transact(async (tx) => {
      for (const [automation, decisions] of [
        ['scale-replicas', [decided(1, 'first'), decided(3, 'third')]],
        ['another', [decided(2, 'second')]],
      ] as const) {
        tx.put(progressKey({ automation, target: model }), { ...progress, automation, decisions });
      }
    });
  });

  const summaries = ({ body }: DoorReply) => Decisions.parse(body).items.map(({ decision }) => decision.summary);

  it.each([
    { query: '', expected: ['third', 'second', 'first'] },
    { query: '?limit=1', expected: ['third'] },
    { query: '?limit=none', expected: ['third', 'second', 'first'] },
  ])('are answered newest first, of all automations: $query', async ({ query, expected }) => {
    expect(summaries(await get(`/targets/${model}/decisions${query}`))).toEqual(expected);
  });

  it('of a target that is not known are not known', async () => {
    expect((await get('/targets/cluster/none/decisions')).status).toBe(404);
  });

  it('do not hide a target that is called so', async () => {
    expect((await get(`/targets/${model}`)).body).toMatchObject({ target: model, details: [{}, {}] });
  });
});

it('sizes stand in the row of whoever looks after them', async () => {
  const wake = { automation: 'scale-replicas', target: model };
  const sizes = [{ role: 'decode', desiredReplicas: 4, readyReplicas: 3 }];
  await bench.ledger.transact(async (tx) => {
    tx.put({ collection: 'wakes', id: `scale-replicas:${model}` }, { ...wake, wakeSeq: 1, seenSeq: 1, fence: 1 });
    tx.put(progressKey(wake), { ...makeProgress(wake, { report: { sizes } }) });
  });

  expect((await get(`/targets/${model}`)).body).toMatchObject({
    automations: [{ automation: 'scale-replicas', sizes }],
  });
});

describe('messages', () => {
  const message = { receivedAtMs: 1, publishTimeMs: 1, actor: 'topic:requests' };

  beforeEach(async () => {
    await bench.ledger.transact(async (tx) => {
      tx.put(messageKey({ subscription: 's', messageId: '17' }), { ...message, messageId: '17', phase: 'done' });
      tx.put(messageKey({ subscription: 's', messageId: '18' }), { ...message, messageId: '18', phase: 'refused' });
      tx.put(documentKey('cluster/x'), {});
    });
  });

  it.each([
    { query: '?id=17', ids: ['17'] },
    { query: '?id=17&phase=refused', ids: [] },
    { query: '?id=19', ids: [] },
  ])('are found by their id: $query', async ({ query, ids }) => {
    const { body } = await get(`/messages${query}`);

    expect(MessageList.parse(body).items.map(({ messageId }) => messageId)).toEqual(ids);
  });
});
