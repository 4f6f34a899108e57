import { describe, expect, it } from 'vitest';
import {
  applyRdmaNetwork,
  bootedMs,
  cpuInstance,
  gpuInstance,
  makeCluster,
  type NodeView,
  settledMs,
} from './cluster-fixtures.ts';

const readiness = (node: NodeView) => node.status.conditions.find(({ type }) => type === 'Ready')?.['status'];
const rdmaNames = (node: NodeView) =>
  Object.keys(node.status.allocatable).filter((name) => name.startsWith('networking'));

describe('a machine as a node', () => {
  it('registers with its labels and taints, not ready yet', async () => {
    const cluster = await makeCluster();

    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));

    const node = cluster.node('gpu-1');
    expect(node.metadata.labels).toMatchObject({
      'cloud.google.com/gke-nodepool': 'gpu',
      'cloud.google.com/gke-accelerator': 'nvidia-h200-141gb',
      'topology.kubernetes.io/zone': 'us-central1-b',
      'topology.kubernetes.io/region': 'us-central1',
      'node.kubernetes.io/instance-type': 'a3-ultragpu-8g',
      'kubernetes.io/hostname': 'gpu-1',
    });
    expect(node.spec.taints).toEqual([
      { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ]);
    expect(readiness(node)).toBe('False');
  });

  it('becomes ready between 30 and 60 s and offers its GPUs 60 to 90 s later', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));

    await cluster.world.pass(29_000);
    const early = cluster.node('gpu-1');
    await cluster.world.pass(32_000);
    const ready = cluster.node('gpu-1');
    await cluster.world.pass(90_000);
    const complete = cluster.node('gpu-1');

    expect([early, ready, complete].map(readiness)).toEqual(['False', 'True', 'True']);
    expect([early, ready, complete].map((node) => node.status.allocatable['nvidia.com/gpu'])).toEqual([
      undefined,
      undefined,
      '8',
    ]);
    expect(ready.spec.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
  });

  it('offers no GPUs when nobody installs a driver', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1', { driverVersion: 'INSTALLATION_DISABLED' }));

    await cluster.world.pass(10 * bootedMs);

    expect(cluster.node('gpu-1').status.allocatable).not.toHaveProperty('nvidia.com/gpu');
  });

  it('offers an interface only if its Network existed when it started', async () => {
    const cluster = await makeCluster();
    for (const index of [0, 1]) applyRdmaNetwork(cluster, index);
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));
    applyRdmaNetwork(cluster, 2);
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-2'));

    await cluster.world.pass(bootedMs);

    const [rdma0, rdma1, rdma2] = [0, 1, 2].map((index) => `networking.gke.io.networks/rdma-${index}.IP`);
    expect(rdmaNames(cluster.node('gpu-1'))).toEqual([rdma0, rdma1]);
    expect(rdmaNames(cluster.node('gpu-2'))).toEqual([rdma0, rdma1, rdma2]);
  });

  it('keeps what GKE reserves for the system', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));

    const { allocatable } = cluster.node('cpu-1').status;

    // 4 cores: 60 + 10 + 10 m are reserved. 16 GiB: 1 + 0.8 + 0.8 GiB and 100 MiB for eviction.
    expect(allocatable['cpu']).toBe('3920m');
    expect(allocatable['memory']).toBe(`${Math.floor((16 - 2.6) * 1024 * 1024 - 100 * 1024)}Ki`);
  });

  it('goes with its pods', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-2'));
    await cluster.world.pass(bootedMs);

    cluster.runtime.instanceRemoved('demo', 'cpu-1');
    await cluster.world.pass(settledMs);

    const nodesOfPods = new Set(cluster.pods('').map((pod) => (pod['spec'] as { nodeName: string }).nodeName));
    expect(cluster.call('GET', '/api/v1/nodes').body['items']).toMatchObject([{ metadata: { name: 'cpu-2' } }]);
    expect([...nodesOfPods]).toEqual(['cpu-2']);
  });

  it('stays away when somebody deletes its Node', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));

    cluster.call('DELETE', '/api/v1/nodes/gpu-1');
    await cluster.world.pass(bootedMs);

    expect(cluster.call('GET', '/api/v1/nodes').body['items']).toEqual([]);
  });

  it('that goes while it boots does not come back', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));

    cluster.runtime.instanceRemoved('demo', 'gpu-1');
    await cluster.world.pass(bootedMs);

    expect(cluster.call('GET', '/api/v1/nodes').body['items']).toEqual([]);
  });
});
