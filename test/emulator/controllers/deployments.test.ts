import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  deployments,
  drainedMs,
  makeWorkloads,
  modelDeployment,
  modelServer,
  pods,
  readyMs,
  settledMs,
  stages,
  startedMs,
} from './workload-fixtures.ts';

const serving = async (replicas = 2, over: JsonMap = {}) => {
  const cluster = await makeWorkloads(2);
  cluster.apply(`${deployments}/llama`, modelDeployment('llama', replicas, over));
  await cluster.world.pass(settledMs);
  return cluster;
};

const template = (image: string) => ({
  metadata: { labels: { app: 'llama' }, annotations: stages },
  spec: modelServer(4, image),
});

describe('a Deployment', () => {
  it('brings its pods through their stages', async () => {
    const cluster = await makeWorkloads();
    cluster.apply(`${deployments}/llama`, modelDeployment('llama', 1));
    await cluster.world.pass(1_000);

    const created = cluster.rows('app=llama');
    await cluster.world.pass(startedMs);
    const running = cluster.rows('app=llama');
    await cluster.world.pass(readyMs - startedMs);
    const ready = cluster.rows('app=llama');

    expect(created).toMatchObject([{ status: 'ContainerCreating', ready: false, node: 'gpu-1' }]);
    expect(running).toMatchObject([{ status: 'Running', ready: false }]);
    expect(ready).toMatchObject([{ status: 'Running', ready: true }]);
  });

  it('counts what it has', async () => {
    const cluster = await serving();

    expect(cluster.object(`${deployments}/llama`)).toMatchObject({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } },
      status: {
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      },
    });
  });

  it('grows and shrinks by its scale, and holds its GPUs until pods are drained', async () => {
    const cluster = await serving();

    cluster.scale(`${deployments}/llama`, 4);
    await cluster.world.pass(settledMs);
    const grown = cluster.rows('app=llama');
    cluster.scale(`${deployments}/llama`, 1);
    await cluster.world.pass(drainedMs - 1_000);
    const draining = cluster.rows('app=llama');
    await cluster.world.pass(settledMs);

    expect(grown.map(({ node }) => node).sort()).toEqual(['gpu-1', 'gpu-1', 'gpu-2', 'gpu-2']);
    expect(draining.map(({ status }) => status).sort()).toEqual([
      'Running',
      'Terminating',
      'Terminating',
      'Terminating',
    ]);
    expect(cluster.rows('app=llama')).toHaveLength(1);
    expect(cluster.object(`${deployments}/llama`)['status']).toMatchObject({ replicas: 1, observedGeneration: 3 });
  });

  it('gives back the pod that is cheapest to delete, whatever the other rules say', async () => {
    const cluster = await serving();
    cluster.scale(`${deployments}/llama`, 4);
    await cluster.world.pass(settledMs);
    const cheapest = async (cost: string) => {
      const [oldest] = cluster.rows('app=llama').toSorted((a, b) => ageOf(b.name) - ageOf(a.name));
      const annotations = { 'controller.kubernetes.io/pod-deletion-cost': cost };
      cluster.patch(`${pods}/${oldest!.name}`, { metadata: { annotations } });
      cluster.scale(`${deployments}/llama`, cluster.rows('app=llama').length - 1);
      await cluster.world.pass(settledMs);
      return cluster.rows('app=llama').some(({ name }) => name === oldest!.name);
    };
    const ageOf = (name: string) =>
      -Date.parse((cluster.object(`${pods}/${name}`)['metadata'] as { creationTimestamp: string }).creationTimestamp);

    expect(await cheapest('-1')).toBe(false);
    expect(await cheapest('1')).toBe(true);
  });

  it('replaces a pod that is deleted', async () => {
    const cluster = await serving();
    const [gone] = cluster.rows('app=llama');

    cluster.call('DELETE', `${pods}/${gone!.name}`);
    await cluster.world.pass(settledMs);

    const left = cluster.rows('app=llama');
    expect(left).toHaveLength(2);
    expect(left.map(({ name }) => name)).not.toContain(gone!.name);
  });

  it.each([
    { maxSurge: 0, maxUnavailable: 1, lowest: 1, highest: 2 },
    { maxSurge: 1, maxUnavailable: 0, lowest: 2, highest: 3 },
  ])('rolls out within surge $maxSurge and unavailable $maxUnavailable', async ({ lowest, highest, ...limits }) => {
    const cluster = await serving(2, { strategy: { type: 'RollingUpdate', rollingUpdate: limits } });
    const seen: { ready: number; alive: number }[] = [];

    cluster.patch(`${deployments}/llama`, { spec: { template: template('vllm:2') } });
    for (let second = 0; second < 120; second++) {
      await cluster.world.pass(1_000);
      const rows = cluster.rows('app=llama').filter(({ status }) => status !== 'Terminating');
      seen.push({ ready: rows.filter(({ ready }) => ready).length, alive: rows.length });
    }

    expect(Math.min(...seen.map(({ ready }) => ready))).toBe(lowest);
    expect(Math.max(...seen.map(({ alive }) => alive))).toBe(highest);
    expect(cluster.rows('app=llama').map(({ image }) => image)).toEqual(['vllm:2', 'vllm:2']);
    expect(cluster.object(`${deployments}/llama`)['status']).toMatchObject({ updatedReplicas: 2, readyReplicas: 2 });
  });

  it('takes its pods along', async () => {
    const cluster = await serving();

    cluster.call('DELETE', `${deployments}/llama`);
    await cluster.world.pass(settledMs);

    expect(cluster.rows('app=llama')).toEqual([]);
  });

  it('shows what kubectl shows', async () => {
    const cluster = await serving();
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const cells = (path: string) => {
      const { body } = cluster.call('GET', path, { accept });
      return (body['rows'] as { cells: unknown[] }[]).map((row) => row.cells.slice(0, 4));
    };

    expect(cells(deployments)).toEqual([['llama', '2/2', 2, 2]]);
    expect(cells('/apis/apps/v1/namespaces/default/replicasets')).toEqual([
      [expect.stringMatching(/^llama-/), 2, 2, 2],
    ]);
  });

  it('numbers an old template anew that it is rolled back to', async () => {
    const cluster = await serving();
    const roll = async (image: string) => {
      cluster.patch(`${deployments}/llama`, { spec: { template: template(image) } });
      await cluster.world.pass(settledMs * 3);
    };
    await roll('vllm:2');
    const rolled = cluster.object(`${deployments}/llama`);

    await roll('vllm:1');
    await roll('vllm:2');

    const revision = 'deployment.kubernetes.io/revision';
    const sets = cluster.object('/apis/apps/v1/namespaces/default/replicasets')['items'] as JsonMap[];
    const revisions = sets.map(({ metadata }) => ((metadata as JsonMap)['annotations'] as JsonMap)[revision]);
    expect((rolled['metadata'] as JsonMap)['annotations']).toMatchObject({ [revision]: '2' });
    expect(cluster.object(`${deployments}/llama`)['metadata']).toMatchObject({ annotations: { [revision]: '4' } });
    expect(revisions).toContain('4');
    expect(new Set(revisions).size).toBe(sets.length);
  });
});
