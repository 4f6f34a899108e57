/** What is looked at once more right before a call. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../functions/scale-node-pool/apply.ts';
import type { PoolStep } from '../../../functions/scale-node-pool/steps.ts';
import { group, makeGkePool, makePodObject } from './make-objects.ts';
import { connection, context, cordoned, makePorts, node, target } from './make-ports.ts';

const ref = { place: { project: 'demo', region: 'us-central1' }, cluster: 'demo', pool: 'h200' };

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
