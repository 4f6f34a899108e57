import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { ControlRecord, controlKey, WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import { AutomationError } from '#shared/errors.ts';
import type { IntakePorts } from '../../../functions/intake/ports.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeOverride, makePause } from '../../support/make-command.ts';
import { makeModelServiceDocument, makeRole } from '../../support/make-model-service.ts';
import { makeBench, type SentMessage } from './intake-bench.ts';

const model = 'model/demo/serving/llama-70b';
const actor = 'topic:inference-fleet-requests';
/** The bench's clock stands here. */
const NOW_MS = 1_000_000;

let bench: ReturnType<typeof makeBench>;

beforeEach(async () => {
  bench = makeBench();
  await bench.send(makeModelServiceDocument(), { id: 'm1', atMs: 1_000 });
  bench.loop.published.length = 0;
});

const send = (command: JsonObject, id: string, atMs: number, over: SentMessage = {}) =>
  bench.send(command, { id, atMs, ...over });

async function controls(target?: string) {
  const stored = await bench.loop.ledger.get(controlKey(target));
  return stored === undefined ? undefined : ControlRecord.parse(stored);
}

describe('a command', () => {
  it('Pause is kept with who, when and why, wakes the target, and is done', async () => {
    await send(makePause({ target: model, reason: 'load test' }), 'c1', 900_000);

    expect(await controls(model)).toEqual({
      pause: { actor, atMs: 900_000, reason: 'load test' },
      orderedBy: { publishTimeMs: 900_000, messageId: 'c1' },
    });
    expect(bench.loop.published).toEqual([{ automation: 'scale-replicas', target: model }]);
    expect(await bench.read.message('c1')).toMatchObject({ phase: 'done', kind: 'Pause', target: model });
  });

  it('Resume ends the pause and leaves the overrides', async () => {
    await send(makeOverride(), 'c1', 900_000);
    await send(makePause(), 'c2', 910_000);

    await send(makePause({ target: model }, 'Resume'), 'c3', 920_000);

    expect(await controls(model)).toEqual({
      overrides: { decode: { replicas: 6, untilMs: 900_000 + 7_200_000, actor } },
      orderedBy: { publishTimeMs: 920_000, messageId: 'c3' },
    });
  });

  it('Override is held from its publishing, and leaves what other roles still have', async () => {
    await send(makeOverride({ sizes: { prefill: 2 }, forSeconds: 3600 }), 'c1', 900_000);
    await send(makeOverride({ sizes: { decode: 6 }, forSeconds: 600 }), 'c2', 910_000);

    expect((await controls(model))?.overrides).toEqual({
      prefill: { replicas: 2, untilMs: 900_000 + 3_600_000, actor },
      decode: { replicas: 6, untilMs: 910_000 + 600_000, actor },
    });
  });

  it('Override forgets the ones that are over', async () => {
    await send(makeOverride({ sizes: { prefill: 2 }, forSeconds: 60 }), 'c1', 990_000);
    bench.loop.setNow(NOW_MS + 120_000);

    await send(makeOverride(), 'c2', 1_100_000);

    expect(Object.keys((await controls(model))?.overrides ?? {})).toEqual(['decode']);
  });

  it('of all is kept apart, and wakes nobody: every look reads it first', async () => {
    await send(makePause({ all: true }), 'c1', 900_000);

    expect(await controls()).toMatchObject({ pause: { actor } });
    expect(await controls(model)).toBeUndefined();
    expect(bench.loop.published).toEqual([]);
    expect(await bench.read.message('c1')).toMatchObject({ phase: 'done', target: 'all' });
  });

  it('Resume of all wakes every target, however many there are', async () => {
    await bench.send(makeClusterDocument({ pool: { name: 'other' } }), { id: 'm2', atMs: 2_000 });
    await bench.loop.ledger.transact(async (tx) => {
      for (let n = 0; n < 1_200; n++) {
        const wake = { automation: 'scale-replicas', target: `model/demo/serving/m${n}` };
        tx.put(wakeKey(wake), { ...wake, wakeSeq: 1, seenSeq: 1, fence: 1 });
      }
    });
    await send(makePause({ all: true }), 'c1', 900_000);
    bench.loop.published.length = 0;

    await send(makePause({ all: true }, 'Resume'), 'c2', 910_000);

    expect(bench.wokenFor('scale-replicas').length).toBe(1_201);
    expect(bench.wokenFor('build-cluster')).toEqual(['cluster/demo']);
    const last = { automation: 'scale-replicas', target: 'model/demo/serving/m1199' };
    expect(WakeRecord.parse(await bench.loop.ledger.get(wakeKey(last)))).toMatchObject({ wakeSeq: 2, seenSeq: 1 });
  });

  it('whose first delivery stopped before the wake was out is completed by the second', async () => {
    const cut: IntakePorts = {
      ...bench.ports,
      wakes: { publish: () => Promise.reject(new AutomationError('transient', 'publishing: reset')) },
    };
    const message = { id: 'c1', atMs: 900_000 };
    await expect(bench.send(makePause(), { ...message, ports: cut })).rejects.toThrow('publishing: reset');

    await bench.send(makePause(), message);

    expect(bench.wokenFor('scale-replicas')).toEqual([model]);
    expect(await bench.read.message('c1')).toMatchObject({ phase: 'done' });
  });
});

describe('the order of commands', () => {
  it.each([
    { name: 'older', id: 'c9', atMs: 899_999 },
    { name: 'of the same instant with a smaller id', id: 'c0', atMs: 900_000 },
  ])('refuses one that is $name, and leaves what stands', async ({ id, atMs }) => {
    await send(makePause(), 'c1', 900_000);

    await send(makePause({ target: model }, 'Resume'), id, atMs);

    expect(await controls(model)).toMatchObject({ pause: { actor } });
    expect(await bench.read.message(id)).toMatchObject({
      phase: 'refused',
      kind: 'Resume',
      target: model,
      reason: expect.stringMatching(/^published at .* before the command that stands \(.*\): publish it again$/),
    });
    expect(bench.letters).toHaveLength(1);
  });

  it('takes the very message again without a change', async () => {
    await send(makePause(), 'c1', 900_000);

    await send(makePause(), 'c1', 900_000, { subscription: 'projects/p/subscriptions/another' });

    expect(bench.letters).toEqual([]);
    expect((await controls(model))?.pause?.actor).toBe(actor);
  });

  it('gives a replay the place of its original', async () => {
    await send(makePause(), 'c2', 910_000);
    const attributes = { fleetOriginalMessageId: 'c1', fleetOriginalPublishTimeMs: '900000' };

    await send(makePause({ target: model }, 'Resume'), 'c3', 920_000, { attributes });

    expect(await bench.read.message('c3')).toMatchObject({ phase: 'refused' });
    expect(await controls(model)).toMatchObject({ pause: { actor } });
  });

  it('is one for each target: a command about all does not make one about a target stale', async () => {
    await send(makePause({ all: true }), 'c2', 910_000);

    await send(makePause(), 'c1', 900_000);

    expect(await bench.read.message('c1')).toMatchObject({ phase: 'done' });
  });

  it('comes out the same in whatever order they are delivered', async () => {
    const commands: [JsonObject, string, number][] = [
      [makePause(), 'c1', 900_000],
      [makePause({ target: model }, 'Resume'), 'c2', 910_000],
      [makeOverride(), 'c3', 920_000],
    ];
    for (const one of [commands[2]!, commands[0]!, commands[1]!]) await send(...one);

    expect(await controls(model)).toEqual({
      overrides: { decode: { replicas: 6, untilMs: 920_000 + 7_200_000, actor } },
      orderedBy: { publishTimeMs: 920_000, messageId: 'c3' },
    });
  });
});

describe('a command is refused', () => {
  const aggregated = (size: JsonObject) =>
    makeModelServiceDocument({
      metadata: { name: 'one' },
      spec: { roles: [makeRole('aggregated', { size })], nodePools: [] },
    });
  const sleepy = makeModelServiceDocument({
    metadata: { name: 'sleepy' },
    spec: { nodePools: [] },
    prefill: { size: { min: 0, max: 4 } },
    decode: { size: { min: 0, max: 4 } },
  });
  const one = 'model/demo/serving/one';
  const sleeping = 'model/demo/serving/sleepy';

  it.each([
    {
      name: 'about a target that nobody knows, with the nearest',
      command: makePause({ target: 'model/demo/serving/lama-70b' }),
      reason: 'model/demo/serving/lama-70b is not known: did you mean model/demo/serving/llama-70b?',
    },
    {
      name: 'about a target that is like none, with those that are known',
      command: makePause({ target: 'cluster/x' }),
      reason: expect.stringMatching(/^cluster\/x is not known: known are model\/demo\/serving\/llama-70b, /),
    },
    {
      name: 'for a role that the model does not have',
      command: makeOverride({ sizes: { aggregated: 2 } }),
      reason: 'the model has no role aggregated: it has prefill and decode',
    },
    {
      name: 'above the bounds',
      command: makeOverride({ sizes: { decode: 9 } }),
      reason: 'decode=9 is outside of 1 to 8, the bounds of the document: change size there',
    },
    {
      name: 'below the bounds',
      command: makeOverride({ sizes: { decode: 0 } }),
      reason: 'decode=0 is outside of 1 to 8, the bounds of the document: change size there',
    },
    {
      name: 'to put one of a pair to sleep',
      command: makeOverride({ target: sleeping, sizes: { decode: 0 } }),
      reason: 'decode cannot be 0 while prefill is not: set both, or pause the model',
    },
    {
      name: 'to size what another scaler owns',
      documents: [aggregated({ min: 1, max: 4, owner: 'hpa' })],
      command: makeOverride({ target: one, sizes: { aggregated: 2 } }),
      reason: 'aggregated is owned by hpa, so its size is not ours to set: set it there, or change size.owner',
    },
    {
      name: 'when it was over before it came in',
      command: makeOverride({ forSeconds: 60 }),
      atMs: NOW_MS - 60_000,
      reason: expect.stringMatching(/^it ended at .*, before it came in: publish it again$/),
    },
  ])('$name', async ({ command, reason, documents = [], atMs = 900_000 }) => {
    for (const [index, document] of [sleepy, ...documents].entries()) {
      await bench.send(document, { id: `d${index}`, atMs: 2_000 + index });
    }
    bench.loop.published.length = 0;

    await send(command, 'c1', atMs);

    expect(await bench.read.message('c1')).toMatchObject({ phase: 'refused', reason });
    expect(bench.loop.published).toEqual([]);
    expect(bench.letters).toHaveLength(1);
  });

  it('not for putting a whole pair to sleep, nor for waking it; but for waking half of it', async () => {
    await bench.send(sleepy, { id: 'd1', atMs: 2_000 });

    await send(makeOverride({ target: sleeping, sizes: { prefill: 0, decode: 0 } }), 'c1', 900_000);
    await send(makeOverride({ target: sleeping, sizes: { decode: 2 } }), 'c2', 910_000);
    await send(makeOverride({ target: sleeping, sizes: { prefill: 1, decode: 2 } }), 'c3', 920_000);

    expect((await bench.read.message('c1')).phase).toBe('done');
    expect(await bench.read.message('c2')).toMatchObject({
      phase: 'refused',
      reason: 'prefill cannot be 0 while decode is not: set both, or pause the model',
    });
    expect((await bench.read.message('c3')).phase).toBe('done');
  });
});
