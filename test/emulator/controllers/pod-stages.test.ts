import { describe, expect, it } from 'vitest';
import { modelServer, makeWorkloads, pods, settledMs, stages, type Workloads } from './workload-fixtures.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';

/** Seconds from creation until the pod has the condition; looked at every second. */
async function secondsUntil(cluster: Workloads, name: string, type: 'Initialized' | 'Ready', limit = 900) {
  for (let second = 0; second < limit; second++) {
    const { conditions = [] } = cluster.object(`${pods}/${name}`)['status'] as { conditions?: JsonMap[] };
    if (conditions.some((one) => one['type'] === type && one['status'] === 'True')) return second;
    await cluster.world.pass(1_000);
  }
  throw new Error(`waiting for ${type} of pod ${name}: not within ${limit} s`);
}

const create = ({ call }: Workloads, name: string, spec: JsonMap, annotations: JsonMap = {}) =>
  call('POST', pods, { body: { metadata: { name, labels: { app: name }, annotations }, spec } });

describe('a model server', () => {
  it('takes minutes to be ready, and less where its image is already', async () => {
    const cluster = await makeWorkloads();

    create(cluster, 'first', modelServer(4));
    const first = await secondsUntil(cluster, 'first', 'Ready');
    create(cluster, 'second', modelServer(4));
    const second = await secondsUntil(cluster, 'second', 'Ready');

    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThanOrEqual(406);
    expect(second).toBeGreaterThanOrEqual(160);
    expect(second).toBeLessThanOrEqual(256);
  });

  it('shows its sidecar as a container and its init container as work to do', async () => {
    const cluster = await makeWorkloads();
    const initContainers = [
      { name: 'fetch', image: 'fetch:1' },
      { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' },
    ];

    create(cluster, 'p', { ...modelServer(4), initContainers }, stages);
    await cluster.world.pass(1_000);
    const before = cluster.rows('app=p');
    await cluster.world.pass(settledMs);

    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { body } = cluster.call('GET', pods, { accept });
    expect(before).toMatchObject([{ status: 'Init:0/2' }]);
    expect((body['rows'] as { cells: unknown[] }[])[0]?.cells.slice(0, 3)).toEqual(['p', '2/2', 'Running']);
  });

  it('drains no longer than its grace period', async () => {
    const cluster = await makeWorkloads();
    create(cluster, 'p', { ...modelServer(4), terminationGracePeriodSeconds: 5 }, stages);
    await cluster.world.pass(settledMs);

    cluster.call('DELETE', `${pods}/p`);
    await cluster.world.pass(4_000);
    const draining = cluster.call('GET', `${pods}/p`).status;
    await cluster.world.pass(2_000);

    expect(draining).toBe(200);
    expect(cluster.call('GET', `${pods}/p`).status).toBe(404);
  });

  it('stops being ready when its machine falls silent, and goes with it', async () => {
    const cluster = await makeWorkloads();
    create(cluster, 'p', modelServer(4), stages);
    await cluster.world.pass(settledMs);

    cluster.runtime.instanceUnready('demo', 'gpu-1', 'hostError');
    await cluster.world.pass(settledMs);
    const silent = cluster.rows('app=p');
    cluster.runtime.instanceRemoved('demo', 'gpu-1');
    await cluster.world.pass(1_000);

    expect(silent).toMatchObject([{ name: 'p', ready: false }]);
    expect(cluster.rows('app=p')).toEqual([]);
  });
});
