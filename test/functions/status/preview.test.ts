/** What status says of a document that is not published yet, beside what stands. */
import { beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { AutomationError } from '#shared/errors.ts';
import { progressKey } from '#shared/ledger/records.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { DoorReply } from '../../../functions/door.ts';
import type { Runtime } from '../../../functions/runtime.ts';
import { status } from '../../../functions/status/index.ts';
import { previewService } from '../../../functions/status/service-preview.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';
import { readingLedger } from '../../support/reading-ledger.ts';
import { makeBench, wake } from '../intake/intake-bench.ts';

let bench: ReturnType<typeof makeBench>;
let post: (path: string, body: JsonObject) => Promise<DoorReply>;
/** What GKE says of the cluster that is asked for. */
let readCluster: () => Promise<JsonObject | undefined>;
let objects: Pick<ClusterObjects, 'read' | 'list'>;

const running = { status: 'RUNNING', endpoint: '10.0.0.2', masterAuth: { clusterCaCertificate: 'Y2E=' } };

beforeEach(async () => {
  bench = makeBench();
  const { loop } = bench;
  readCluster = async () => running;
  objects = { read: async () => undefined, list: async () => [] };
  const cloud = {
    spendCapUsdPerHour: 250,
    clusterReader: async () => ({ read: async () => await readCluster() }),
    objects: async () => objects,
    workloads: async () => ({}),
    podTexts: async () => ({}),
    signalStore: async () => {
      throw new AutomationError('auth', 'reading time series: denied');
    },
  };
  const ledger = readingLedger(loop.ledger);
  const runtime: object = {
    ledger: async () => ledger,
    begin: async () => ({ ...loop, ledger }),
    log: loop.log,
    cloud,
  };
  const answer = await status.open(runtime as Runtime); // a service asks for no other part of the world
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
    const foretold = { obstacles: [], warnings: [] };
    expect(checked).toEqual({ status: 200, body: { target: 'cluster/demo', problems, ...foretold } });
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
    body: { target: targetOf(parse(document)), problems: [], obstacles: [], warnings: [] },
  });
});

it('a document that is not valid is checked as one', async () => {
  expect(await post('/check', { kind: 'Cluster' })).toMatchObject({
    status: 400,
    body: { problems: expect.any(Array) },
  });
});

describe('what a check foretells', () => {
  const misnamed = makeModelServiceDocument({
    spec: { cluster: { project: 'demo', location: 'us-central1', name: 'demoo' } },
  });
  const gone = async () => undefined;
  const noCluster = 'spec.cluster.name = "demoo": must be a cluster in demo/us-central1; did you mean demo?';
  const foretold = async (document: JsonObject) => (await post('/check', document)).body;

  it('of a new service is that its cluster does not exist, and which one was meant', async () => {
    await bench.send(makeClusterDocument());
    readCluster = gone;

    expect(await foretold(misnamed)).toMatchObject({ problems: [], obstacles: [noCluster], warnings: [] });
  });

  it('of a new service is which cluster other services there are in', async () => {
    await bench.send(makeModelServiceDocument());
    readCluster = gone;

    expect(await foretold(misnamed)).toMatchObject({ obstacles: [noCluster] });
  });

  it('of a service that stands is a warning only: it must not be frozen while its cluster is away', async () => {
    await bench.send(misnamed);
    readCluster = gone;

    const fix = 'make it first, or correct project, location or name';
    expect(await foretold(misnamed)).toMatchObject({
      obstacles: [],
      warnings: [`spec.cluster.name = "demoo": must be a cluster in demo/us-central1; ${fix}`],
    });
  });

  it.each([
    { name: 'nothing where its cluster stands, whoever has made it', begin: async () => undefined, warnings: [] },
    { name: 'nothing where we have built its cluster', begin: build, warnings: [] },
    {
      name: 'that its cluster is declared, and not built yet',
      begin: async () => await bench.send(makeClusterDocument()),
      warnings: ['cluster demo is not built yet: the service is looked at once it stands'],
    },
  ])('of a service is $name', async ({ begin, warnings }) => {
    await begin();

    expect(await foretold(makeModelServiceDocument({ spec: { nodePools: [] } }))).toMatchObject({
      problems: [],
      obstacles: [],
      warnings,
    });
  });

  it('of a service is that nobody could be asked', async () => {
    readCluster = async () => {
      throw new AutomationError('auth', 'reading cluster demoo: container.clusters.get is denied');
    };

    expect(await foretold(misnamed)).toMatchObject({
      obstacles: [],
      warnings: ['whether cluster demoo exists is not known: reading cluster demoo: container.clusters.get is denied'],
    });
  });

  it('of a cluster is a price above the spend cap, in dollars and cents', async () => {
    const { warnings } = (await foretold(makeClusterDocument({ pool: { size: { initial: 4 } } }))) ?? {};

    // 0.10 + 2 x 0.536 + 4 x 86.8 (manifests/catalogue/price-of.ts).
    expect(warnings).toEqual([
      expect.stringMatching(/^348\.37 USD per hour are above the spend cap of 250\.00: .*infra\/variables\.tf/),
    ]);
  });
});

describe('the plan of a service', () => {
  const plan = async (document = makeModelServiceDocument()) => await post('/plan', document);

  it('has a problem where its cluster does not exist', async () => {
    readCluster = async () => undefined;

    const { status: code, body } = await plan();

    expect(code).toBe(200);
    expect(body).toMatchObject({
      plans: [{ phase: 'holding', steps: [] }],
      problems: [
        expect.stringMatching(/^spec\.cluster\.name = "demo": must be a cluster in demo\/us-central1; make it/),
      ],
    });
  });

  it('has none where its cluster is being built, and says so', async () => {
    await bench.send(makeClusterDocument());
    readCluster = async () => undefined;

    expect((await plan(makeModelServiceDocument({ spec: { nodePools: [] } }))).body).toMatchObject({
      plans: [{ phase: 'pending', reason: 'cluster demo is not built yet: the service is looked at once it stands' }],
      problems: [],
    });
  });

  it('has a problem for every workload that is missing, and the size of those that are there', async () => {
    const decode = { metadata: { name: 'llama-70b-decode', resourceVersion: '1' }, spec: { replicas: 3 } };
    objects = { ...objects, read: async (_, { name }) => (name === 'llama-70b-decode' ? decode : undefined) };

    expect((await plan()).body).toMatchObject({
      plans: [{ phase: 'holding', report: { sizes: [{ role: 'decode', replicas: 3 }] } }],
      problems: [
        'spec.roles[0].workload.name = "llama-70b-prefill": must be a Deployment in namespace serving of cluster demo; make it, or name one that is there',
      ],
    });
  });

  it('has a problem in words where the world must not be read', async () => {
    readCluster = async () => {
      throw new AutomationError('auth', 'reading cluster demo: container.clusters.get is denied');
    };

    expect(await plan()).toMatchObject({
      status: 200,
      body: {
        service: { cluster: { name: 'demo' } },
        problems: [
          'the world could not be read: reading cluster demo: container.clusters.get is denied; check the permissions of the service account that the functions run as (infra/README.md)',
        ],
      },
    });
  });

  it('has no problem where its cluster is still being created, and says so', async () => {
    readCluster = async () => ({ status: 'PROVISIONING' });

    expect((await plan()).body).toMatchObject({
      plans: [{ phase: 'holding', reason: 'connecting to cluster demo: it has no endpoint (PROVISIONING)' }],
      problems: [],
    });
  });

  it('is not made of a moment’s failure', async () => {
    readCluster = async () => {
      throw new AutomationError('transient', 'reading cluster demo: HTTP 503');
    };

    expect(await plan()).toMatchObject({ status: 502, body: { failureKind: 'transient' } });
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
