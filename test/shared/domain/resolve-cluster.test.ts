import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import { clusterNames } from '#shared/domain/cluster-names.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import { AutomationError } from '#shared/errors.ts';
import { makeClusterDocument, makePool, makeResolvedCluster } from '../../support/make-cluster.ts';

describe('resolveCluster', () => {
  it('fills in every default', () => {
    const cluster = makeResolvedCluster();

    expect(cluster).toMatchObject({
      name: 'demo',
      target: 'cluster/demo',
      place: { project: 'demo', region: 'us-central1' },
      releaseChannel: 'REGULAR',
      minimumVersion: '1.31.4-gke.1183000',
      addresses: {
        primary: { nodes: '192.168.0.0/18', pods: '10.4.0.0/14', services: '10.0.32.0/20', proxyOnly: '10.10.0.0/23' },
        gvnic: '192.168.64.0/18',
      },
      systemPool: { name: 'system', machineType: 'e2-standard-16', nodeCount: 2, diskSizeGb: 100 },
      rdmaInstaller: true,
      workloadIdentity: true,
      deletionProtected: true,
    });
    expect(cluster.gpuPools).toMatchObject([
      {
        size: { initial: 2, min: 2, max: 2, owner: 'inference-fleet' },
        placement: 'none',
        autoRepair: true,
        autoUpgrade: true,
        maxSurge: 0,
        maxUnavailable: 1,
        gpuDriverVersion: 'LATEST',
        maxPodsPerNode: 32,
      },
    ]);
    expect(cluster).not.toHaveProperty('version');
  });

  it('keeps what the document says over every default', () => {
    const cluster = makeResolvedCluster({
      spec: {
        workloadIdentity: false,
        protection: { deletion: false },
        addOns: { rdmaInstaller: false },
        releaseChannel: 'RAPID',
      },
      pool: {
        upgrade: { maxUnavailable: 2 },
        management: { autoRepair: false },
        gpuDriverVersion: 'DEFAULT',
        maxPodsPerNode: 64,
      },
    });

    expect(cluster).toMatchObject({
      workloadIdentity: false,
      deletionProtected: false,
      rdmaInstaller: false,
      releaseChannel: 'RAPID',
    });
    expect(cluster.gpuPools[0]).toMatchObject({
      maxSurge: 0,
      maxUnavailable: 2,
      autoRepair: false,
      autoUpgrade: true,
      gpuDriverVersion: 'DEFAULT',
      maxPodsPerNode: 64,
    });
  });

  it('splits the RDMA block into one subnet per RDMA NIC', () => {
    const { addresses, names } = makeResolvedCluster();

    expect(addresses.rdma).toEqual([
      '192.168.128.0/21',
      '192.168.136.0/21',
      '192.168.144.0/21',
      '192.168.152.0/21',
      '192.168.160.0/21',
      '192.168.168.0/21',
      '192.168.176.0/21',
      '192.168.184.0/21',
    ]);
    expect(names.rdmaSubnetworks).toHaveLength(8);
  });

  it('takes the names of an existing network and plans nothing in it', () => {
    const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'corp-pods', servicesRange: 'corp-svc' };

    const { names, addresses } = makeResolvedCluster({ spec: { networking: { primary: { existing } } } });

    expect(names).toMatchObject({
      primaryNetwork: 'corp',
      primarySubnetwork: 'corp-sub',
      podsRange: 'corp-pods',
      servicesRange: 'corp-svc',
      gvnicNetwork: 'demo-net-1',
    });
    expect(addresses.primary).toBeUndefined();
  });

  it.each([
    { reservation: { name: 'r' }, expected: { project: 'demo', path: 'r' } },
    { reservation: { name: 'r', project: 'demo' }, expected: { project: 'demo', path: 'r' } },
    { reservation: { name: 'r', block: 'b' }, expected: { project: 'demo', path: 'r/reservationBlocks/b' } },
    {
      reservation: { name: 'r', project: 'other' },
      expected: { project: 'other', path: 'projects/other/reservations/r' },
    },
    {
      reservation: { name: 'r', project: 'other', block: 'b', subBlock: 's' },
      expected: { project: 'other', path: 'projects/other/reservations/r/reservationBlocks/b/reservationSubBlocks/s' },
    },
  ])('writes the path $expected.path', ({ reservation, expected }) => {
    const cluster = makeResolvedCluster({ pool: { consumption: { reservation } } });

    expect(cluster.gpuPools[0]?.consumption).toEqual({ kind: 'reservation', name: 'r', ...expected });
  });

  it('refuses a machine that has left the catalogue', () => {
    const document = makeClusterDocument() as unknown as ClusterDocument; // valid by construction of the builder

    expect(() => resolveCluster(document, { ...catalogue, machines: [] })).toThrow(
      new AutomationError('permanent', 'resolving pool h200: machine a3-ultragpu-8g is not in the catalogue'),
    );
  });

  it('resolves the same document to the same cluster', () => {
    const changes = { spec: { gpuPools: [makePool(), makePool({ name: 'spot', consumption: { spot: true } })] } };

    expect(makeResolvedCluster(changes)).toEqual(makeResolvedCluster(changes));
  });
});

it('keeps every name of the longest cluster within the 63 characters of Compute Engine', () => {
  const { networkProfile, rdmaSubnetworks, ...names } = clusterNames('c'.repeat(40), 'us-central1-b', 16);

  for (const name of [...Object.values(names), ...rdmaSubnetworks]) expect(name.length).toBeLessThanOrEqual(63);
  expect(networkProfile).toBe('us-central1-b-vpc-roce');
});
