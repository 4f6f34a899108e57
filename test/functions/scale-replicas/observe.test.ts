import { describe, expect, it } from 'vitest';
import { observe } from '../../../functions/scale-replicas/observe.ts';
import { plan } from '../../../functions/scale-replicas/plan.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import type { Subject } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
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
}

/** A cluster in which every workload has one replica, and what was listed of it. */
function makePorts({ deleted = [], pods = {}, nodes = [] }: World = {}) {
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
              spec: { replicas: 1, selector: { matchLabels: { app: name } } },
              status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
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
