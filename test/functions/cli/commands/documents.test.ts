/** The commands that take a document: validate, schema, plan, apply. */
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { makeClusterDocument, makePool } from '../../../support/make-cluster.ts';
import { makeOverride, makePause } from '../../../support/make-command.ts';
import { makeModelServiceDocument } from '../../../support/make-model-service.ts';
import { connectionRefused, contextFile, makeIo, type Outside } from '../make-io.ts';

const yaml = `\
apiVersion: inference-fleet/v1
kind: Cluster
metadata: { name: demo }
spec:
  project: demo
  region: us-central1
  zone: us-central1-b
  gpuPools:
    - name: h200
      machineType: a3-ultragpu-8g
      size: { initial: 2 }
      consumption: { reservation: { name: h200-res } }
`;

const wrong = JSON.stringify(makeClusterDocument({ spec: { region: 'mars', zone: 'mars-a' } }));
/** A zone that the catalogue does not know at all: only Google can rule it out. */
const doubtful = JSON.stringify(makeClusterDocument({ spec: { region: 'me-west1', zone: 'me-west1-a' } }));

async function runWith(line: string, outside: Outside = {}) {
  const files = {
    ...contextFile,
    'cluster.yaml': yaml,
    'wrong.json': wrong,
    'doubtful.json': doubtful,
    'model.json': JSON.stringify(makeModelServiceDocument()),
    'override.json': JSON.stringify(makeOverride()),
    'pause.json': JSON.stringify(makePause({ all: true })),
    ...outside.files,
  };
  const io = makeIo({ ...outside, files });
  const exitCode = await run(line.split(' '), io);
  return { io, exitCode, ...io.printed };
}

describe('validate', () => {
  it('accepts a YAML file', async () => {
    expect(await runWith('validate -f cluster.yaml')).toMatchObject({
      exitCode: exitCodes.ok,
      out: 'cluster.yaml is a valid Cluster document for cluster/demo\n',
      err: '',
    });
  });

  it('accepts JSON from standard input, without any context', async () => {
    const stdin = JSON.stringify(makeClusterDocument());
    const io = makeIo({ files: {}, stdin });

    expect(await run(['validate', '-f', '-'], io)).toBe(exitCodes.ok);
    expect(io.printed.out).toBe('standard input is a valid Cluster document for cluster/demo\n');
  });

  it.each([
    { file: 'model.json', out: 'model.json is a valid ModelService document for model/demo/serving/llama-70b\n' },
    { file: 'override.json', out: 'override.json is a valid Override command for model/demo/serving/llama-70b\n' },
    { file: 'pause.json', out: 'pause.json is a valid Pause command for all\n' },
  ])('accepts $file', async ({ file, out }) => {
    expect(await runWith(`validate -f ${file}`)).toMatchObject({ exitCode: exitCodes.ok, out, err: '' });
  });

  it('prints every problem, one a line', async () => {
    const { exitCode, out } = await runWith('validate -f wrong.json');

    const lines = out.trimEnd().split('\n');
    expect(exitCode).toBe(exitCodes.invalid);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines).toEqual(lines.filter((line) => /^spec\.\S+ = ".*": must .*; /.test(line)));
  });

  it('warns of what only Google knows, and accepts it', async () => {
    const { exitCode, err } = await runWith('validate -f doubtful.json');

    expect(exitCode).toBe(exitCodes.ok);
    expect(err).toMatch(/^warning: spec\./);
  });

  it.each([
    {
      file: 'cluster.yaml',
      exitCode: exitCodes.ok,
      answer: { valid: true, kind: 'Cluster', target: 'cluster/demo', warnings: [] },
    },
    {
      file: 'pause.json',
      exitCode: exitCodes.ok,
      answer: { valid: true, kind: 'Pause', target: 'all', warnings: [] },
    },
    { file: 'wrong.json', exitCode: exitCodes.invalid, answer: { valid: false, problems: expect.any(Array) } },
  ])('answers programs about $file', async ({ file, exitCode, answer }) => {
    const result = await runWith(`validate -f ${file} -o json`);

    expect(result.exitCode).toBe(exitCode);
    expect(JSON.parse(result.out)).toEqual(answer);
  });

  it('names a file that it cannot read', async () => {
    expect(await runWith('validate -f none.yaml')).toMatchObject({
      exitCode: exitCodes.invalid,
      err: "inferctl: reading the document: ENOENT: no such file or directory, open 'none.yaml'\n",
    });
  });
});

describe('schema', () => {
  it('lists the kinds', async () => {
    const kinds = ['Cluster', 'ModelService', 'Override', 'Pause', 'Resume', 'ServingStack'];

    expect(await runWith('schema')).toMatchObject({ exitCode: exitCodes.ok, out: `${kinds.join('\n')}\n` });
    expect(JSON.parse((await runWith('schema -o json')).out)).toEqual(kinds);
  });

  it.each(['ModelService', 'Override', 'Pause', 'Resume'])('prints the JSON Schema of %s', async (kind) => {
    const { out } = await runWith(`schema ${kind}`);

    expect(JSON.parse(out)).toMatchObject({ properties: { kind: { const: kind }, spec: { type: 'object' } } });
  });

  it('prints the JSON Schema of a kind, written in any case', async () => {
    const { out } = await runWith('schema cluster');

    expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { kind: { const: 'Cluster' } } });
    expect((await runWith('schema Cluster -o yaml')).out).toContain('\ntype: object\n');
  });
});

const planRows = [
  {
    id: 'preflight',
    title: 'checks before anything is created',
    dependsOn: [],
    kind: 'preflight',
    status: { state: 'done' },
  },
  { id: 'network/a', title: 'network a', dependsOn: ['preflight'], body: { name: 'a' }, status: { state: 'done' } },
  {
    id: 'subnet/a',
    title: 'subnet a',
    dependsOn: ['network/a'],
    body: { name: 'a', mtu: 8896 },
    status: { state: 'ready' },
  },
  {
    id: 'subnet/b',
    title: 'subnet b',
    dependsOn: ['network/a'],
    body: { name: 'b' },
    status: { state: 'running', reason: 'operation op-1 runs' },
  },
  {
    id: 'objects/namespace',
    title: 'namespace',
    dependsOn: ['subnet/a'],
    objects: [{ kind: 'Namespace' }],
    status: { state: 'waiting', reason: 'needs subnet a' },
  },
  {
    id: 'readiness',
    title: 'nodes',
    dependsOn: ['objects/namespace'],
    status: { state: 'waiting', reason: 'needs namespace' },
  },
];

const planOf = (steps: readonly object[], report: object = { usdPerHour: 174.772 }) => ({
  target: 'cluster/demo',
  plans: [{ automation: 'build-cluster', phase: 'building', reason: 'r', next: 'n', steps, report }],
});

const planning = (steps: readonly object[], report?: object) => ({
  status: { 'POST /plan': [{ body: planOf(steps, report) }] },
});

describe('plan', () => {
  it('shows every step against the world, the price, and that nothing was changed', async () => {
    const { io, exitCode, out } = await runWith('plan -f cluster.yaml', planning(planRows));

    expect(out).toBe(`\
cluster/demo  by build-cluster, context local

  1  passed     checks before anything is created
  2  stands     network a
  3  create     subnet a
  4  under way  subnet b                           operation op-1 runs
  5  create     namespace                          needs subnet a
  6  check      nodes                              needs namespace

Price: 174.77 USD per hour
2 to create, 1 under way, 1 standing, 0 problems. Nothing was changed.
`);
    expect(exitCode).toBe(exitCodes.ok);
    expect(JSON.parse(io.calls[0]!.request.body!)).toEqual(makeClusterDocument());
    expect(io.published).toEqual([]);
  });

  it('shows the request bodies when asked, and those of objects', async () => {
    const rows = planRows.filter(({ id }) => id === 'subnet/a' || id === 'objects/namespace');

    const { out } = await runWith('plan -f cluster.yaml --bodies', planning(rows, {}));

    expect(out).toBe(`\
cluster/demo  by build-cluster, context local

  1  create  subnet a
      {
        "name": "a",
        "mtu": 8896
      }
  2  create  namespace  needs subnet a
      {
        "kind": "Namespace"
      }

Price: unknown
2 to create, 0 standing, 0 problems. Nothing was changed.
`);
  });

  it('counts problems, shows each on its line, and ends with code 1', async () => {
    const message = 'spec.zone x: no profile\nprice unknown';
    const rows = [
      { ...planRows[0], status: { state: 'failed', failure: { kind: 'permanent', message }, fresh: false } },
      {
        ...planRows[1],
        status: {
          state: 'failed',
          failure: { kind: 'permanent', message: 'network a exists and is not ours' },
          fresh: false,
        },
      },
    ];

    const { exitCode, out } = await runWith('plan -f cluster.yaml', planning(rows));

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toContain(`\
  1  problem  checks before anything is created  spec.zone x: no profile
      price unknown
  2  problem  network a                          network a exists and is not ours
`);
    expect(out).toContain('\n0 to create, 0 standing, 3 problems. Nothing was changed.\n');
  });

  it('answers programs with bodies and everything', async () => {
    const { out } = await runWith('plan -f cluster.yaml -o json', planning(planRows));

    expect(JSON.parse(out)).toEqual(planOf(planRows));
  });

  it.each([
    {
      name: 'of a document that is not valid is not asked for',
      file: 'wrong.json',
      reply: { body: {} },
      exitCode: exitCodes.invalid,
      err: 'wrong.json is not valid:\nspec.',
    },
    {
      name: 'of a document that the function refuses shows its problems',
      file: 'cluster.yaml',
      reply: { status: 400, body: { error: 'x', problems: ['spec.a: must be b; c'] } },
      exitCode: exitCodes.invalid,
      err: 'inferctl: the status function says that the document is not valid:\nspec.a: must be b; c\n',
    },
    {
      name: 'of a document that intake would refuse says why',
      file: 'cluster.yaml',
      reply: { status: 409, body: { error: 'x', problems: ['spec.zone = "b": must stay "a"; use another name'] } },
      exitCode: exitCodes.notAsWanted,
      err: 'inferctl: the document would be refused; nothing was changed:\nspec.zone = "b": must stay "a"; use another name\n',
    },
    {
      name: 'needs a world that can be read',
      file: 'cluster.yaml',
      reply: { status: 502, body: { error: 'the world could not be read: no permission' } },
      exitCode: exitCodes.unreachable,
      err: '/plan answered 502: the world could not be read: no permission\n',
    },
    {
      name: 'needs an answer',
      file: 'cluster.yaml',
      reply: connectionRefused(),
      exitCode: exitCodes.unreachable,
      err: '/plan: no answer (ECONNREFUSED): is the deployment of this context running?\n',
    },
    {
      name: 'needs the status function',
      file: 'cluster.yaml',
      reply: { body: { hello: 1 } },
      exitCode: exitCodes.unreachable,
      err: 'the answer is not that of the status function (target: ',
    },
    {
      name: 'needs its path',
      file: 'cluster.yaml',
      reply: { status: 404, body: {} },
      exitCode: exitCodes.unreachable,
      err: 'POST /plan: answered 404: check statusUrl of the context\n',
    },
  ])('$name', async ({ file, reply, exitCode, err }) => {
    const result = await runWith(`plan -f ${file}`, { status: { 'POST /plan': [reply] } });

    expect(result.exitCode).toBe(exitCode);
    expect(result.err).toContain(err);
    expect(result.out).toBe('');
  });
});

describe('plan of a model', () => {
  const role = (name: string, size: object) => ({
    role: name,
    workload: { kind: 'Deployment', name: `llama-70b-${name}` },
    gpusPerReplica: 4,
    nodePool: 'h200',
    size: { owner: 'inference-fleet', ...size },
  });
  const service = {
    cluster: { project: 'demo', location: 'us-central1', name: 'demo' },
    namespace: 'serving',
    servedModelName: 'llama',
    roles: [role('prefill', { min: 1, max: 8 }), role('decode', { min: 2, max: 2, owner: 'hpa' })],
    price: { minGpus: 12, maxGpus: 40, minUsdPerHour: 130.2, maxUsdPerHour: 434 },
    spendCapUsdPerHour: 500,
  };
  const size = { min: 1, max: 4, owner: 'inference-fleet' };
  const pools = [{ target: 'pool/demo/h200', size, says: 'new: derived from this document' }];
  const scale = {
    id: 'scale/prefill',
    kind: 'scale',
    title: 'prefill: 1 → 2 replicas',
    dependsOn: [],
    status: { state: 'ready' },
  };
  const planOfModel = (changes: object, steps: readonly object[] = []) => {
    const report = { sizes: [{ role: 'prefill', replicas: 1 }] };
    const looked = {
      automation: 'scale-replicas',
      phase: 'ready',
      reason: 'decode stays at 2',
      next: 'a look every 15 s',
    };
    const plans = [{ ...looked, steps, report }];
    const body = { target: 'model/demo/serving/llama-70b', service: { ...service, ...changes }, pools, plans };
    return { status: { 'POST /plan': [{ body }] } };
  };

  it('says what is looked after, within which limits, by whom, and for how much', async () => {
    const { exitCode, out } = await runWith('plan -f model.json', planOfModel({}));

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(`\
model/demo/serving/llama-70b  by scale-replicas, context local

Looks after prefill and decode of llama in namespace serving of cluster demo (demo/us-central1); deploys nothing

ROLE     WORKLOAD                      NOW  REPLICAS  OWNER            GPUS EACH  POOL
prefill  Deployment llama-70b-prefill  1    1 to 8    inference-fleet  4          h200
decode   Deployment llama-70b-decode   -    2         hpa              4          h200

POOL            NODES   OWNER            DOCUMENT
pool/demo/h200  1 to 4  inference-fleet  new: derived from this document

Now    ready: decode stays at 2
Next   a look every 15 s
Price  130.20 to 434.00 USD per hour for 12 to 40 GPUs; nodes are paid for whole; no more is added above the spend cap of 500.00
0 changes to make now, 0 problems. Nothing was changed.
`);
  });

  it('shows what the first look would change', async () => {
    const { out } = await runWith('plan -f model.json', planOfModel({}, [scale]));

    expect(out).toContain('\nThe first look would\n  1  change  prefill: 1 → 2 replicas\n\nNow ');
    expect(out).toContain('\n1 change to make now, 0 problems. Nothing was changed.\n');
  });

  it('counts what keeps it from working as problems, and ends with code 1', async () => {
    const answer = planOfModel({});
    const [{ body }] = answer.status['POST /plan'] as [{ body: object }];
    const problems = ['spec.roles[0].workload.name = "lama": must be a Deployment; make it'];

    const { exitCode, out } = await runWith('plan -f model.json', {
      status: { 'POST /plan': [{ body: { ...body, problems } }] },
    });

    expect(exitCode).toBe(exitCodes.notAsWanted);
    expect(out).toContain(`\nproblem: ${problems[0]}\n0 changes to make now, 1 problem. Nothing was changed.\n`);
  });

  it('says that a price is unknown', async () => {
    const price = { minGpus: 1, maxGpus: 1, unknownPools: ['h200'] };

    const { out } = await runWith('plan -f model.json', planOfModel({ price, spendCapUsdPerHour: undefined }));

    expect(out).toContain(
      '\nPrice  unknown for 1 GPU: nobody has said what a GPU of pool h200 costs; state usdPerGpuHour of its roles\n',
    );
  });
});

it('plan plans no command', async () => {
  const { exitCode, io, err } = await runWith('plan -f pause.json');

  expect({ exitCode, calls: io.calls }).toEqual({ exitCode: exitCodes.invalid, calls: [] });
  expect(err).toBe('inferctl: pause.json is a command (Pause), not a document\n');
});

describe('apply', () => {
  it('publishes the document as JSON, and says where and what to do next', async () => {
    const { io, exitCode, out } = await runWith('apply -f cluster.yaml', { sender: 'ada@laptop' });

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(`\
Context local: project demo, status at http://status.example/status
Published cluster/demo to inference-fleet-requests as message 17
Checked only from now on: reservations, machines, versions; inferctl plan -f FILE does so beforehand
Next: inferctl get cluster/demo -w
`);
    expect(io.published).toEqual([
      {
        project: 'demo',
        topic: 'inference-fleet-requests',
        endpoint: 'http://127.0.0.1:8086',
        credentials: 'none',
        attributes: { fleetSender: 'ada@laptop' },
        text: JSON.stringify(makeClusterDocument({ spec: { gpuPools: [makePool()] } })),
      },
    ]);
  });

  it('claims to be nobody where the system names no user', async () => {
    const { io } = await runWith('apply -f cluster.yaml');

    expect(io.published).toMatchObject([{ attributes: {} }]);
  });

  it('publishes nothing that is not valid', async () => {
    const { io, exitCode, err } = await runWith('apply -f wrong.json');

    expect({ exitCode, published: io.published }).toEqual({ exitCode: exitCodes.invalid, published: [] });
    expect(err).toMatch(/^inferctl: wrong\.json is not valid:\nspec\./);
  });

  it('publishes nothing that intake would refuse', async () => {
    const problems = ['spec.zone = "b": must stay "a"; use another name'];

    const { io, exitCode, err } = await runWith('apply -f cluster.yaml', {
      status: { 'POST /check': [{ body: { target: 'cluster/demo', problems } }] },
    });

    expect({ exitCode, published: io.published }).toEqual({ exitCode: exitCodes.notAsWanted, published: [] });
    expect(err).toBe(`inferctl: the document would be refused; nothing was changed:\n${problems[0]}\n`);
    expect(JSON.parse(io.calls[0]!.request.body!)).toEqual(makeClusterDocument());
  });

  it('publishes nothing that nothing would come of', async () => {
    const obstacles = ['spec.cluster.name = "demoo": must be a cluster in demo/us-central1; did you mean demo?'];

    const { io, exitCode, err } = await runWith('apply -f model.json', {
      status: { 'POST /check': [{ body: { target: 'model/demoo/a/b', problems: [], obstacles, warnings: [] } }] },
    });

    expect({ exitCode, published: io.published }).toEqual({ exitCode: exitCodes.notAsWanted, published: [] });
    expect(err).toBe(`inferctl: not published, since nothing would come of it:\n${obstacles[0]}\n`);
  });

  it('publishes with a warning what will have to wait for a person', async () => {
    const warnings = ['348.37 USD per hour are above the spend cap of 250.00: make the pools smaller'];

    const { io, exitCode, err } = await runWith('apply -f cluster.yaml', {
      status: { 'POST /check': [{ body: { target: 'cluster/demo', problems: [], obstacles: [], warnings } }] },
    });

    expect(exitCode).toBe(exitCodes.ok);
    expect(io.published).toHaveLength(1);
    expect(err).toBe(`warning: ${warnings[0]}\n`);
  });

  it.each([
    { name: 'nothing speaks against', reply: { body: { target: 'cluster/demo', problems: [] } }, err: '' },
    { name: 'an older version of status cannot check', reply: { status: 405, body: { error: 'not served' } }, err: '' },
    {
      name: 'nobody could check',
      reply: connectionRefused(),
      err: /^warning: not checked beforehand: .* no answer .*; see inferctl get messages for what became of it\n$/,
    },
    {
      name: 'we may not ask about',
      reply: { status: 403, body: {} },
      err: /^warning: not checked beforehand: .* refuses us/,
    },
  ])('publishes a document that $name', async ({ reply, err }) => {
    const result = await runWith('apply -f cluster.yaml', { status: { 'POST /check': [reply] } });

    expect(result.exitCode).toBe(exitCodes.ok);
    expect(result.io.published).toHaveLength(1);
    expect(result.err).toEqual(typeof err === 'string' ? err : expect.stringMatching(err));
  });

  it('publishes a command, and waits until it is settled', async () => {
    const settled = { messageId: '17', phase: 'done', receivedAtMs: 1, actor: 'topic:x', target: 'all' };

    const { exitCode, io, out } = await runWith('apply -f pause.json', {
      status: { 'GET /messages?id=17': [{ body: { items: [] } }, { body: { items: [settled] } }] },
    });

    expect(exitCode).toBe(exitCodes.ok);
    expect(io.published).toMatchObject([{ text: JSON.stringify(makePause({ all: true })) }]);
    expect(out).toContain('\nDone: everything is paused; looks go on and change nothing\n');
  });

  it('answers programs', async () => {
    const { out } = await runWith('apply -f cluster.yaml -o json');

    expect(JSON.parse(out)).toEqual({
      context: 'local',
      project: 'demo',
      topic: 'inference-fleet-requests',
      target: 'cluster/demo',
      messageId: '17',
    });
  });

  it('leaves out what to do next when nobody can', async () => {
    const { out } = await runWith('apply -f cluster.yaml --no-hints');

    expect(out).toMatch(/\nPublished cluster\/demo to inference-fleet-requests as message 17\n$/);
  });

  it.each([
    { line: 'apply -f cluster.yaml', environment: { npm_command: 'exec' }, next: 'npx inferctl get cluster/demo -w' },
    {
      line: '--context local apply -f cluster.yaml',
      environment: {},
      next: 'inferctl --context local get cluster/demo -w',
    },
  ])('names the next command as it was called: $next', async ({ line, environment, next }) => {
    expect((await runWith(line, { environment })).out).toContain(`\nNext: ${next}\n`);
  });

  it('says when Pub/Sub does not take it', async () => {
    const { exitCode, err, out } = await runWith('apply -f cluster.yaml', {
      publish: () => new Error('5 NOT_FOUND: topic'),
    });

    expect({ exitCode, out }).toEqual({ exitCode: exitCodes.unreachable, out: '' });
    expect(err).toBe('inferctl: publishing to inference-fleet-requests of project demo: 5 NOT_FOUND: topic\n');
  });
});
