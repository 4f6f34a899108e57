import { describe, expect, it } from 'vitest';
import { applyRdmaNetwork, makeCluster, networking, settledMs, type TestCluster } from './cluster-fixtures.ts';

interface Conditioned {
  readonly status?: { readonly conditions: readonly { type: string; status: string; reason: string }[] };
}

const conditions = (cluster: TestCluster, plural: string, name: string) => {
  const { status } = cluster.call('GET', `${networking}/${plural}/${name}`).body as unknown as Conditioned;
  return (status?.conditions ?? []).map(({ type, status: value, reason }) => `${type}=${value} ${reason}`);
};

describe('multi-network objects', () => {
  it('become ready a few seconds after both exist', async () => {
    const cluster = await makeCluster();
    applyRdmaNetwork(cluster, 0);

    const early = conditions(cluster, 'networks', 'rdma-0');
    await cluster.world.pass(settledMs);

    expect(early).toEqual([]);
    expect(conditions(cluster, 'networks', 'rdma-0')).toEqual([
      'ParamsReady=True GNPParamsReady',
      'Ready=True NetworkReady',
    ]);
    expect(conditions(cluster, 'gkenetworkparamsets', 'rdma-0')).toEqual(['Ready=True GNPReady']);
    expect(cluster.call('GET', `${networking}/gkenetworkparamsets/rdma-0`).body).toMatchObject({
      status: { networkName: 'rdma-0' },
    });
  });

  it('wait for their parameters', async () => {
    const cluster = await makeCluster();
    const parametersRef = { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name: 'rdma-0' };
    const head = { apiVersion: 'networking.gke.io/v1', kind: 'Network', metadata: { name: 'rdma-0' } };
    cluster.apply(`${networking}/networks/rdma-0`, { ...head, spec: { type: 'Device', parametersRef } });

    await cluster.world.pass(settledMs);
    const waiting = conditions(cluster, 'networks', 'rdma-0');
    applyRdmaNetwork(cluster, 0);
    await cluster.world.pass(settledMs);

    expect(waiting).toEqual([]);
    expect(conditions(cluster, 'networks', 'rdma-0')).toContain('Ready=True NetworkReady');
  });

  it('say which of two parameters may not have the subnet', async () => {
    const cluster = await makeCluster();
    applyRdmaNetwork(cluster, 0);
    await cluster.world.pass(settledMs);

    applyRdmaNetwork(cluster, 1, { vpcSubnet: 'rdma-sub-0' });
    await cluster.world.pass(settledMs);

    expect(conditions(cluster, 'gkenetworkparamsets', 'rdma-1')).toEqual(['Ready=False DeviceModeSubnetAlreadyInUse']);
    expect(conditions(cluster, 'networks', 'rdma-1')).toEqual([]);
  });

  it('keep parameters until their Network is gone', async () => {
    const cluster = await makeCluster();
    applyRdmaNetwork(cluster, 0);
    await cluster.world.pass(settledMs);

    cluster.call('DELETE', `${networking}/gkenetworkparamsets/rdma-0`);
    await cluster.world.pass(settledMs);
    const held = cluster.call('GET', `${networking}/gkenetworkparamsets/rdma-0`).status;
    cluster.call('DELETE', `${networking}/networks/rdma-0`);
    await cluster.world.pass(settledMs);

    expect(held).toBe(200);
    expect(cluster.call('GET', `${networking}/gkenetworkparamsets/rdma-0`).status).toBe(404);
  });

  it('refuse modes that GKE does not know', async () => {
    const cluster = await makeCluster();
    const head = { apiVersion: 'networking.gke.io/v1', kind: 'GKENetworkParamSet', metadata: { name: 'a' } };

    const answer = cluster.apply(`${networking}/gkenetworkparamsets/a`, {
      ...head,
      spec: { vpc: 'v', vpcSubnet: 's', deviceMode: 'Fast' },
    });

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain(
      'spec.deviceMode: Unsupported value: "Fast": supported values: "DPDK-VFIO"',
    );
  });
});
