import { describe, expect, it } from 'vitest';
import { DocumentRecord, documentKey, wakeKey } from '#shared/ledger/records.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';
import { makeBench } from './intake-bench.ts';

const pool = 'pool/demo/h200';
const model = 'model/demo/serving/llama-70b';
const other = 'model/demo/serving/other';

function makePoolBench() {
  const bench = makeBench();
  const readPool = async (target = pool) => {
    const stored = await bench.loop.ledger.get(documentKey(target));
    return stored === undefined ? undefined : DocumentRecord.parse(stored);
  };
  return { ...bench, readPool };
}

const otherModel = (size: object) =>
  makeModelServiceDocument({ metadata: { name: 'other' }, pool: { size: { min: 1, max: 4, ...size } } });

describe('the pools that a document declares', () => {
  it.each([
    { name: 'Cluster', document: makeClusterDocument(), declaredBy: 'cluster/demo', size: { min: 2, max: 2 } },
    { name: 'ModelService', document: makeModelServiceDocument(), declaredBy: model, size: { min: 1, max: 4 } },
  ])('of a $name are targets of their own', async ({ document, declaredBy, size }) => {
    const { send, readPool } = makePoolBench();

    await send(document);

    expect(await readPool()).toMatchObject({
      kind: 'NodePool',
      target: pool,
      sequence: 1,
      messageId: 'm1',
      document: {
        kind: 'NodePool',
        spec: { project: 'demo', location: 'us-central1', cluster: 'demo', pool: 'h200', size, declaredBy },
      },
    });
  });

  it('get the next sequence when their bounds change, and keep it when they do not', async () => {
    const { send, readPool } = makePoolBench();
    await send(makeModelServiceDocument());

    await send(makeModelServiceDocument({ spec: { namespace: 'serving', spendCapUsdPerHour: 400 } }), {
      id: 'm2',
      atMs: 20_000,
    });
    const unchanged = await readPool();
    await send(makeModelServiceDocument({ pool: { size: { min: 1, max: 6 } } }), { id: 'm3', atMs: 30_000 });

    expect(unchanged).toMatchObject({ sequence: 1, messageId: 'm1' });
    expect(await readPool()).toMatchObject({ sequence: 2, messageId: 'm3', document: { spec: { size: { max: 6 } } } });
  });

  it('may be declared again with the same bounds: the first one goes on owning them', async () => {
    const { send, read, readPool } = makePoolBench();
    await send(makeModelServiceDocument());

    await send(otherModel({}), { id: 'm2', atMs: 20_000 });

    expect(await read.message('m2')).toMatchObject({ phase: 'done' });
    expect(await readPool()).toMatchObject({ sequence: 1, document: { spec: { declaredBy: model } } });
  });

  it.each([
    { name: 'bounds', size: { max: 5 }, says: '1 to 5 nodes, owner inference-fleet, in demo/us-central1' },
    { name: 'an owner', size: { owner: 'gke' }, says: '1 to 4 nodes, owner gke, in demo/us-central1' },
  ])('refuse a document that states other $name, as a whole', async ({ size, says }) => {
    const { send, read, readPool, loop, letters } = makePoolBench();
    await send(makeModelServiceDocument());

    await send(otherModel(size), { id: 'm2', atMs: 20_000 });

    expect(await read.message('m2')).toMatchObject({
      phase: 'refused',
      target: other,
      reason:
        `${pool}: ${model} declared it first and owns its bounds (1 to 4 nodes, owner inference-fleet, in demo/us-central1); ` +
        `this document says ${says}: say the same, or change ${model}`,
    });
    expect(await loop.ledger.get(documentKey(other))).toBeUndefined();
    expect(await loop.ledger.get(wakeKey({ automation: 'scale-replicas', target: other }))).toBeUndefined();
    expect(await readPool()).toMatchObject({ sequence: 1 });
    expect(letters).toHaveLength(1);
  });

  it('are left to nobody when their document ceases to declare them, until another one does', async () => {
    const { send, read, readPool } = makePoolBench();
    await send(makeModelServiceDocument());

    await send(makeModelServiceDocument({ spec: { nodePools: [] } }), { id: 'm2', atMs: 20_000 });
    const withdrawn = await readPool();
    await send(otherModel({ max: 7 }), { id: 'm3', atMs: 30_000 });

    expect(withdrawn).toMatchObject({
      sequence: 2,
      document: { spec: { size: { owner: 'fixed' }, declaredBy: model } },
    });
    expect(await read.message('m3')).toMatchObject({ phase: 'done' });
    expect(await readPool()).toMatchObject({
      sequence: 3,
      document: { spec: { size: { min: 1, max: 7, owner: 'inference-fleet' }, declaredBy: other } },
    });
  });

  it('are not taken away from whoever took them over', async () => {
    const { send, readPool } = makePoolBench();
    await send(makeModelServiceDocument());
    await send(otherModel({}), { id: 'm2', atMs: 20_000 });

    await send(makeModelServiceDocument({ metadata: { name: 'other' }, spec: { nodePools: [] } }), {
      id: 'm3',
      atMs: 30_000,
    });

    expect(await readPool()).toMatchObject({ sequence: 1, document: { spec: { size: { owner: 'inference-fleet' } } } });
  });

  describe('by two documents, when one lets them go:', () => {
    const none = { spec: { nodePools: [] } };
    const letGo = {
      first: makeModelServiceDocument(none),
      second: makeModelServiceDocument({ ...none, metadata: { name: 'other' } }),
    };
    const sizeOf = (max: number, declaredBy: string) => ({
      document: { spec: { size: { min: 1, max, owner: 'inference-fleet' }, declaredBy } },
    });

    it('the first, and what the second declares applies', async () => {
      const { send, readPool } = makePoolBench();
      await send(makeModelServiceDocument());
      await send(otherModel({}), { id: 'm2', atMs: 20_000 });

      await send(letGo.first, { id: 'm3', atMs: 30_000 });

      expect(await readPool()).toMatchObject({ sequence: 2, messageId: 'm3', ...sizeOf(4, other) });
    });

    it('the second and then the first, and nobody resizes them any more', async () => {
      const { send, readPool } = makePoolBench();
      await send(makeModelServiceDocument());
      await send(otherModel({}), { id: 'm2', atMs: 20_000 });

      await send(letGo.second, { id: 'm3', atMs: 30_000 });
      const meanwhile = await readPool();
      await send(letGo.first, { id: 'm4', atMs: 40_000 });

      expect(meanwhile).toMatchObject({ sequence: 1, messageId: 'm1', ...sizeOf(4, model) });
      expect(await readPool()).toMatchObject({ sequence: 2, document: { spec: { size: { owner: 'fixed' } } } });
    });

    it('with other bounds by then: those that the remaining one declares', async () => {
      const { send, readPool } = makePoolBench();
      await send(makeModelServiceDocument());
      await send(otherModel({}), { id: 'm2', atMs: 20_000 });
      await send(makeModelServiceDocument({ pool: { size: { min: 1, max: 9 } } }), { id: 'm3', atMs: 30_000 });
      const widened = await readPool();

      await send(letGo.first, { id: 'm4', atMs: 40_000 });

      expect(widened).toMatchObject(sizeOf(9, model));
      expect(await readPool()).toMatchObject({ sequence: 3, ...sizeOf(4, other) });
    });

    it('a Cluster, and the service that goes on declaring them keeps them', async () => {
      const { send, readPool } = makePoolBench();
      const size = { initial: 2, min: 1, max: 4 };
      await send(makeClusterDocument({ pool: { size } }));
      await send(makeModelServiceDocument(), { id: 'm2', atMs: 20_000 });

      await send(makeClusterDocument({ pool: { name: 'h200-b', size } }), { id: 'm3', atMs: 30_000 });

      expect(await readPool()).toMatchObject(sizeOf(4, model));
      expect(await readPool('pool/demo/h200-b')).toMatchObject(sizeOf(4, 'cluster/demo'));
    });

    it('back and forth: whoever declares them again is noted again', async () => {
      const { send, readPool } = makePoolBench();
      await send(makeModelServiceDocument());
      await send(otherModel({}), { id: 'm2', atMs: 20_000 });
      await send(letGo.first, { id: 'm3', atMs: 30_000 });

      await send(makeModelServiceDocument(), { id: 'm4', atMs: 40_000 });
      await send(letGo.second, { id: 'm5', atMs: 50_000 });

      expect(await readPool()).toMatchObject({ sequence: 3, ...sizeOf(4, model) });
    });

    it('twice, as messages are delivered: the same', async () => {
      const { send, readPool } = makePoolBench();
      const messages = [
        [makeModelServiceDocument(), { id: 'm1', atMs: 10_000 }],
        [otherModel({}), { id: 'm2', atMs: 20_000 }],
        [letGo.first, { id: 'm3', atMs: 30_000 }],
      ] as const;
      for (const [document, message] of messages) {
        await send(document, message);
        await send(document, message);
      }
      const once = await readPool();

      for (const [document, message] of messages) await send(document, message);

      expect(once).toMatchObject({ sequence: 2, ...sizeOf(4, other) });
      expect(await readPool()).toEqual(once);
    });

    it('and a third one: the next in order of those that still declare them', async () => {
      const { send, readPool } = makePoolBench();
      const third = makeModelServiceDocument({ metadata: { name: 'third' } });
      await send(makeModelServiceDocument());
      await send(otherModel({}), { id: 'm2', atMs: 20_000 });
      await send(third, { id: 'm3', atMs: 30_000 });

      await send(letGo.second, { id: 'm4', atMs: 40_000 });
      await send(letGo.first, { id: 'm5', atMs: 50_000 });

      expect(await readPool()).toMatchObject(sizeOf(4, 'model/demo/serving/third'));
    });
  });

  it('are not changed by a stale document', async () => {
    const { send, readPool } = makePoolBench();
    await send(makeModelServiceDocument(), { id: 'm2', atMs: 20_000 });

    await send(makeModelServiceDocument({ pool: { size: { min: 1, max: 9 } } }), { id: 'm1', atMs: 10_000 });

    expect(await readPool()).toMatchObject({ sequence: 1, document: { spec: { size: { max: 4 } } } });
  });
});

it('a document whose wake record is unreadable begins it anew, quiet at first, and says so', async () => {
  const { send, read, loop } = makeBench();
  await send(makeClusterDocument());
  const wake = { automation: 'build-cluster', target: 'cluster/demo' };
  await loop.ledger.transact(async (tx) => tx.put(wakeKey(wake), { automation: 'build-cluster', fence: 'seven' }));

  await send(makeClusterDocument({ spec: { releaseChannel: 'RAPID' } }), { id: 'm2', atMs: 20_000 });

  expect(await read.message('m2')).toMatchObject({ phase: 'done' });
  expect(await read.wake()).toMatchObject({ wakeSeq: 1, seenSeq: 0, quietUntilMs: 1_000_000 + 25_000 });
  expect(loop.logged).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'began an unreadable wake record anew' }),
  );
});
