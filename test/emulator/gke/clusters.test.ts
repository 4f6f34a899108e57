import { describe, expect, it } from 'vitest';
import { BOOT_MARGIN_MS } from '../../../emulator/gke/durations.ts';
import { textAt } from '../../../emulator/gke/read.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  clusterBody,
  clusterPath,
  location,
  makeGke,
  makeGkeWithCluster,
  minuteMs,
  poolBody,
  tookMs,
} from './gke-fixtures.ts';

describe('creating a cluster', () => {
  it('shows it at once, provisioning and without an address', () => {
    const { world } = makeGke();

    const operation = world.createCluster(location, clusterBody());

    expect(operation).toMatchObject({
      name: expect.stringMatching(/^operation-1767225600000-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      operationType: 'CREATE_CLUSTER',
      status: 'PENDING',
      startTime: '2026-01-01T00:00:00.000Z',
      targetLink: 'https://container.googleapis.com/v1/projects/123456789012/locations/us-central1/clusters/demo',
    });
    expect(world.getCluster(clusterPath)).toMatchObject({ name: 'demo', status: 'PROVISIONING' });
    expect(world.getCluster(clusterPath)).not.toHaveProperty('endpoint');
  });

  it('goes from pending to running to done, and the cluster runs', () => {
    const { world, pass } = makeGke();
    const operation = `${location}/operations/${textAt(world.createCluster(location, clusterBody()), 'name')}`;

    pass(10 * minuteMs);
    const halfway = world.getOperation(operation);
    pass(20 * minuteMs);

    expect(halfway['status']).toBe('RUNNING');
    expect(world.getOperation(operation)).toMatchObject({ status: 'DONE' });
    expect(world.getOperation(operation)).not.toHaveProperty('error');
    expect(world.getCluster(clusterPath)).toMatchObject({
      status: 'RUNNING',
      endpoint: '127.0.0.1:8443/clusters/demo',
      masterAuth: { clusterCaCertificate: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { endpoint: '127.0.0.1:8443/clusters/demo', allowExternalTraffic: true },
      },
      currentMasterVersion: '1.33.4-gke.1134000',
      selfLink: 'https://container.googleapis.com/v1/projects/demo/locations/us-central1/clusters/demo',
      clusterIpv4Cidr: '10.4.0.0/14',
      servicesIpv4Cidr: '10.0.32.0/20',
      currentNodeCount: 2,
      nodePools: [{ name: 'system', status: 'RUNNING', version: '1.33.4-gke.1134000' }],
    });
  });

  it('takes 26 minutes in the median of many seeds', () => {
    const seeds = Array.from({ length: 41 }, (_, index) => `seed-${index}`);

    const minutes = seeds.map((seed) => (tookMs(makeGkeWithCluster(seed).world, 'CREATE_CLUSTER') ?? 0) / minuteMs);

    const sorted = minutes.toSorted((a, b) => a - b);
    expect(sorted[20]).toBeGreaterThan(25.7);
    expect(sorted[20]).toBeLessThan(26.3);
    expect(sorted[0]).not.toBe(sorted[40]);
  });

  it('starts the control plane, then the machines of the system pool, and leaves these time to boot', () => {
    const { runtime, world } = makeGkeWithCluster();

    expect(runtime.events.map(({ what }) => what)).toEqual([
      'cluster demo 1.33.4-gke.1134000 multi-network',
      'instance of system',
      'instance of system',
    ]);
    const endMs = Date.parse(textAt(world.operations[0], 'endTime'));
    expect(endMs - runtime.events.at(-1)!.atMs).toBeGreaterThanOrEqual(BOOT_MARGIN_MS);
  });

  it('holds its subnetwork and is written into the journal', () => {
    const { compute, journal } = makeGkeWithCluster();

    expect(compute.users.get(clusterPath)).toEqual(['us-central1/sub-0']);
    expect(journal.entries).toMatchObject([
      { service: 'container', method: 'createCluster', resource: clusterPath, effect: true },
    ]);
  });

  it('fails with the pool that has no stock, and the cluster is unusable', () => {
    const { world, pass } = makeGke();
    const nodePools = [poolBody({ networkConfig: {} }, { reservationAffinity: {} })];

    world.createCluster(location, clusterBody({ nodePools }));
    pass(60 * minuteMs);

    const [operation] = world.operations;
    expect(operation).toMatchObject({
      status: 'DONE',
      error: { code: 8 },
      statusMessage: expect.stringContaining('GCE_STOCKOUT'),
    });
    expect(world.getCluster(clusterPath)).toMatchObject({ status: 'ERROR', nodePools: [{ status: 'ERROR' }] });
    expect(() => world.createNodePool(clusterPath, poolBody({ name: 'other' }))).toThrow(
      'Cluster "demo" is not running',
    );
  });

  it('gives the pool that older clients describe by a count', () => {
    const { world, pass } = makeGke();
    const { nodePools: _, ...body } = clusterBody({
      initialNodeCount: 1,
      nodeConfig: { machineType: 'e2-standard-8' },
    });

    world.createCluster(location, body);
    pass(30 * minuteMs);

    expect(world.getCluster(clusterPath)).toMatchObject({ nodePools: [{ name: 'default-pool', status: 'RUNNING' }] });
  });

  it.each([
    { wanted: '', version: '1.33.4-gke.1134000' },
    { wanted: '-', version: '1.33.4-gke.1134000' },
    { wanted: 'latest', version: '1.34.1-gke.1829001' },
    { wanted: '1.32', version: '1.32.4-gke.1767000' },
    { wanted: '1.32.2', version: '1.32.2-gke.1475000' },
    { wanted: '1.31.4-gke.1183000', version: '1.31.4-gke.1183000' },
  ])('reads version "$wanted" as $version', ({ wanted, version }) => {
    const { world } = makeGke();

    world.createCluster(location, clusterBody({ initialClusterVersion: wanted }));

    expect(world.getCluster(clusterPath)).toMatchObject({ initialClusterVersion: version });
  });
});

const policy = { useIpAliases: true, clusterSecondaryRangeName: 'pods', servicesSecondaryRangeName: 'services' };
const refusals: { name: string; over: JsonMap; parent?: string; code?: string; message: string }[] = [
  {
    name: 'a name with underscores',
    over: { name: 'my_cluster' },
    message: 'Invalid value for field "cluster.name": "my_cluster"',
  },
  { name: 'a name of 41 characters', over: { name: 'a'.repeat(41) }, message: 'no longer than 40 characters' },
  {
    name: 'a network that is not there',
    over: { network: 'nowhere' },
    message: 'Project "demo" has no network named "nowhere".',
  },
  {
    name: 'a subnetwork that is not there',
    over: { subnetwork: 'nowhere' },
    message: 'Subnetwork "projects/demo/regions/us-central1/subnetworks/nowhere" is not valid for Network "net-0".',
  },
  {
    name: 'a subnetwork of another network',
    over: { subnetwork: 'sub-1' },
    message: 'is not valid for Network "net-0".',
  },
  {
    name: 'a pod range that is not there',
    over: { ipAllocationPolicy: { ...policy, clusterSecondaryRangeName: 'nowhere' } },
    message: 'Pod secondary range "nowhere" not found in network',
  },
  {
    name: 'a service range that is not there',
    over: { ipAllocationPolicy: { ...policy, servicesSecondaryRangeName: 'nowhere' } },
    message: 'Service secondary range "nowhere" not found in network',
  },
  {
    name: 'one range for both',
    over: { ipAllocationPolicy: { ...policy, servicesSecondaryRangeName: 'pods' } },
    message: 'Pod secondary range name (pods) should not be the same',
  },
  {
    name: 'a version that nobody offers',
    over: { initialClusterVersion: '1.20.1-gke.1' },
    message: 'Master version "1.20.1-gke.1" is unsupported.',
  },
  {
    name: 'a version of another channel',
    over: { initialClusterVersion: '1.35.2-gke.1842000' },
    message: 'Master version "1.35.2-gke.1842000" is unsupported.',
  },
  {
    name: 'a prefix without a version',
    over: { initialClusterVersion: '1.24' },
    message: 'No valid versions with the prefix "1.24" found.',
  },
  {
    name: 'several networks without Dataplane V2',
    over: { networkConfig: { enableMultiNetworking: true } },
    message: 'Multi-networking requires Dataplane V2',
  },
  {
    name: 'Calico beside Dataplane V2',
    over: { networkPolicy: { enabled: true } },
    message: 'Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed.',
  },
  {
    name: 'Gateways without load balancing',
    over: { addonsConfig: { httpLoadBalancing: { disabled: true } } },
    message: 'Http load balancing must be enabled in order to enable the Gateway API.',
  },
  {
    name: 'the workload pool of another project',
    over: { workloadIdentityConfig: { workloadPool: 'other.svc.id.goog' } },
    message: 'Invalid workload pool "other.svc.id.goog"',
  },
  {
    name: 'zones of another region',
    over: { locations: ['us-east4-a'] },
    message: 'Location "us-east4-a" does not exist.',
  },
  {
    name: 'no nodes at all',
    over: { nodePools: [] },
    message: 'Cluster.initial_node_count must be greater than zero.',
  },
  {
    name: 'two pools of one name',
    over: { nodePools: [poolBody({ networkConfig: {} }), poolBody({ networkConfig: {} })] },
    code: 'INTERNAL',
    message: 'Internal error encountered.',
  },
  { name: 'Autopilot', over: { autopilot: { enabled: true } }, code: 'UNIMPLEMENTED', message: 'Autopilot' },
  {
    name: 'a place that Google does not have',
    over: {},
    parent: 'projects/demo/locations/mars-north1',
    code: 'PERMISSION_DENIED',
    message: "Permission denied on 'locations/mars-north1' (or it may not exist).",
  },
  {
    name: 'a project that is not ours',
    over: {},
    parent: 'projects/other/locations/us-central1',
    code: 'PERMISSION_DENIED',
    message: 'Required "container.clusters.create" permission(s) for "projects/other".',
  },
];

describe('refusing a cluster', () => {
  it.each(refusals)('refuses $name', ({ over, parent = location, code = 'INVALID_ARGUMENT', message }) => {
    const { world, journal, compute } = makeGke();

    const create = () => world.createCluster(parent, clusterBody(over));

    expect(create).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    expect(world.operations).toEqual([]);
    expect(journal.entries).toEqual([]);
    expect(compute.users.size).toBe(0);
  });

  it('refuses a second cluster of the name, here and elsewhere', () => {
    const { world } = makeGkeWithCluster();

    expect(() => world.createCluster(location, clusterBody())).toThrow(`Already exists: ${clusterPath}.`);
    expect(() => world.createCluster('projects/demo/locations/us-central1-b', clusterBody())).toThrow(
      'The local cloud holds one cluster of a name',
    );
  });
});

describe('deleting a cluster', () => {
  it('removes its machines, then the cluster, and releases the subnetworks', () => {
    const { world, runtime, compute, pass } = makeGkeWithCluster();

    world.deleteCluster(clusterPath);
    const stopping = world.getCluster(clusterPath);
    pass(10 * minuteMs);

    expect(stopping).toMatchObject({ status: 'STOPPING', nodePools: [{ status: 'STOPPING' }] });
    expect(runtime.events.slice(-3).map(({ what }) => what)).toEqual([
      'no instance of system',
      'no instance of system',
      'no cluster demo',
    ]);
    expect(compute.users.size).toBe(0);
    expect(() => world.getCluster(clusterPath)).toThrow(`Not found: ${clusterPath}.`);
  });

  it('takes its node pools and their subnetworks with it', () => {
    const { world, runtime, compute, pass } = makeGkeWithCluster();
    world.createNodePool(clusterPath, poolBody());
    pass(40 * minuteMs);

    world.deleteCluster(clusterPath);
    pass(10 * minuteMs);

    expect(runtime.instances.size).toBe(0);
    expect(compute.users.size).toBe(0);
  });

  it('gives other machine names to a cluster that is made again', () => {
    const { world, runtime, pass } = makeGkeWithCluster();
    const before = runtime.of('system').map(({ name }) => name);
    world.deleteCluster(clusterPath);
    pass(10 * minuteMs);

    world.createCluster(location, clusterBody());
    pass(30 * minuteMs);

    expect(runtime.of('system')).toHaveLength(2);
    for (const { name } of runtime.of('system')) expect(before).not.toContain(name);
  });
});

describe('reading', () => {
  it('lists clusters and operations of a location or of all', () => {
    const { world } = makeGkeWithCluster();

    const names = (parent: string) => (world.listClusters(parent)['clusters'] as JsonMap[]).map(({ name }) => name);

    expect(names('projects/demo/locations/-')).toEqual(['demo']);
    expect(names('projects/123456789012/locations/us-central1')).toEqual(['demo']);
    expect(names('projects/demo/locations/us-east4')).toEqual([]);
    expect(world.listOperations('projects/demo/locations/-')).toMatchObject({
      operations: [{ operationType: 'CREATE_CLUSTER' }],
    });
    expect(world.listOperations('projects/demo/locations/us-east4')).toEqual({ operations: [] });
  });

  it.each([
    { name: 'demo', kind: 'cluster' },
    { name: `${location}/clusters/demo/extra`, kind: 'cluster' },
    { name: location, kind: 'cluster' },
  ])('refuses "$name" as the name of a $kind', ({ name }) => {
    const { world } = makeGkeWithCluster();

    expect(() => world.getCluster(name)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('says which versions each channel offers', () => {
    const { world } = makeGke();

    const config = world.getServerConfig(location);

    expect(config).toMatchObject({
      defaultClusterVersion: '1.33.4-gke.1134000',
      channels: [
        { channel: 'RAPID' },
        { channel: 'REGULAR', defaultVersion: '1.33.4-gke.1134000' },
        { channel: 'STABLE' },
      ],
    });
    expect(config['validMasterVersions']).toEqual(expect.arrayContaining(['1.35.2-gke.1842000', '1.31.4-gke.1183000']));
    expect(() => world.getServerConfig('projects/demo/locations/mars-north1')).toThrow('mars-north1');
  });

  it('changes the etag with the cluster, and only then', () => {
    const { world } = makeGkeWithCluster();
    const before = world.getCluster(clusterPath)['etag'];

    const again = world.getCluster(clusterPath)['etag'];
    world.deleteCluster(clusterPath);

    expect(again).toBe(before);
    expect(world.getCluster(clusterPath)['etag']).not.toBe(before);
  });

  it('hands out copies', () => {
    const { world } = makeGkeWithCluster();
    const cluster = world.getCluster(clusterPath) as { networkConfig: JsonMap };

    cluster.networkConfig['enableMultiNetworking'] = false;

    expect(world.getCluster(clusterPath)).toMatchObject({ networkConfig: { enableMultiNetworking: true } });
  });
});
