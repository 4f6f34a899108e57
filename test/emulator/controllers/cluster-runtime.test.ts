import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  applyRdmaNetwork,
  bootedMs,
  cpuInstance,
  daemonSets,
  gpuInstance,
  installer,
  makeCluster,
  settledMs,
} from './cluster-fixtures.ts';

const names = (body: JsonMap) =>
  (body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);

describe('a GKE cluster from the inside', () => {
  it('starts with its namespaces, kinds and daemons', async () => {
    const { call } = await makeCluster();

    expect(names(call('GET', '/api/v1/namespaces').body)).toEqual(
      expect.arrayContaining([
        'default',
        'kube-system',
        'kube-public',
        'kube-node-lease',
        'gmp-system',
        'gke-managed-system',
      ]),
    );
    expect(names(call('GET', daemonSets).body)).toEqual(
      expect.arrayContaining([
        'anetd',
        'netd',
        'nvidia-gpu-device-plugin-large-cos',
        'gke-metadata-server',
        'fluentbit-gke',
      ]),
    );
    expect(names(call('GET', '/apis/networking.gke.io/v1/networks').body)).toEqual(['default']);
    expect(call('GET', '/apis/gateway.networking.k8s.io/v1/gateways').status).toBe(200);
    expect(call('GET', '/version').body).toMatchObject({ gitVersion: 'v1.33.4-gke.1134000', major: '1', minor: '33' });
  });

  it('has no multi-network kinds unless they were switched on', async () => {
    const { call } = await makeCluster(false);

    expect(call('GET', '/apis/networking.gke.io/v1/networks')).toMatchObject({
      status: 404,
      text: '404 page not found\n',
    });
  });

  it('becomes a usable RDMA cluster within the time that GKE leaves for it', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
    for (let index = 0; index < 8; index++) applyRdmaNetwork(cluster, index);
    for (const name of ['gpu-1', 'gpu-2']) cluster.runtime.instanceStarted('demo', gpuInstance(name));
    cluster.apply(`${daemonSets}/installer`, installer());

    // GKE's operation ends three minutes after the last machine was started.
    await cluster.world.pass(180_000);

    for (const name of ['gpu-1', 'gpu-2']) {
      const { allocatable, conditions } = cluster.node(name).status;
      expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
      expect(allocatable['nvidia.com/gpu']).toBe('8');
      expect(Object.keys(allocatable).filter((resource) => /rdma-[0-7]\.IP$/.test(resource))).toHaveLength(8);
    }
    const sets = cluster.call('GET', '/apis/apps/v1/daemonsets').body['items'] as { status: Record<string, number> }[];
    for (const { status } of sets) expect(status['numberReady']).toBe(status['desiredNumberScheduled']);
  });

  it('lives the same life in every run of one seed', async () => {
    const life = async () => {
      const cluster = await makeCluster();
      cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));
      cluster.apply(`${daemonSets}/installer`, installer());
      await cluster.world.pass(bootedMs);
      return cluster.call('GET', '/api/v1/pods').body;
    };

    expect(await life()).toEqual(await life());
  });

  it('falls silent when it is removed', async () => {
    const { runtime, apiOf, world } = await makeCluster();
    runtime.instanceStarted('demo', gpuInstance('gpu-1'));
    const revision = apiOf('demo')!.state.store.revision;
    const { state } = apiOf('demo')!;

    runtime.clusterRemoved('demo');
    await world.pass(bootedMs);

    expect(apiOf('demo')).toBeUndefined();
    expect(state.store.revision).toBe(revision);
    expect(world.clock.holds).toBe(0);
  });

  it('says where it answers', async () => {
    const { runtime } = await makeCluster();

    expect(runtime.endpoint('demo')).toEqual({ address: 'local/demo', caCertificate: 'PEM' });
    expect(() => runtime.instanceRemoved('nope', 'a')).toThrow('changing machines of cluster nope');
  });

  it('is at rest once everything is done', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
    await cluster.world.pass(bootedMs);
    const revision = cluster.apiOf('demo')!.state.store.revision;

    await cluster.world.pass(100 * settledMs);

    expect(cluster.apiOf('demo')!.state.store.revision).toBe(revision);
  });
});
