import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { gpuPoolBody } from '#manifests/cluster/gpu-pool.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makePool, makeResolvedCluster } from '../../support/make-cluster.ts';

/** The body of the one pool of a cluster, changed as said. */
function bodyOf(pool: JsonObject = {}) {
  const cluster = makeResolvedCluster({ pool });
  return gpuPoolBody(cluster, cluster.gpuPools[0]!);
}

describe('gpuPoolBody', () => {
  it('asks for exactly this', () => {
    const body: JsonObject = bodyOf();

    expect(body).toEqual({
      name: 'h200',
      locations: ['us-central1-b'],
      initialNodeCount: 2,
      config: {
        machineType: 'a3-ultragpu-8g',
        diskSizeGb: 100,
        accelerators: [
          {
            acceleratorType: 'nvidia-h200-141gb',
            acceleratorCount: 8,
            gpuDriverInstallationConfig: { gpuDriverVersion: 'LATEST' },
          },
        ],
        reservationAffinity: {
          consumeReservationType: 'SPECIFIC_RESERVATION',
          key: 'compute.googleapis.com/reservation-name',
          values: ['h200-res'],
        },
        gvnic: { enabled: true },
        ephemeralStorageLocalSsdConfig: { localSsdCount: 32 },
        advancedMachineFeatures: { threadsPerCore: 1 },
        imageType: 'COS_CONTAINERD',
        oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        resourceLabels: { 'managed-by': 'inference-fleet', 'fleet-cluster': 'demo', 'fleet-pool': 'h200' },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        workloadMetadataConfig: { mode: 'GKE_METADATA' },
        labels: {},
        taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NO_SCHEDULE' }],
      },
      networkConfig: {
        enablePrivateNodes: true,
        additionalNodeNetworkConfigs: [
          { network: 'demo-net-1', subnetwork: 'demo-sub-1' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-0' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-1' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-2' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-3' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-4' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-5' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-6' },
          { network: 'demo-rdma', subnetwork: 'demo-rdma-sub-7' },
        ],
      },
      maxPodsConstraint: { maxPodsPerNode: 32 },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: 'SURGE', maxSurge: 0, maxUnavailable: 1 },
    });
  });

  it('sends a size of zero as a size', () => {
    expect(bodyOf({ size: { initial: 0, max: 2 } }).initialNodeCount).toBe(0);
  });

  it.each([
    { owner: 'inference-fleet', expected: undefined },
    { owner: 'fixed', expected: undefined },
    { owner: 'gke', expected: { enabled: true, totalMinNodeCount: 2, totalMaxNodeCount: 2, locationPolicy: 'ANY' } },
  ])('gives the autoscaler to nobody but GKE: $owner', ({ owner, expected }) => {
    expect(bodyOf({ size: { initial: 2, owner } }).autoscaling).toEqual(expected);
  });

  it('asks for spot machines without any reservation', () => {
    const { config } = bodyOf({ consumption: { spot: true } });

    expect(config).toMatchObject({ spot: true, reservationAffinity: { consumeReservationType: 'NO_RESERVATION' } });
    expect(config.reservationAffinity).not.toHaveProperty('values');
  });

  it('asks for a placement policy only for compact placement', () => {
    expect(bodyOf()).not.toHaveProperty('placementPolicy');
    expect(bodyOf({ consumption: { spot: true }, placement: 'compact' }).placementPolicy).toEqual({ type: 'COMPACT' });
  });

  it('writes taints in the words of GKE, sorted by key', () => {
    const taints = [
      { key: 'z', value: '1', effect: 'NoExecute' },
      { key: 'a', value: '2', effect: 'PreferNoSchedule' },
    ];

    expect(bodyOf({ taints }).config.taints).toEqual([
      { key: 'a', value: '2', effect: 'PREFER_NO_SCHEDULE' },
      { key: 'nvidia.com/gpu', value: 'present', effect: 'NO_SCHEDULE' },
      { key: 'z', value: '1', effect: 'NO_EXECUTE' },
    ]);
  });

  it('takes disk, GPUs, SSDs and NICs from the catalogue', () => {
    const a4 = catalogue.machines.find(({ machineType }) => machineType === 'a4-highgpu-8g')!;
    const facts = { ...catalogue, machines: [{ ...a4, buildable: true }] };
    const cluster = makeResolvedCluster({ pool: { machineType: 'a4-highgpu-8g' } }, facts);

    const { config, networkConfig } = gpuPoolBody(cluster, cluster.gpuPools[0]!);

    expect(config).toMatchObject({
      machineType: 'a4-highgpu-8g',
      diskType: 'hyperdisk-balanced',
      accelerators: [{ acceleratorType: 'nvidia-b200', acceleratorCount: 8 }],
    });
    expect(networkConfig.additionalNodeNetworkConfigs).toHaveLength(9);
  });

  it('attaches all pools of a cluster to the same RDMA network', () => {
    const cluster = makeResolvedCluster({
      spec: { gpuPools: [makePool(), makePool({ name: 'batch', consumption: { spot: true } })] },
    });

    const [first, second] = cluster.gpuPools.map((pool) => gpuPoolBody(cluster, pool).networkConfig);

    expect(first).toEqual(second);
  });
});
