import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { bootedMs, cpuInstance } from './cluster-fixtures.ts';
import { deployments, makeWorkloads, modelDeployment, modelServer, pods, settledMs } from './workload-fixtures.ts';

const pod = (name: string, spec: JsonMap) => ({ metadata: { name, labels: { app: name } }, spec });

const scheduled = async (spec: JsonMap, gpuNodes = 2) => {
  const cluster = await makeWorkloads(gpuNodes);
  cluster.call('POST', pods, { body: pod('p', spec) });
  await cluster.world.pass(1_000);
  const { spec: stored, status } = cluster.object(`${pods}/p`) as {
    spec: { nodeName?: string };
    status: { conditions: { type: string; status: string; reason?: string; message?: string }[] };
  };
  return { cluster, node: stored.nodeName, condition: status.conditions.find((one) => one.type === 'PodScheduled') };
};

describe('a pending pod', () => {
  it('goes to a node that has what it asks for', async () => {
    const { node, condition } = await scheduled(modelServer(8));

    expect(node).toBe('gpu-1');
    expect(condition).toMatchObject({ status: 'True' });
  });

  it.each([
    {
      name: 'more GPUs than any node has',
      spec: modelServer(9),
      text: "1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
    },
    {
      name: 'no toleration',
      spec: { ...modelServer(8), tolerations: [] },
      text: "1 node(s) didn't match Pod's node affinity/selector, 2 node(s) had untolerated taint {nvidia.com/gpu: present}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  ])('says why it waits: $name', async ({ spec, text }) => {
    const { node, condition } = await scheduled(spec);

    expect(node).toBeUndefined();
    expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    expect(condition?.message).toBe(`0/3 nodes are available: ${text}`);
  });

  it('is not put on a cordoned node', async () => {
    const cluster = await makeWorkloads(1);
    cluster.patch('/api/v1/nodes/gpu-1', { spec: { unschedulable: true } });

    cluster.call('POST', pods, { body: pod('p', modelServer(8)) });
    await cluster.world.pass(1_000);
    const refused = JSON.stringify(cluster.object(`${pods}/p`)['status']);
    cluster.patch('/api/v1/nodes/gpu-1', { spec: { unschedulable: null } });
    await cluster.world.pass(1_000);

    expect(refused).toContain('1 node(s) were unschedulable');
    expect(cluster.object(`${pods}/p`)['spec']).toMatchObject({ nodeName: 'gpu-1' });
  });

  it('waits for the GPUs of a terminating pod, and goes as soon as a node comes', async () => {
    const cluster = await makeWorkloads(1);
    cluster.apply(`${deployments}/old`, modelDeployment('old', 2));
    await cluster.world.pass(settledMs);
    cluster.call('DELETE', `${deployments}/old`);
    cluster.apply(`${deployments}/new`, modelDeployment('new', 2));

    await cluster.world.pass(10_000);
    const waiting = cluster.rows('app=new');
    await cluster.world.pass(settledMs);

    expect(waiting.map(({ status }) => status)).toEqual(['Pending', 'Pending']);
    expect(cluster.rows('app=new').every(({ ready }) => ready)).toBe(true);
  });

  it('shares nodes without ever overbooking one', async () => {
    const cluster = await makeWorkloads(3);

    cluster.apply(`${deployments}/llama`, modelDeployment('llama', 7));
    await cluster.world.pass(settledMs);

    const nodes = cluster.rows('app=llama').map(({ node }) => node);
    expect(nodes.sort()).toEqual(['', 'gpu-1', 'gpu-1', 'gpu-2', 'gpu-2', 'gpu-3', 'gpu-3']);
  });

  it('comes again elsewhere when its node is gone', async () => {
    const cluster = await makeWorkloads(2);
    cluster.apply(`${deployments}/llama`, modelDeployment('llama', 2));
    await cluster.world.pass(settledMs);

    cluster.runtime.instanceRemoved('demo', 'gpu-1');
    await cluster.world.pass(settledMs);

    const rows = cluster.rows('app=llama');
    expect(rows).toHaveLength(2);
    expect(rows.every(({ node, ready }) => node === 'gpu-2' && ready)).toBe(true);
  });
});

describe('a thousand pods', () => {
  it('are placed, run and leave at a cost that grows with their number', { timeout: 60_000 }, async () => {
    const cluster = await makeWorkloads(0);
    for (let at = 2; at <= 5; at++) cluster.runtime.instanceStarted('demo', cpuInstance(`cpu-${at}`, { maxPods: 300 }));
    await cluster.world.pass(bootedMs);
    const template = { metadata: { labels: { app: 'many' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };

    cluster.apply(`${deployments}/many`, modelDeployment('many', 1_000, { template }));
    await cluster.world.pass(settledMs);
    const status = cluster.object(`${deployments}/many`)['status'];
    cluster.scale(`${deployments}/many`, 0);
    await cluster.world.pass(settledMs);

    expect(status).toMatchObject({ readyReplicas: 1_000 });
    expect(cluster.rows('app=many')).toEqual([]);
  });
});
