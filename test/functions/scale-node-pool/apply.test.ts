/** What is looked at once more right before a call. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../functions/scale-node-pool/apply.ts';
import type { ScaleNodePoolPorts } from '../../../functions/scale-node-pool/ports.ts';
import type { PoolStep } from '../../../functions/scale-node-pool/steps.ts';
import type { ApplyContext } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeDemand } from '../../shared/domain/node-pool/make-pool.ts';
import { group, makeGkePool, makePodObject } from './make-objects.ts';

const connection = { server: 'https://demo' };
const target = 'pool/demo/h200';
const node = 'gke-demo-h200-97da88a9-a';
const ref = { place: { project: 'demo', region: 'us-central1' }, cluster: 'demo', pool: 'h200' };
const context = (attempts = 0): ApplyContext => {
  const memory = {
    [`delete/${node}`]: { title: 't', state: 'intended', attempts, calls: 1, failuresInARow: 0 } as const,
  };
  const subject = {
    target,
    wanted: {},
    sequence: 1,
    buildId: 'b',
    memory,
    controls: { overrides: {} },
    nowMs: 0,
  };
  return { subject, fence: async () => fencedCall(1_000), guard: async () => undefined };
};

interface World {
  readonly node?: JsonObject | undefined;
  readonly pods?: readonly JsonObject[];
  /** Of the cluster; the one that goes is cordoned, and two others are not. */
  readonly nodes?: readonly JsonObject[];
  readonly pool?: JsonObject;
  readonly targetSize?: number;
}

const cordoned = { metadata: { name: node }, spec: { unschedulable: true } };
const elsewhere = { metadata: { name: 'elsewhere' } };
const standing: readonly JsonObject[] = [cordoned, elsewhere, { metadata: { name: 'going' } }];

/** The ports over a few values; every call that would change something is kept. */
function makePorts({ pods = [], nodes = standing, pool = makeGkePool(), targetSize = 2, ...world }: World = {}) {
  const calls: unknown[] = [];
  const act = async (...call: readonly unknown[]) => `operation-${calls.push(call)}`;
  const none = () => Promise.reject(new Error('not asked here'));
  const ports: ScaleNodePoolPorts = {
    ...makeLoopBench(),
    clusters: { read: none, readOperation: none, runningOperations: none },
    pools: { read: async () => pool },
    sizes: {
      setNodesPerZone: (_ref, count) => act('setNodesPerZone', count),
      setAutoscalingBounds: (_ref, bounds) => act('setAutoscalingBounds', bounds),
      readGroups: async (groups) => groups.map((one) => ({ group: one, targetSize })),
      deleteInstances: (_group, { instances, requestId }) => act('deleteInstances', instances, requestId),
      readGroupOperation: none,
    },
    objects: {
      read: async () => ('node' in world ? world.node : cordoned),
      list: async (_connection, { kind }) => (kind === 'Node' ? nodes : pods),
    },
    workloads: {
      setUnschedulable: async (_connection, change) => void (await act('setUnschedulable', change)),
      evict: async (_connection, { name }) => void (await act('evict', name)),
    },
  };
  return { ports, calls };
}

const deletion = (chosenAtMs = 1): PoolStep => ({
  kind: 'delete',
  id: `delete/${node}`,
  title: 'd',
  dependsOn: [],
  connection,
  node,
  group,
  chosenAtMs,
});
const growth: PoolStep = {
  kind: 'resize',
  id: 'resize',
  title: 'r',
  dependsOn: [],
  ref,
  nodesPerZone: 3,
  groups: [group],
};
const drain: PoolStep = {
  kind: 'drain',
  id: 'drain/n',
  title: 'd',
  dependsOn: [],
  connection,
  node,
  demands: [],
  demandsElsewhere: [],
  others: [],
  isSound: true,
};

describe('a cordon', () => {
  const cordon: PoolStep = { kind: 'cordon', id: 'cordon/n', title: 'c', dependsOn: [], connection, node };
  const mark = { 'inference-fleet/cordoned-for': target };

  it('bears our mark, which goes with it', async () => {
    const { ports, calls } = makePorts({ node: { spec: {} } });

    await apply(cordon, context(), ports);
    await apply({ ...cordon, kind: 'uncordon' }, context(), ports);

    expect(calls).toEqual([
      ['setUnschedulable', { name: node, unschedulable: true, annotations: mark }],
      ['setUnschedulable', { name: node, unschedulable: false, annotations: { 'inference-fleet/cordoned-for': null } }],
    ]);
  });

  it('that a person has set meanwhile does not become ours', async () => {
    const { ports, calls } = makePorts({ node: cordoned });

    await expect(apply(cordon, context(), ports)).rejects.toMatchObject({ kind: 'busy' });

    expect(calls).toEqual([]);
  });

  it('of ours may be set again', async () => {
    const { ports, calls } = makePorts({ node: { ...cordoned, metadata: { name: node, annotations: mark } } });

    await apply(cordon, context(), ports);

    expect(calls).toHaveLength(1);
  });
});

describe('a machine', () => {
  it.each([
    { name: 'that has got a pod meanwhile', world: { pods: [makePodObject('late')] }, message: /pod late is on it/ },
    { name: 'that somebody has uncordoned', world: { node: { spec: {} } }, message: /has uncordoned it/ },
  ])('$name is not deleted, and it is known that it was not', async ({ world, message }) => {
    const { ports, calls } = makePorts(world);

    await expect(apply(deletion(), context(), ports)).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(message),
    });

    expect(calls).toEqual([]);
  });

  it('is deleted alone, with pods of DaemonSets on it', async () => {
    const { ports, calls } = makePorts({ pods: [makePodObject('d', { owner: { kind: 'DaemonSet', name: 'd' } })] });

    await apply(deletion(), context(), ports);

    expect(calls).toEqual([['deleteInstances', [node], expect.any(String)]]);
  });

  it('is asked for under one id within an attempt, and under another one in the next and when it is chosen again', async () => {
    const { ports, calls } = makePorts();
    const attempts = [context(), context(), context(1)];

    for (const one of attempts) await apply(deletion(), one, ports);
    await apply(deletion(2), context(), ports);

    const ids = calls.map((call) => (call as readonly unknown[])[2]);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a growth', () => {
  it.each([
    { name: 'a zone has more by now', world: { targetSize: 4 }, kind: 'transient' },
    {
      name: 'GKE’s autoscaler was turned on',
      world: { pool: makeGkePool({ autoscaling: { enabled: true } }) },
      kind: 'transient',
    },
  ])('is not asked for when $name', async ({ world, kind }) => {
    const { ports, calls } = makePorts(world);

    await expect(apply(growth, context(), ports)).rejects.toMatchObject({ kind });

    expect(calls).toEqual([]);
  });

  it('that has happened is not asked for again', async () => {
    const { ports, calls } = makePorts({ targetSize: 3 });

    await apply(growth, context(), ports);

    expect(calls).toEqual([]);
  });
});

describe('a drain', () => {
  const ready = { node, status: { conditions: [{ type: 'Ready', status: 'True' }] } };

  it.each([
    { name: 'no replica is ready elsewhere', others: [] },
    { name: 'the one elsewhere is not ready', others: [makePodObject('replica', { node: 'elsewhere' })] },
    {
      name: 'the one elsewhere is on a node that is going',
      others: [makePodObject('replica', { ...ready, node: 'going' })],
    },
  ])('asks nobody to leave by now that $name', async ({ others }) => {
    const { ports, calls } = makePorts({ pods: [makePodObject('a', ready), ...others] });

    await expect(apply({ ...drain, others: ['going'] }, context(), ports)).rejects.toMatchObject({
      kind: 'busy',
      message: `draining ${node}: serving/a stays in service: serving/replicaset/llama-1 needs 1 ready pod and would have 0`,
    });

    expect(calls).toEqual([]);
  });

  const held = `draining ${node}: serving/a stays in service: serving/replicaset/llama-1 needs 1 ready pod and would have 0`;
  const replicaElsewhere = makePodObject('replica', { ...ready, node: 'elsewhere' });
  const mark = { annotations: { 'inference-fleet/cordoned-for': 'pool/demo/l4' } };

  it.each<{ name: string; nodes: readonly JsonObject[]; message: string }>([
    {
      name: 'a person has cordoned the node of the other replica, in whichever pool it is',
      nodes: [cordoned, { ...elsewhere, spec: { unschedulable: true } }],
      message: held,
    },
    {
      name: 'another pool has cordoned it at the same moment',
      nodes: [cordoned, { metadata: { name: 'elsewhere', ...mark }, spec: { unschedulable: true } }],
      message: held,
    },
    { name: 'the node of the other replica is gone', nodes: [cordoned], message: held },
    {
      name: 'somebody has uncordoned the node itself',
      nodes: [{ metadata: { name: node } }, elsewhere],
      message: `draining ${node}: somebody has uncordoned it`,
    },
  ])('asks nobody to leave when $name', async ({ nodes, message }) => {
    const { ports, calls } = makePorts({ pods: [makePodObject('a', ready), replicaElsewhere], nodes });

    await expect(apply(drain, context(), ports)).rejects.toMatchObject({ kind: 'busy', message });

    expect(calls).toEqual([]);
  });

  it('of two pools that go on at one moment leaves the last replica where it is', async () => {
    const both: readonly JsonObject[] = [cordoned, { ...elsewhere, spec: { unschedulable: true } }];
    const { ports, calls } = makePorts({ pods: [makePodObject('a', ready), replicaElsewhere], nodes: both });

    const ends = await Promise.allSettled([
      apply(drain, context(), ports),
      apply({ ...drain, node: 'elsewhere' }, context(), ports),
    ]);

    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toEqual([]);
  });

  it('counts what is asked of another pool: its document has moved a role before its pods', async () => {
    const labels = { app: 'llama' };
    const pods = [
      makePodObject('a', { ...ready, labels }),
      makePodObject('replica', { ...ready, node: 'elsewhere', labels }),
    ];
    const demandsElsewhere = [
      makeDemand(2, 8, { items: [{ what: 'decode', pods: 2, gpusPerPod: 8, labels }], decidedAtMs: 0 }),
    ];
    const { ports, calls } = makePorts({ pods });
    const later = { ...context(), subject: { ...context().subject, nowMs: 3_600_000 } };

    await expect(apply({ ...drain, demandsElsewhere }, later, ports)).rejects.toMatchObject({
      message: expect.stringContaining('decode needs 2 ready pods and would have 1'),
    });

    expect(calls).toEqual([]);
  });

  it('asks a pod to leave whose workload no service knows, once another one is ready', async () => {
    const replica = makePodObject('replica', { ...ready, node: 'elsewhere' });
    const { ports, calls } = makePorts({ pods: [makePodObject('a', ready), replica] });

    await apply(drain, context(), ports);

    expect(calls).toEqual([['evict', 'a']]);
  });

  it('asks every pod to leave but those that are leaving, and names one that must not', async () => {
    const pods = [
      makePodObject('marked', { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' }, ...ready }),
      makePodObject('a', ready),
      makePodObject('going', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      makePodObject('b', ready),
      makePodObject('replica', { ...ready, node: 'elsewhere' }),
    ];
    const { ports, calls } = makePorts({ pods });

    await expect(apply(drain, context(), ports)).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringContaining('marked'),
    });

    expect(calls).toEqual([
      ['evict', 'a'],
      ['evict', 'b'],
    ]);
  });
});
