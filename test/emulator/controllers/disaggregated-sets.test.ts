import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { groupTemplate, makeWorkloads, settledMs } from './workload-fixtures.ts';

const group = '/apis/disaggregatedset.x-k8s.io/v1/namespaces/default';
const pd = `${group}/disaggregatedsets/pd`;
const scaler = (role: string) => `${group}/disaggregatedsetrolescalers/pd-${role}`;
const leaders = (role: string) =>
  `disaggregatedset.x-k8s.io/name=pd,disaggregatedset.x-k8s.io/role=${role},leaderworkerset.sigs.k8s.io/worker-index=0`;

const role = (name: string, over: JsonMap = {}): JsonMap => ({
  name,
  spec: { leaderWorkerTemplate: groupTemplate(1) },
  ...over,
});
const external = { scaling: { mode: 'External' } };

const serving = async (...roles: readonly JsonMap[]) => {
  const cluster = await makeWorkloads(5);
  cluster.apply(pd, {
    apiVersion: 'disaggregatedset.x-k8s.io/v1',
    kind: 'DisaggregatedSet',
    metadata: { name: 'pd', namespace: 'default' },
    spec: { roles: [...roles] },
  });
  await cluster.world.pass(settledMs);
  return cluster;
};

describe('a DisaggregatedSet', () => {
  it('runs a LeaderWorkerSet for each role', async () => {
    const cluster = await serving(
      role('prefill'),
      role('decode', { spec: { ...(role('x')['spec'] as JsonMap), replicas: 2 } }),
    );

    expect(cluster.rows(leaders('prefill'))).toHaveLength(1);
    expect(cluster.rows(leaders('decode'))).toHaveLength(2);
    expect(cluster.object(pd)['status']).toMatchObject({
      observedGeneration: 1,
      roleStatuses: [
        { name: 'prefill', replicas: 1, readyReplicas: 1, updatedReplicas: 1 },
        { name: 'decode', replicas: 2, readyReplicas: 2, updatedReplicas: 2 },
      ],
      conditions: [
        { type: 'Available', status: 'True', reason: 'AllRolesReady' },
        { type: 'Progressing', status: 'False', reason: 'AllRolesReady' },
      ],
    });
  });

  it('lets each external role be scaled by an object of its own', async () => {
    const cluster = await serving(role('prefill', external), role('decode', external));
    const seeded = cluster.object(`${scaler('prefill')}/scale`);

    cluster.scale(scaler('prefill'), 3);
    await cluster.world.pass(settledMs);

    expect(seeded).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1, selector: leaders('prefill') } });
    expect(cluster.rows(leaders('prefill'))).toHaveLength(3);
    expect(cluster.rows(leaders('decode'))).toHaveLength(1);
    expect(cluster.object(scaler('prefill'))['status']).toMatchObject({
      replicas: 3,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Bound' }],
    });
  });

  it('has no scale itself', async () => {
    const cluster = await serving(role('prefill'), role('decode'));

    expect(cluster.call('GET', `${pd}/scale`)).toMatchObject({
      status: 404,
      body: { message: 'disaggregatedsets.disaggregatedset.x-k8s.io "pd" not found' },
    });
  });

  it('takes its roles along', async () => {
    const cluster = await serving(role('prefill', external), role('decode'));

    cluster.call('DELETE', pd);
    await cluster.world.pass(settledMs);

    expect(cluster.rows('disaggregatedset.x-k8s.io/name=pd')).toEqual([]);
    expect(cluster.call('GET', scaler('prefill')).status).toBe(404);
  });
});
