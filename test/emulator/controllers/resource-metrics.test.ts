import { describe, expect, it } from 'vitest';
import { deployments, makeWorkloads, modelDeployment, settledMs } from './workload-fixtures.ts';

const metrics = '/apis/metrics.k8s.io/v1beta1';

const serving = async () => {
  const cluster = await makeWorkloads();
  cluster.apply(`${deployments}/llama`, modelDeployment('llama', 1));
  await cluster.world.pass(settledMs);
  return cluster;
};

describe('metrics.k8s.io', () => {
  it('says of a running pod that it uses what it requests', async () => {
    const { call } = await serving();

    const { body } = call('GET', `${metrics}/namespaces/default/pods`);

    expect(body).toMatchObject({
      kind: 'PodMetricsList',
      items: [
        {
          metadata: { name: expect.stringMatching(/^llama-/), namespace: 'default', labels: { app: 'llama' } },
          window: '15s',
          containers: [{ usage: { cpu: expect.stringMatching(/^\d+m$/), memory: expect.stringMatching(/^\d+Ki$/) } }],
        },
      ],
    });
  });

  it('adds up on a node what runs there', async () => {
    const cluster = await serving();
    const before = cluster.call('GET', `${metrics}/nodes/gpu-1`).body;
    cluster.scale(`${deployments}/llama`, 0);
    await cluster.world.pass(settledMs);

    const after = cluster.call('GET', `${metrics}/nodes/gpu-1`).body;

    const cores = (body: typeof before) => Number.parseInt((body['usage'] as { cpu: string }).cpu, 10);
    expect(cores(before)).toBeGreaterThan(cores(after));
    expect(cores(after)).toBeGreaterThan(0);
  });

  it('can only be read', async () => {
    const { call } = await serving();

    expect(call('DELETE', `${metrics}/nodes/gpu-1`).status).toBe(405);
    expect(call('GET', `${metrics}/nodes/none`)).toMatchObject({
      status: 404,
      body: { message: 'nodes.metrics.k8s.io "none" not found' },
    });
    expect(call('GET', metrics).body['resources']).toEqual([
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
    ]);
  });
});
