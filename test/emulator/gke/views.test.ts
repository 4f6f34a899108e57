/** What GKE shows beside what was sent. */
import { describe, expect, it } from 'vitest';
import { clusterBody, clusterPath, location, makeGke, minuteMs } from './gke-fixtures.ts';

function makeCluster(over: Parameters<typeof clusterBody>[0]) {
  const { world, pass } = makeGke();
  world.createCluster(location, clusterBody(over));
  pass(30 * minuteMs);
  return { cluster: world.getCluster(clusterPath), pool: world.getNodePool(`${clusterPath}/nodePools/system`) };
}

describe('a pool', () => {
  it('has the metadata server of GKE by itself where workloads have identities', () => {
    expect(makeCluster({}).pool).toMatchObject({ config: { workloadMetadataConfig: { mode: 'GKE_METADATA' } } });
  });

  it('has none where they have not', () => {
    const { pool } = makeCluster({ workloadIdentityConfig: {} });

    expect(pool['config']).not.toHaveProperty('workloadMetadataConfig');
  });
});

describe('a cluster', () => {
  it('shows its private endpoint where it was asked for in the older way', () => {
    const { cluster } = makeCluster({ privateClusterConfig: { enablePrivateNodes: true } });

    expect(cluster['privateClusterConfig']).toEqual({
      enablePrivateNodes: true,
      privateEndpoint: cluster['endpoint'],
    });
  });

  it('shows no such thing otherwise', () => {
    expect(makeCluster({}).cluster).not.toHaveProperty('privateClusterConfig');
  });
});
