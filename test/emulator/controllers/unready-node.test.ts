import { expect, it } from 'vitest';
import { bootedMs, gpuInstance, makeCluster, type NodeView } from './cluster-fixtures.ts';

const statuses = (node: NodeView) =>
  Object.fromEntries(node.status.conditions.map(({ type, status }) => [String(type), status]));

async function makeClusterWithNode() {
  const cluster = await makeCluster();
  cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));
  await cluster.world.pass(bootedMs);
  return cluster;
}

it.each([
  { loss: 'preemption', memory: 'False', ready: 'False', reason: 'KubeletNotReady', taint: 'not-ready' },
  { loss: 'hostError', memory: 'Unknown', ready: 'Unknown', reason: 'NodeStatusUnknown', taint: 'unreachable' },
] as const)('a node after a $loss is tainted and not ready', async ({ loss, memory, ready, reason, taint }) => {
  const cluster = await makeClusterWithNode();

  cluster.runtime.instanceUnready('demo', 'gpu-1', loss);
  await cluster.world.pass(1_000);

  const node = cluster.node('gpu-1');
  expect(statuses(node)).toMatchObject({ Ready: ready, MemoryPressure: memory });
  expect(node.status.conditions.find(({ type }) => type === 'Ready')).toMatchObject({ reason });
  expect(node.spec.taints).toEqual([
    { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
    { key: `node.kubernetes.io/${taint}`, effect: 'NoSchedule' },
    { key: `node.kubernetes.io/${taint}`, effect: 'NoExecute' },
  ]);
});

it('a node that is lost while it boots does not become ready', async () => {
  const cluster = await makeCluster();
  cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));

  cluster.runtime.instanceUnready('demo', 'gpu-1', 'hostError');
  await cluster.world.pass(bootedMs);

  expect(statuses(cluster.node('gpu-1'))).toMatchObject({ Ready: 'Unknown' });
});

it('pods on a lost node are not ready', async () => {
  const cluster = await makeClusterWithNode();
  await cluster.world.pass(60_000);
  const readiness = () =>
    cluster.pods('').flatMap((pod) => {
      const { conditions } = pod['status'] as { conditions?: readonly { type: string; status: string }[] };
      return conditions?.filter(({ type }) => type === 'Ready').map(({ status }) => status) ?? [];
    });
  const before = readiness();

  cluster.runtime.instanceUnready('demo', 'gpu-1', 'hostError');
  await cluster.world.pass(1_000);

  expect(before).toContain('True');
  expect(readiness()).toEqual(before.map(() => 'False'));
});

it('says nothing about a node that somebody has deleted', async () => {
  const cluster = await makeClusterWithNode();
  cluster.call('DELETE', '/api/v1/nodes/gpu-1');

  cluster.runtime.instanceUnready('demo', 'gpu-1', 'hostError');

  expect(cluster.call('GET', '/api/v1/nodes/gpu-1').status).toBe(404);
});
