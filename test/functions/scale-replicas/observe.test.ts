import { describe, expect, it } from 'vitest';
import { observe } from '../../../functions/scale-replicas/observe.ts';
import { plan } from '../../../functions/scale-replicas/plan.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import type { Subject } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { AutomationError, type FailureKind } from '#shared/errors.ts';
import { demandKey } from '#shared/ledger/records.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeModelServiceDocument, type ModelServiceChanges } from '../../support/make-model-service.ts';

const NOW_MS = 10_000_000;
const target = 'model/demo/serving/llama-70b';

const readyPod = (name: string, status: 'True' | 'False' = 'True'): JsonObject => ({
  metadata: { name, creationTimestamp: '1970-01-01T00:00:00Z' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status, lastTransitionTime: '1970-01-01T01:00:00Z' }],
  },
});

interface World {
  /** Names of workloads that do not exist. */
  readonly deleted?: readonly string[];
  /** Pods by the name of their workload; one ready pod where not given. */
  readonly pods?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly nodes?: readonly JsonObject[];
  /** What every workload is told to have; 1 where not given. */
  readonly replicas?: number;
}

/** A cluster in which every workload has one pod, and what was listed of it. */
function makePorts({ deleted = [], pods = {}, nodes = [], replicas = 1 }: World = {}) {
  const listed: string[] = [];
  const asked: string[] = [];
  const bench = makeLoopBench();
  const ports = {
    ...bench,
    clusters: async () => ({
      read: async ({ project, region }: { project: string; region: string }, name: string) => ({
        name,
        status: 'RUNNING',
        endpoint: `${project}.${region}`,
        masterAuth: { clusterCaCertificate: 'YQ==' },
      }),
    }),
    objects: {
      read: async (_connection: unknown, { kind, name }: { kind: string; name: string }) =>
        deleted.includes(name)
          ? undefined
          : {
              kind,
              metadata: { name, resourceVersion: '1' },
              spec: { replicas, selector: { matchLabels: { app: name } } },
              status: { replicas, updatedReplicas: replicas, readyReplicas: replicas },
            },
      list: async (_connection: unknown, { kind, labelSelector = '' }: { kind: string; labelSelector?: string }) => {
        listed.push(kind);
        if (kind === 'Node') return nodes;
        if (kind !== 'Pod') return [];
        const app = labelSelector.split('=')[1] ?? '';
        return pods[app] ?? [readyPod(`${app}-0`)];
      },
    },
    podTexts: {
      read: async (_connection: unknown, { pod }: { pod: string }) => {
        asked.push(pod);
        return '';
      },
    },
    signalStore: async () => ({ read: async () => await Promise.reject(new Error('not asked for')) }),
  };
  return { ports: ports as unknown as ScaleReplicasPorts, ledger: bench.ledger, listed, asked };
}

function subject(changes: ModelServiceChanges = {}, over: Partial<Subject> = {}): Subject {
  const spec = { signals: { sources: ['pods'] as const }, ...changes.spec };
  return {
    target,
    wanted: makeModelServiceDocument({ ...changes, spec } as ModelServiceChanges),
    sequence: 1,
    buildId: 'b',
    memory: {},
    controls: { overrides: {} },
    nowMs: NOW_MS,
    ...over,
  };
}

const standing = {
  pool: 'pool/demo/h200',
  from: target,
  items: [{ what: 'prefill', pods: 4, gpusPerPod: 4 }],
  decidedAtMs: 1,
};

describe('demand on pools', () => {
  it('is taken off a pool that the roles have left', async () => {
    const { ports, ledger } = makePorts();
    await ledger.transact(async (tx) => tx.put(demandKey(standing), standing));
    const moved = subject({
      spec: { nodePools: [{ name: 'b200', size: { min: 1, max: 4 } }] },
      prefill: { nodePool: 'b200' },
      decode: { nodePool: 'b200' },
    });

    const { steps } = plan(moved, await observe(moved, ports));

    expect(steps.map(({ step }) => step)).toContainEqual(
      expect.objectContaining({ id: 'demand/h200', demand: expect.objectContaining({ items: [] }) }),
    );
  });

  it('of a workload that was deleted is taken back, and no size is touched', async () => {
    const { ports, ledger } = makePorts({ deleted: ['llama-70b-prefill'] });
    await ledger.transact(async (tx) => tx.put(demandKey(standing), standing));

    const planned = plan(subject(), await observe(subject(), ports));

    expect(planned).toMatchObject({ kind: 'act', phase: 'holding' });
    expect(planned.steps).toMatchObject([
      { step: { id: 'demand/h200', demand: { items: [{ pods: 0 }, { pods: 1 }] } }, status: { state: 'ready' } },
    ]);
  });

  it('is not begun by a service whose workloads are yet to be made', async () => {
    const { ports } = makePorts({ deleted: ['llama-70b-prefill'] });

    expect(plan(subject(), await observe(subject(), ports))).toMatchObject({ kind: 'hold', steps: [] });
  });
});

describe('the address of the cluster', () => {
  it.each([
    ['the same cluster', { project: 'demo', location: 'us-central1', name: 'demo' }, 'https://remembered'],
    [
      'one of another project and place',
      { project: 'other', location: 'europe-west4', name: 'demo' },
      'https://other.europe-west4',
    ],
  ])('is remembered only of the cluster that the document names: %s', async (_case, cluster, server) => {
    const { ports } = makePorts();
    const { connection: _read, ...first } = await observe(subject(), ports);
    const connection = {
      cluster: 'demo/us-central1/demo',
      connection: { server: 'https://remembered' },
      readAtMs: NOW_MS,
    };
    const carry = plan(subject(), { ...first, connection }).carry;
    const later = subject({ spec: { cluster } }, { nowMs: NOW_MS + 60_000, ...(carry !== undefined && { carry }) });

    const seen = await observe(later, ports);

    expect(seen.connection.connection.server).toBe(server);
  });
});

describe('a remembered address at which the cluster is no more', () => {
  const before = { cluster: 'demo/us-central1/demo', connection: { server: 'https://old' }, readAtMs: NOW_MS };
  const now = 'https://demo.us-central1';

  /** Another look, so many seconds after the address was read, at a cluster whose API server is at `now`. */
  async function lookAgain(
    afterSeconds: number,
    { fail, world = {} }: { readonly fail?: () => never; readonly world?: World } = {},
  ) {
    const { connection: _read, ...first } = await observe(subject(), makePorts().ports);
    const carry = plan(subject(), { ...first, connection: before }).carry;
    const { ports, asked } = makePorts(world);
    const lookUps: string[] = [];
    const clusters = await ports.clusters();
    const moved: ScaleReplicasPorts = {
      ...ports,
      clusters: async () => ({
        read: async (place, name) => {
          lookUps.push(name);
          return await clusters.read(place, name);
        },
      }),
      objects: {
        read: async (at, ref) => (at.server === now ? await ports.objects.read(at, ref) : fail?.()),
        list: async (at, query) => (at.server === now ? await ports.objects.list(at, query) : (fail?.() ?? [])),
      },
    };
    const later = subject({}, { nowMs: NOW_MS + afterSeconds * 1000, ...(carry !== undefined && { carry }) });
    return { look: observe(later, moved), later, lookUps, asked };
  }

  const failing = (kind: FailureKind, message: string) => () => {
    throw new AutomationError(kind, message);
  };

  it.each([
    { name: 'refuses connections', fail: failing('transient', 'ECONNREFUSED') },
    { name: 'has another certificate', fail: failing('permanent', 'DEPTH_ZERO_SELF_SIGNED_CERT') },
    { name: 'does not know us', fail: failing('auth', 'HTTP 401') },
    { name: 'serves something else', fail: failing('gone', 'HTTP 404') },
  ])('since it $name: it is asked for once, and the same look goes on there', async ({ fail }) => {
    const { look, later, lookUps } = await lookAgain(15, { fail });

    const seen = await look;

    expect(seen.connection).toMatchObject({ connection: { server: now }, readAtMs: NOW_MS + 15_000 });
    expect(seen.roles.map(({ workload }) => workload?.replicas)).toEqual([1, 1]);
    expect(lookUps).toHaveLength(1);
    expect(plan(later, seen).carry).toMatchObject({ connection: { connection: { server: now } } });
  });

  it('and that answers 404 to everything is doubted after a minute', async () => {
    const early = await lookAgain(45);
    const late = await lookAgain(60);

    expect((await early.look).connection.connection.server).toBe('https://old');
    expect((await late.look).connection.connection.server).toBe(now);
  });

  it('is not the reason where the cluster has no other one: the failure is told as it was, after one question', async () => {
    const { ports } = makePorts();
    const { connection, ...first } = await observe(subject(), ports);
    const carry = plan(subject(), { ...first, connection }).carry;
    let lookUps = 0;
    const clusters = await ports.clusters();
    const broken: ScaleReplicasPorts = {
      ...ports,
      clusters: async () => ({ read: (place, name) => (lookUps++, clusters.read(place, name)) }),
      objects: { read: async () => failing('transient', 'HTTP 503')(), list: async () => [] },
    };

    const look = observe(subject({}, carry === undefined ? {} : { carry }), broken);

    await expect(look).rejects.toMatchObject({ kind: 'transient', message: 'HTTP 503' });
    expect(lookUps).toBe(1);
  });

  it('is asked for once a minute at most while a workload is missing', async () => {
    const { ports } = makePorts({ deleted: ['llama-70b-prefill'] });
    let lookUps = 0;
    const clusters = await ports.clusters();
    const counted: ScaleReplicasPorts = {
      ...ports,
      clusters: async () => ({ read: (place, name) => (lookUps++, clusters.read(place, name)) }),
    };
    const whole = makePorts();
    let carry = plan(subject(), await observe(subject(), whole.ports)).carry;

    for (let second = 15; second <= 240; second += 15) {
      const later = subject({}, { nowMs: NOW_MS + second * 1000, ...(carry !== undefined && { carry }) });
      carry = plan(later, await observe(later, counted)).carry;
    }

    expect(lookUps).toBe(4);
  });
});

describe('the endpoint picker', () => {
  it('is asked only where it is ready: a standby is sent no requests and must not silence the others', async () => {
    const { ports, asked } = makePorts({ pods: { 'llama-70b-epp': [readyPod('epp-0'), readyPod('epp-1', 'False')] } });

    await observe(subject(), ports);

    expect(asked.filter((pod) => pod.startsWith('epp'))).toEqual(['epp-0']);
  });
});

describe('the price of GPUs', () => {
  const capped = { spec: { spendCapUsdPerHour: 500 } };
  const node: JsonObject = {
    metadata: { name: 'n1', labels: { 'node.kubernetes.io/instance-type': 'a3-ultragpu-8g' } },
  };
  const pricesOf = async (about: Subject, ports: ScaleReplicasPorts) =>
    (await observe(about, ports)).roles.map(({ usdPerGpuHour }) => usdPerGpuHour);

  it('is read off one node of each pool, once for all roles on it', async () => {
    const { ports, listed } = makePorts({ nodes: [node] });

    const prices = await pricesOf(subject(capped), ports);

    expect(prices).toEqual([expect.any(Number), expect.any(Number)]);
    expect(listed.filter((kind) => kind === 'Node')).toHaveLength(1);
  });

  it('is remembered while the pool has no nodes, so that a service that sleeps can wake', async () => {
    const awake = makePorts({ nodes: [node] });
    const first = await observe(subject(capped), awake.ports);
    const carry = plan(subject(capped), first).carry;
    const known = first.roles.map(({ usdPerGpuHour }) => usdPerGpuHour);
    const asleep = subject(capped, { nowMs: NOW_MS + 86_400_000, ...(carry !== undefined && { carry }) });

    expect(await pricesOf(asleep, makePorts().ports)).toEqual(known);
  });

  it('is unknown where no node was ever seen, and what the document states wins', async () => {
    const stated = { ...capped, decode: { usdPerGpuHour: 3.5 } };

    expect(await pricesOf(subject(stated), makePorts().ports)).toEqual([undefined, 3.5]);
    expect((await pricesOf(subject(stated), makePorts({ nodes: [node] }).ports))[1]).toBe(3.5);
  });
});

describe('what else is on the nodes', () => {
  const taken: JsonObject = {
    metadata: { namespace: 'else', name: 'x' },
    spec: { nodeName: 'n1', containers: [{ resources: { limits: { 'nvidia.com/gpu': 8 } } }] },
  };
  const onNode = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
    metadata: { namespace: 'else', name: 'y', ...metadata },
    spec: { ...(taken['spec'] as JsonObject), ...spec },
  });
  const nodes: readonly JsonObject[] = [
    { metadata: { name: 'n1' }, spec: {} },
    { metadata: { name: 'n2' }, spec: { unschedulable: true } },
  ];
  const down = { controls: { overrides: { decode: { replicas: 1, untilMs: NOW_MS + 1, actor: 'topic:x' } } } };

  it('is read by a look that gives pods back, and by no other one', async () => {
    const { ports, listed } = makePorts({ nodes, pods: { '': [taken] }, replicas: 2 });

    const idle = await observe(subject(), ports);
    const idleLists = listed.splice(0).filter((kind) => kind === 'Pod' || kind === 'Node');
    const { surroundings } = await observe(subject({}, down), ports);

    expect(idle).not.toHaveProperty('surroundings');
    expect(listed.filter((kind) => kind === 'Pod' || kind === 'Node')).toEqual([...idleLists, 'Pod', 'Node']);
    expect(surroundings).toEqual({
      kind: 'known',
      pods: [{ namespace: 'else', name: 'x', node: 'n1', gpus: 8 }],
      cordoned: new Set(['n2']),
    });
  });

  it('is what keeps a node: no pod that waits, leaves, comes with the node or has no GPU', async () => {
    const pods = [
      onNode({ nodeName: '' }),
      onNode({}, { deletionTimestamp: '1970-01-01T00:00:00Z' }),
      onNode({}, { ownerReferences: [{ kind: 'DaemonSet', name: 'd', controller: true }] }),
      onNode({ containers: [] }),
    ];

    const { surroundings } = await observe(subject({}, down), makePorts({ pods: { '': pods }, replicas: 2 }).ports);

    expect(surroundings).toMatchObject({ kind: 'known', pods: [] });
  });

  it('that cannot be read does not end the look', async () => {
    const { ports } = makePorts({ replicas: 2 });
    const refusing: ScaleReplicasPorts = {
      ...ports,
      objects: {
        ...ports.objects,
        list: async (connection, query) => {
          if (query.fieldSelector !== undefined) throw new AutomationError('auth', 'listing pods: HTTP 403');
          return await ports.objects.list(connection, query);
        },
      },
    };

    const { surroundings } = await observe(subject({}, down), refusing);

    expect(surroundings).toEqual({ kind: 'unknown', reason: 'listing pods: HTTP 403' });
  });
});
