/** What status says of a document that is not published yet, beside what stands. */
import { beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { progressKey } from '#shared/ledger/records.ts';
import type { DoorReply } from '../../../functions/door.ts';
import type { Runtime } from '../../../functions/runtime.ts';
import { status } from '../../../functions/status/index.ts';
import { previewService } from '../../../functions/status/service-preview.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';
import { makeBench, wake } from '../intake/intake-bench.ts';

let bench: ReturnType<typeof makeBench>;
let post: (path: string, body: JsonObject) => Promise<DoorReply>;

beforeEach(async () => {
  bench = makeBench();
  const { loop } = bench;
  const runtime: Partial<Runtime> = { ledger: async () => loop.ledger, begin: async () => loop, log: loop.log };
  const answer = await status.open(runtime as Runtime); // what is refused never reaches an automation
  post = async (path, body) =>
    await answer({ method: 'POST', path, query: new URLSearchParams(), authorization: undefined, body });
});

function parse(document: JsonObject): FleetDocument {
  const parsed = parseDocument(document, catalogue);
  if (!parsed.ok) throw new Error('the document of a test is not valid');
  return parsed.document;
}

async function build(): Promise<void> {
  const cluster = { title: 'cluster demo', state: 'done', attempts: 0, calls: 1, failuresInARow: 0, endedAtMs: 5 };
  const said = { phase: 'ready', reason: 'r', next: 'n', startedAtMs: 1, lookedAtMs: 2, blindLooks: 0, history: [] };
  await bench.send(makeClusterDocument());
  await bench.loop.ledger.transact(async (tx) =>
    tx.put(progressKey(wake), { ...wake, ...said, buildId: 'b', sequence: 1, steps: { cluster } }),
  );
}

describe('a document that intake would refuse', () => {
  const moved = makeClusterDocument({ spec: { region: 'us-east4', zone: 'us-east4-b' } });

  it('is planned by nobody, and checked with the same words', async () => {
    await build();

    const [planned, checked] = [await post('/plan', moved), await post('/check', moved)];

    const problems = [expect.stringMatching(/^spec\.region = .*must stay/), expect.stringMatching(/^spec\.zone = /)];
    expect(planned).toEqual({ status: 409, body: { error: 'the document would be refused', problems } });
    expect(checked).toEqual({ status: 200, body: { target: 'cluster/demo', problems } });
  });

  it('because another one owns the bounds of its pool is foretold', async () => {
    await build();

    const { body } = await post('/check', makeModelServiceDocument({ pool: { size: { min: 1, max: 9 } } }));

    expect(body?.['problems']).toEqual([
      expect.stringMatching(/^pool\/demo\/h200: cluster\/demo declared it first and owns its bounds \(2 nodes,/),
    ]);
  });

  it('because its sequence is old is foretold', async () => {
    await bench.send(makeClusterDocument({ metadata: { sequence: 7 } }));

    const { body } = await post('/check', makeClusterDocument({ metadata: { sequence: 6 } }));

    expect(body?.['problems']).toEqual([expect.stringMatching(/^metadata\.sequence 6 is older than 7/)]);
  });
});

it.each([
  { name: 'that stands', document: makeClusterDocument() },
  { name: 'that changes what may change', document: makeClusterDocument({ spec: { releaseChannel: 'RAPID' } }) },
  {
    name: 'of another name',
    document: makeClusterDocument({ metadata: { name: 'other' }, spec: { project: 'p-1234' } }),
  },
])('nothing speaks against a document $name', async ({ document }) => {
  await build();

  expect(await post('/check', document)).toEqual({
    status: 200,
    body: { target: targetOf(parse(document)), problems: [] },
  });
});

it('a document that is not valid is checked as one', async () => {
  expect(await post('/check', { kind: 'Cluster' })).toMatchObject({
    status: 400,
    body: { problems: expect.any(Array) },
  });
});

describe('the preview of a service', () => {
  const preview = async (document: JsonObject = makeModelServiceDocument()) =>
    await previewService(bench.loop.ledger, parse(document));

  it('has sizes and owners of its roles, and a price between their fewest and most replicas', async () => {
    await bench.send(makeClusterDocument({ pool: { usdPerNodeHour: 80, size: { initial: 2, min: 1, max: 4 } } }));

    const { service } = await preview(
      makeModelServiceDocument({
        prefill: { size: { min: 1, max: 3 } },
        decode: { size: { min: 2, max: 2, owner: 'fixed' } },
      }),
    );

    // 80 USD for 8 GPUs: 10 each; (1 + 2) x 4 GPUs at the least, (3 + 2) x 4 at the most.
    expect(service).toMatchObject({
      roles: [
        { role: 'prefill', size: { min: 1, max: 3, owner: 'inference-fleet' }, gpusPerReplica: 4, usdPerGpuHour: 10 },
        { role: 'decode', size: { min: 2, max: 2, owner: 'fixed' } },
      ],
      price: { minGpus: 12, maxGpus: 20, minUsdPerHour: 120, maxUsdPerHour: 200 },
    });
  });

  it('takes the price that a role states', async () => {
    const stated = { usdPerGpuHour: 2 };

    expect((await preview(makeModelServiceDocument({ prefill: stated, decode: stated })))['service']).toMatchObject({
      price: { minGpus: 8, maxGpus: 64, minUsdPerHour: 16, maxUsdPerHour: 128 },
    });
  });

  it('has no price where nobody has said one', async () => {
    const { service } = await preview();

    expect(service).toMatchObject({ price: { minGpus: 8, maxGpus: 64, unknownPools: ['h200'] } });
    expect(JSON.stringify(service)).not.toContain('Usd');
  });

  const bounds = (size: object) => makeClusterDocument({ pool: { size: { initial: 2, ...size } } });

  it.each([
    { name: 'nobody has declared', stands: [], says: 'new: derived from this document' },
    {
      name: 'it has declared itself',
      stands: [makeModelServiceDocument()],
      says: 'derived from this document already',
    },
    {
      name: 'another one has declared alike',
      stands: [bounds({ min: 1, max: 4 })],
      says: 'derived from cluster/demo, which says the same',
    },
  ])('says where the document of a pool comes from that $name', async ({ stands, says }) => {
    for (const document of stands) await bench.send(document);

    expect((await preview())['pools']).toEqual([
      { target: 'pool/demo/h200', size: { min: 1, max: 4, owner: 'inference-fleet' }, says },
    ]);
  });

  it.each([
    { stands: [], row: { says: 'declared by nobody: its size is left alone' } },
    {
      stands: [bounds({ min: 1, max: 3 })],
      row: { size: { min: 1, max: 3 }, says: 'declared by cluster/demo: this document only asks it for nodes' },
    },
  ])('says whose a pool is that it does not declare: $row.says', async ({ stands, row }) => {
    for (const document of stands) await bench.send(document);

    expect((await preview(makeModelServiceDocument({ spec: { nodePools: [] } })))['pools']).toMatchObject([
      { target: 'pool/demo/h200', ...row },
    ]);
  });

  it('of a cluster there is none', async () => {
    expect(await preview(makeClusterDocument())).toEqual({});
  });
});
