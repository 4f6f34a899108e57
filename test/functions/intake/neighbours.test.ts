/** All documents that use a cluster's name mean the same cluster, and no two of them the same workload. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey, progressKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { foretellRefusal } from '../../../functions/objections.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { noPause } from '../../support/loop-ports.ts';
import { makeModelServiceDocument, type ModelServiceChanges } from '../../support/make-model-service.ts';
import { makeBench } from './intake-bench.ts';

const llama = 'model/demo/serving/llama-70b';
const place = (location: string, project = 'demo') => ({ cluster: { project, location, name: 'demo' }, nodePools: [] });
const atHome = place('us-central1');
const abroad = place('us-east4');
const clusterAbroad = makeClusterDocument({ spec: { region: 'us-east4', zone: 'us-east4-b' } });

/** A service whose workloads are named after it. */
function makeService(spec: JsonObject, name = 'llama-70b', changes: ModelServiceChanges = {}): JsonObject {
  return makeModelServiceDocument({ metadata: { name }, ...changes, spec });
}

/** A service whose decode is this Deployment. */
const named = (name: string) => ({ decode: { workload: { kind: 'Deployment', name } } });

const found = { sizes: [] };
const clusterGone = { cluster: 'gone' };

function makeNeighbours(over: Parameters<typeof makeBench>[0] = {}) {
  const bench = makeBench(over);
  let sent = 0;
  const say = async (document: JsonObject) => {
    const parsed = parseDocument(document, catalogue);
    if (!parsed.ok) throw new Error('the document of a test is not valid');
    const foretold = await foretellRefusal(bench.loop.ledger, parsed.document);
    const id = `m${++sent}`;
    await bench.send(document, { id, atMs: sent * 10_000 });
    const { phase, reason } = await bench.read.message(id);
    expect(foretold).toEqual(reason === undefined ? [] : reason.split('\n'));
    return { phase, lines: reason?.split('\n') ?? [] };
  };
  /** A look at a service: what it reported, if anything. */
  const look = async (target: string, report?: JsonObject) => {
    const of = { automation: 'scale-replicas', target };
    const seen = { phase: 'ready', reason: 'r', next: 'n', steps: {}, startedAtMs: 1, lookedAtMs: 2, blindLooks: 0 };
    const record = { ...of, ...seen, buildId: 'b', sequence: 1, history: [], ...(report !== undefined && { report }) };
    await bench.loop.ledger.transact(async (tx) => tx.put(progressKey(of), record));
  };
  return { ...bench, say, look };
}

describe('a cluster of a name', () => {
  it('is not built elsewhere than where a service has it, and the service goes on changing', async () => {
    const { say, look } = makeNeighbours();
    await say(makeService(atHome));
    await look(llama, found);

    const cluster = await say(clusterAbroad);
    const change = await say(makeService(atHome, 'llama-70b', { decode: { size: { min: 1, max: 12 } } }));

    expect(cluster).toEqual({
      phase: 'refused',
      lines: [
        `spec.region = "us-east4": must be "us-central1", where ${llama} is: one cluster of a name can be looked after; ` +
          `use us-central1, or another metadata.name, or change ${llama} first`,
      ],
    });
    expect(change.phase).toBe('done');
  });

  it('is not the cluster of two services at two places', async () => {
    const { say, loop } = makeNeighbours();
    await say(makeService(atHome));

    const other = await say(makeService(place('europe-west4', 'other'), 'llama-eu'));

    const rest = `, where ${llama} is: one cluster of a name can be looked after; use`;
    const ways = `or another spec.cluster.name, or change ${llama} first`;
    expect(other).toEqual({
      phase: 'refused',
      lines: [
        `spec.cluster.project = "other": must be "demo"${rest} demo, ${ways}`,
        `spec.cluster.location = "europe-west4": must be "us-central1"${rest} us-central1, ${ways}`,
      ],
    });
    expect(await loop.ledger.get(documentKey('model/demo/serving/llama-eu'))).toBeUndefined();
  });

  it('means nothing to clusters whose names begin with it', async () => {
    const { say } = makeNeighbours();
    await say(makeService({ ...abroad, cluster: { ...abroad.cluster, name: 'demo-2' } }));

    expect(await say(makeService(atHome))).toMatchObject({ phase: 'done' });
  });

  it('may have more services than are read at a time', async () => {
    const { say } = makeNeighbours();
    for (let at = 10; at <= 60; at++) await say(makeService(atHome, `a${at}`));

    const copy = await say(makeService(atHome, 'copy', named('a60-decode')));

    expect(copy.lines).toEqual([expect.stringContaining('is decode of model/demo/serving/a60')]);
  });

  it('which two documents give to two places at one moment is at that of the first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'one-cluster-'));
    const open = () => openSqliteLedger({ path: join(folder, 'ledger'), nowMs: () => 1_000_000, pause: noPause });
    const [ours, theirs] = [open(), open()];
    onTestFinished(() => {
      for (const ledger of [ours, theirs]) ledger.close();
      rmSync(folder, { recursive: true });
    });
    const other = makeNeighbours({ ledger: () => theirs });
    // Another process accepts a service when ours has just found that there is none.
    let overtaken = 0;
    const find: Ledger['find'] = async (collection, query) => {
      const found = await ours.find(collection, query);
      if (overtaken++ === 0) await other.send(makeService(atHome), { id: 'theirs' });
      return found;
    };
    const { send, read } = makeNeighbours({
      ledger: () => ({ transact: (body) => ours.transact(body), get: (key) => ours.get(key), find }),
    });

    await send(clusterAbroad, { id: 'ours' });

    expect(await read.message('theirs')).toMatchObject({ phase: 'done' });
    expect(await read.message('ours')).toMatchObject({ phase: 'refused' });
  });

  describe('whose documents share a mistake', () => {
    it.each([
      { name: 'two services', first: makeService(atHome), fixed: makeService(abroad) },
      { name: 'a Cluster and a service', first: makeClusterDocument(), fixed: clusterAbroad },
    ])('can be mended one by one: $name', async ({ first, fixed }) => {
      const { say, look } = makeNeighbours();
      await say(first);
      await say(makeService(atHome, 'other'));
      await look('model/demo/serving/other');

      const answers = [await say(fixed), await say(makeService(abroad, 'other'))];

      expect(answers.map(({ phase }) => phase)).toEqual(['done', 'done']);
    });

    it('cannot while one of them stands', async () => {
      const { say, look } = makeNeighbours();
      await say(makeService(atHome));
      await say(makeService(atHome, 'other'));
      await look('model/demo/serving/other', found);

      expect((await say(makeService(abroad))).lines).toEqual([
        expect.stringContaining('where model/demo/serving/other is'),
      ]);
    });

    it('keep a new document from another place until they are mended', async () => {
      const { say, look } = makeNeighbours();
      await say(makeService(atHome));
      await look(llama);

      const before = await say(makeService(abroad, 'new'));
      await say(makeService(abroad));
      const after = await say(makeService(abroad, 'new'));

      expect([before.phase, after.phase]).toEqual(['refused', 'done']);
    });
  });

  it('that GKE knows no more at its place may be elsewhere: its services move, and new ones come', async () => {
    const { say, look } = makeNeighbours();
    await say(makeService({ ...atHome, nodePools: [{ name: 'h200', size: { min: 1, max: 4 } }] }));
    await say(makeService(atHome, 'other'));
    await look(llama, clusterGone);
    await look('model/demo/serving/other', clusterGone);
    const newcomer = makeService(abroad, 'new', named('other-decode'));

    const answers = [await say(makeService(abroad)), await say(newcomer), await say(clusterAbroad)];

    expect(answers.map(({ phase }) => phase)).toEqual(['done', 'done', 'done']);
  });

  it('is asked of the others only by a document that says something new', async () => {
    const asked: string[] = [];
    const { say } = makeNeighbours({
      ledger: (inner) => ({
        transact: (body) => inner.transact(body),
        get: (key) => inner.get(key),
        find: (collection, query) => (asked.push(collection), inner.find(collection, query)),
      }),
    });
    await say(makeService(atHome));
    asked.length = 0;

    await say(makeService(atHome, 'llama-70b', { decode: { size: { min: 1, max: 12 } } }));

    expect(asked).toEqual([]);
  });
});

describe('a workload', () => {
  const shared = named('llama-70b-decode');

  it('is of one service', async () => {
    const { say } = makeNeighbours();
    await say(makeService(atHome));

    expect(await say(makeService(atHome, 'copy', shared))).toEqual({
      phase: 'refused',
      lines: [
        'spec.roles[1].workload.name = "llama-70b-decode": must be named by one document: Deployment serving/llama-70b-decode ' +
          `is decode of ${llama}; name another workload, or change ${llama} first`,
      ],
    });
  });

  it('is refused to a service that begins to name it, and free when the other one ceases to', async () => {
    const { say } = makeNeighbours();
    await say(makeService(atHome));
    await say(makeService(atHome, 'copy'));

    const taken = await say(makeService(atHome, 'copy', shared));
    await say(makeService(atHome, 'llama-70b', named('next')));
    const free = await say(makeService(atHome, 'copy', shared));

    expect([taken.phase, free.phase]).toEqual(['refused', 'done']);
  });

  it.each([
    { name: 'namespace', spec: { ...atHome, namespace: 'other' }, over: shared },
    { name: 'cluster', spec: { ...atHome, cluster: { ...atHome.cluster, name: 'second' } }, over: shared },
    {
      name: 'kind',
      spec: atHome,
      over: { decode: { workload: { kind: 'LeaderWorkerSet', name: 'llama-70b-decode' }, podsPerReplica: 2 } },
    },
  ])('of another $name is another one', async ({ spec, over }) => {
    const { say } = makeNeighbours();
    await say(makeService(atHome));

    expect(await say(makeService(spec, 'copy', over))).toEqual({ phase: 'done', lines: [] });
  });
});
