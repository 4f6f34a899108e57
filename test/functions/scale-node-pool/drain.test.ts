/** Who is asked to leave a node, by what is seen right before. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../functions/scale-node-pool/apply.ts';
import type { PoolStep } from '../../../functions/scale-node-pool/steps.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeDemand } from '../../shared/domain/node-pool/make-pool.ts';
import { makePodObject } from './make-objects.ts';
import { connection, context, cordoned, elsewhere, makePorts, node } from './make-ports.ts';

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
