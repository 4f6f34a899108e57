/** A document that would move what stands to another place is refused, for as long as something may stand. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import type { Progress } from '#shared/domain/progress.ts';
import { makeProgress } from '../../support/make-progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { documentKey, progressKey, wakeKey } from '#shared/ledger/records.ts';
import { foretellRefusal } from '../../../functions/objections.ts';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseDocument } from '#shared/documents/index.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';
import { makeBench, wake } from './intake-bench.ts';

const model = { automation: 'scale-replicas', target: 'model/demo/serving/llama-70b' };

const built: StepMemory = { title: 'x', state: 'done', attempts: 0, calls: 1, failuresInARow: 0, endedAtMs: 5 };
const waiting: StepMemory = { title: 'x', state: 'waiting', attempts: 0, calls: 0, failuresInARow: 0 };

/** A document that stands, and what its automation remembers of it. */
async function makeStanding(document: JsonObject, of: typeof wake, changes?: Partial<Progress>) {
  const bench = makeBench();
  await bench.send(document);
  if (changes !== undefined) {
    await bench.loop.ledger.transact(async (tx) =>
      tx.put(progressKey(of), makeProgress(of, { phase: 'building', ...changes })),
    );
  }
  const sendNext = async (next: JsonObject) => {
    const parsed = parseDocument(next, catalogue);
    if (!parsed.ok) throw new Error('the document of a test is not valid');
    const foretold = await foretellRefusal(bench.loop.ledger, parsed.document);
    await bench.send(next, { id: 'm2', atMs: 20_000 });
    const message = await bench.read.message('m2');
    return { phase: message.phase, reason: message.reason, foretold };
  };
  return { ...bench, sendNext };
}

const elsewhere = { project: 'other', region: 'us-east4', zone: 'us-east4-b' };

describe('a Cluster document of a name that stands at another place', () => {
  it('is refused with every field that moves, and foretold so', async () => {
    const { sendNext, read } = await makeStanding(makeClusterDocument(), wake, { steps: { cluster: built } });

    const { phase, reason, foretold } = await sendNext(makeClusterDocument({ spec: elsewhere }));

    const rule = (before: string) =>
      `must stay "${before}": what was built as cluster/demo in demo/us-central1/us-central1-b may still stand, and would go on ` +
      'being paid for; use another metadata.name, or delete cluster/demo first (which this version cannot do)';
    expect(phase).toBe('refused');
    expect(reason?.split('\n')).toEqual([
      `spec.project = "other": ${rule('demo')}`,
      `spec.region = "us-east4": ${rule('us-central1')}`,
      `spec.zone = "us-east4-b": ${rule('us-central1-b')}`,
    ]);
    expect(foretold).toEqual(reason?.split('\n'));
    expect(await read.document()).toMatchObject({ sequence: 1, document: { spec: { project: 'demo' } } });
  });

  it.each([
    { name: 'a step was done', step: built },
    { name: 'a step was found done', step: { ...built, calls: 0 } },
    { name: 'a step runs', step: { ...waiting, state: 'running' as const, calls: 1 } },
    { name: 'a call is about to be made', step: { ...waiting, state: 'intended' as const, calls: 1 } },
    { name: 'a call has an unknown outcome', step: { ...waiting, calls: 2, attempts: 1 } },
  ])('is refused where $name', async ({ step }) => {
    const { sendNext } = await makeStanding(makeClusterDocument(), wake, { steps: { 'network/demo-net-0': step } });

    expect(await sendNext(makeClusterDocument({ spec: elsewhere }))).toMatchObject({ phase: 'refused' });
  });

  it.each([
    { name: 'nobody has looked', changes: undefined },
    {
      name: 'the checks have failed',
      changes: { steps: { preflight: { ...waiting, state: 'failed' as const }, 'network/demo-net-0': waiting } },
    },
    {
      name: 'every call is known to have failed',
      changes: { steps: { preflight: built, 'network/demo-net-0': { ...waiting, calls: 2, attempts: 2 } } },
    },
  ])('is accepted where nothing can stand: $name', async ({ changes }) => {
    const { sendNext, read } = await makeStanding(makeClusterDocument(), wake, changes);

    expect(await sendNext(makeClusterDocument({ spec: elsewhere }))).toMatchObject({ phase: 'done', foretold: [] });
    expect(await read.document()).toMatchObject({ sequence: 2, document: { spec: elsewhere } });
  });

  it('is accepted where only a network of somebody else was found', async () => {
    const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'p', servicesRange: 's' };
    const spec = { networking: { primary: { existing } } };
    const steps = { 'network/corp': { ...built, calls: 0 }, 'subnet/corp-sub': { ...built, calls: 0 } };
    const { sendNext } = await makeStanding(makeClusterDocument({ spec }), wake, { steps });

    expect(await sendNext(makeClusterDocument({ spec: { ...spec, ...elsewhere } }))).toMatchObject({ phase: 'done' });
  });

  it('is refused for now while somebody looks by the old one', async () => {
    const { sendNext, loop } = await makeStanding(makeClusterDocument(), wake);
    await loop.ledger.transact(async (tx) => {
      const record = (await tx.get(wakeKey(wake))) ?? {};
      tx.put(wakeKey(wake), { ...record, lease: { holder: 'h', expiresAtMs: 1_060_000 } });
    });

    const { reason } = await sendNext(makeClusterDocument({ spec: { ...elsewhere, project: 'demo' } }));

    expect(reason).toMatch(
      /^spec\.region = .*; publish it again in a minute, when the look at the old document has ended$/m,
    );
  });

  it('is refused where what is remembered cannot be read', async () => {
    const { sendNext, loop } = await makeStanding(makeClusterDocument(), wake);
    await loop.ledger.transact(async (tx) => tx.put(progressKey(wake), { steps: 'none' }));

    expect(await sendNext(makeClusterDocument({ spec: elsewhere }))).toMatchObject({ phase: 'refused' });
  });

  it('may still change everything else', async () => {
    const { sendNext } = await makeStanding(makeClusterDocument(), wake, { steps: { cluster: built } });

    expect(await sendNext(makeClusterDocument({ spec: { releaseChannel: 'RAPID' } }))).toMatchObject({
      phase: 'done',
      foretold: [],
    });
  });
});

describe('a ModelService document', () => {
  const cluster = (changes: JsonObject) => ({
    cluster: { project: 'demo', location: 'us-central1', name: 'demo', ...changes },
  });

  it('of a name whose workloads were found in another project or location is refused', async () => {
    const { sendNext } = await makeStanding(makeModelServiceDocument(), model, { report: { sizes: [] } });

    const { reason, foretold } = await sendNext(
      makeModelServiceDocument({ spec: cluster({ location: 'us-east4' }), pool: { name: 'h200' } }),
    );

    expect(reason?.split('\n')[0]).toBe(
      'spec.cluster.location = "us-east4": must stay "us-central1": what is looked after as model/demo/serving/llama-70b in ' +
        'demo/us-central1 may still stand, and would go on being paid for; use another metadata.name, or delete ' +
        'model/demo/serving/llama-70b first (which this version cannot do)',
    );
    expect(foretold).toEqual(reason?.split('\n'));
  });

  it('may correct a place where nothing was found', async () => {
    const { sendNext } = await makeStanding(makeModelServiceDocument(), model, {});

    expect(await sendNext(makeModelServiceDocument({ spec: cluster({ project: 'other' }) }))).toMatchObject({
      phase: 'done',
    });
  });

  it('of another namespace or cluster is another service', async () => {
    const { sendNext } = await makeStanding(makeModelServiceDocument(), model, { report: { sizes: [] } });
    const spec = { namespace: 'other', ...cluster({ project: 'other', name: 'second' }) };

    expect(await sendNext(makeModelServiceDocument({ spec }))).toMatchObject({ phase: 'done' });
  });

  it('is refused where its cluster is another one than the Cluster document of that name says', async () => {
    const { sendNext, loop } = await makeStanding(makeClusterDocument(), wake);

    const { reason } = await sendNext(
      makeModelServiceDocument({ spec: { ...cluster({ project: 'other' }), nodePools: [] } }),
    );

    expect(reason).toBe(
      'spec.cluster.project = "other": must be "demo", where cluster/demo is: one cluster of a name can be looked after; ' +
        'use demo, or another spec.cluster.name',
    );
    expect(await loop.ledger.get(documentKey(model.target))).toBeUndefined();
  });
});
