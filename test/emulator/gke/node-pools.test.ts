import { describe, expect, it } from 'vitest';
import { BOOT_MARGIN_MS } from '../../../emulator/gke/durations.ts';
import { textAt } from '../../../emulator/gke/read.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  clusterBody,
  clusterPath,
  cpuPoolBody,
  location,
  makeGke,
  makeGkeWithCluster,
  minuteMs,
  nodeNetworks,
  poolBody,
  poolPath,
  tookMs,
} from './gke-fixtures.ts';

describe('creating a node pool', () => {
  it('shows it at once, provisioning', () => {
    const { world } = makeGkeWithCluster();

    const operation = world.createNodePool(clusterPath, poolBody());

    expect(operation).toMatchObject({
      operationType: 'CREATE_NODE_POOL',
      targetLink:
        'https://container.googleapis.com/v1/projects/123456789012/locations/us-central1/clusters/demo/nodePools/gpu',
    });
    expect(world.getNodePool(poolPath)).toMatchObject({
      name: 'gpu',
      status: 'PROVISIONING',
      initialNodeCount: 2,
      version: '1.33.4-gke.1134000',
      podIpv4CidrSize: 26,
      config: { machineType: 'a3-ultragpu-8g', diskSizeGb: 100, imageType: 'COS_CONTAINERD' },
      networkConfig: { podRange: 'pods', enablePrivateNodes: true, additionalNodeNetworkConfigs: nodeNetworks() },
      instanceGroupUrls: [
        expect.stringMatching(/\/zones\/us-central1-b\/instanceGroupManagers\/gke-demo-gpu-[0-9a-f]{8}-grp$/),
      ],
    });
  });

  it('takes 35 minutes in the median of many seeds', () => {
    const minutes = Array.from({ length: 41 }, (_, index) => {
      const { world, pass } = makeGkeWithCluster(`seed-${index}`);
      world.createNodePool(clusterPath, poolBody());
      pass(40 * minuteMs);
      return (tookMs(world, 'CREATE_NODE_POOL') ?? 0) / minuteMs;
    });

    const sorted = minutes.toSorted((a, b) => a - b);
    expect(sorted[20]).toBeGreaterThan(34.6);
    expect(sorted[20]).toBeLessThan(35.4);
  });

  it('starts its machines one by one in the last part of the operation and counts them in its progress', () => {
    const { world, runtime, pass } = makeGkeWithCluster();
    const operation = `${location}/operations/${textAt(world.createNodePool(clusterPath, poolBody()), 'name')}`;
    const beginMs = Date.parse(textAt(world.getOperation(operation), 'startTime'));

    pass(30 * minuteMs);
    const halfway = world.getOperation(operation);
    pass(10 * minuteMs);

    const startedMs = runtime.events.filter(({ what }) => what === 'instance of gpu').map(({ atMs }) => atMs);
    const endMs = Date.parse(textAt(world.getOperation(operation), 'endTime'));
    expect(startedMs).toHaveLength(2);
    expect(startedMs[0]! - beginMs).toBeGreaterThan(20 * minuteMs);
    expect(startedMs[1]!).toBeGreaterThan(startedMs[0]!);
    expect(endMs - startedMs[1]!).toBeGreaterThanOrEqual(BOOT_MARGIN_MS);
    expect(halfway['progress']).toEqual({
      status: 'RUNNING',
      metrics: [
        { name: 'nodes done', intValue: '1' },
        { name: 'nodes total', intValue: '2' },
      ],
    });
    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it('makes A3 Ultra machines with ten interfaces in the order of the request', () => {
    const { world, runtime, pass } = makeGkeWithCluster();

    world.createNodePool(clusterPath, poolBody());
    pass(40 * minuteMs);

    const [instance] = runtime.of('gpu');
    expect(instance).toMatchObject({
      name: expect.stringMatching(/^gke-demo-gpu-[0-9a-f]{8}-[0-9a-z]{4}$/),
      zone: 'us-central1-b',
      machineType: 'a3-ultragpu-8g',
      cpuCount: 224,
      memoryGib: 2952,
      version: '1.33.4-gke.1134000',
      accelerator: { type: 'nvidia-h200-141gb', count: 8 },
      driverVersion: 'LATEST',
      localSsdCount: 32,
      maxPods: 32,
      labels: {
        'cloud.google.com/gke-nodepool': 'gpu',
        'cloud.google.com/gke-accelerator': 'nvidia-h200-141gb',
        'cloud.google.com/gke-gpu-driver-version': 'latest',
        'pool-role': 'gpu',
      },
      taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
    });
    expect(
      instance?.interfaces.map(({ name, network, subnetwork, rdma }) => `${name} ${network}/${subnetwork} ${rdma}`),
    ).toEqual([
      'eth0 net-0/sub-0 false',
      'eth1 net-1/sub-1 false',
      ...Array.from({ length: 8 }, (_, index) => `eth${index + 2} rdma/rdma-sub-${index} true`),
    ]);
  });

  it.each([
    { name: 'unset', driver: {}, expected: 'DEFAULT' },
    {
      name: 'disabled',
      driver: { gpuDriverInstallationConfig: { gpuDriverVersion: 'INSTALLATION_DISABLED' } },
      expected: 'INSTALLATION_DISABLED',
    },
  ])('installs the driver $expected when it is $name', ({ driver, expected }) => {
    const { world, runtime, pass } = makeGkeWithCluster();
    const accelerators = [{ acceleratorType: 'nvidia-h200-141gb', acceleratorCount: '8', ...driver }];

    world.createNodePool(clusterPath, poolBody({}, { accelerators }));
    pass(40 * minuteMs);

    expect(runtime.of('gpu')[0]).toMatchObject({ driverVersion: expected });
  });

  it('keeps taints of its own and adds none twice', () => {
    const { world, runtime, pass } = makeGkeWithCluster();
    const taints = [
      { key: 'nvidia.com/gpu', value: 'yes', effect: 'NO_EXECUTE' },
      { key: 'team', value: 'a', effect: 'PREFER_NO_SCHEDULE' },
    ];

    world.createNodePool(clusterPath, poolBody({}, { taints }));
    pass(40 * minuteMs);

    expect(runtime.of('gpu')[0]?.taints).toEqual([
      { key: 'nvidia.com/gpu', value: 'yes', effect: 'NoExecute' },
      { key: 'team', value: 'a', effect: 'PreferNoSchedule' },
    ]);
  });

  it('holds the subnetworks of its interfaces and is written into the journal', () => {
    const { world, compute, journal } = makeGkeWithCluster();

    world.createNodePool(clusterPath, poolBody());

    expect(compute.users.get(poolPath)).toEqual(
      nodeNetworks().map((config) => `us-central1/${textAt(config, 'subnetwork')}`),
    );
    expect(journal.entries.at(-1)).toMatchObject({ method: 'createNodePool', resource: poolPath });
  });

  it('makes a pool without machines when no count is sent', () => {
    const { world, runtime, pass } = makeGkeWithCluster();
    const { initialNodeCount: _, ...body } = poolBody();

    world.createNodePool(clusterPath, body);
    pass(40 * minuteMs);

    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
    expect(runtime.of('gpu')).toEqual([]);
  });

  it('puts the count into each of its zones', () => {
    const { world, runtime, pass } = makeGkeWithCluster();

    world.createNodePool(clusterPath, { ...cpuPoolBody('cpu'), locations: ['us-central1-a', 'us-central1-c'] });
    pass(10 * minuteMs);

    expect(runtime.of('cpu').map(({ zone }) => zone)).toEqual(['us-central1-a', 'us-central1-c']);
  });
});

const fromReservation = (...values: string[]): JsonMap => ({
  consumeReservationType: 'SPECIFIC_RESERVATION',
  key: 'compute.googleapis.com/reservation-name',
  values,
});
const noReservation = { consumeReservationType: 'NO_RESERVATION' };

const refusals: { name: string; over?: JsonMap; config?: JsonMap; code?: string; message: string }[] = [
  { name: 'a bad name', over: { name: 'GPU' }, message: 'Invalid value for field "node_pool.name": "GPU"' },
  {
    name: 'a machine type that nobody knows',
    config: { machineType: 'x9' },
    message: 'Invalid machine type "x9" in zone "us-central1-b": GCE_NOT_FOUND',
  },
  {
    name: 'a machine type that the zone does not offer',
    over: { locations: ['us-central1-a'] },
    message: 'Invalid machine type "a3-ultragpu-8g" in zone "us-central1-a": GCE_NOT_FOUND',
  },
  {
    name: 'a zone of another region',
    over: { locations: ['us-east4-b'] },
    message: 'Location "us-east4-b" does not exist.',
  },
  {
    name: 'fewer GPUs than the machine has',
    config: { accelerators: [{ acceleratorType: 'nvidia-h200-141gb', acceleratorCount: '4' }] },
    message: '[nvidia-h200-141gb, a3-ultragpu-8g] features are not compatible for creating instance.',
  },
  {
    name: 'more interfaces than the machine has',
    over: {
      networkConfig: { additionalNodeNetworkConfigs: [...nodeNetworks(), { network: 'net-1', subnetwork: 'sub-1' }] },
    },
    message:
      'Too many network interfaces. The maximum number of network interfaces allowed for this machine type is 10.',
  },
  {
    name: 'a network by its URL',
    over: {
      networkConfig: {
        additionalNodeNetworkConfigs: [{ network: 'projects/demo/global/networks/net-1', subnetwork: 'sub-1' }],
      },
    },
    message: 'Invalid value for field "node_pool.network_config.additional_node_network_configs[0].network"',
  },
  {
    name: 'a network that is not there',
    over: { networkConfig: { additionalNodeNetworkConfigs: [{ network: 'nowhere', subnetwork: 'sub-1' }] } },
    message: 'Project "demo" has no network named "nowhere".',
  },
  {
    name: 'a subnetwork of another network',
    over: { networkConfig: { additionalNodeNetworkConfigs: [{ network: 'net-1', subnetwork: 'rdma-sub-0' }] } },
    message: 'Subnetwork "projects/demo/regions/us-central1/subnetworks/rdma-sub-0" is not valid for Network "net-1".',
  },
  {
    name: 'spot from a reservation',
    config: { spot: true },
    message: 'Spot requires reservation affinity to be set to none.',
  },
  {
    name: 'flex-start from a reservation',
    config: { flexStart: true },
    message: "Flex start node pools don't support reservations.",
  },
  {
    name: 'spot and flex-start at once',
    config: { spot: true, flexStart: true, reservationAffinity: noReservation },
    message: "Flex start node pools don't support Spot VMs.",
  },
  {
    name: 'flex-start without autoscaling',
    over: { initialNodeCount: 0 },
    config: { flexStart: true, reservationAffinity: noReservation },
    message: 'Flex start node pools require autoscaling enabled.',
  },
  {
    name: 'flex-start with machines to begin with',
    over: { initialNodeCount: 1, autoscaling: { enabled: true, totalMaxNodeCount: 4 } },
    config: { flexStart: true, reservationAffinity: noReservation },
    message: 'Flex start node pools require initial node count to be set to 0.',
  },
  {
    name: 'compact placement on a reservation',
    over: { placementPolicy: { type: 'COMPACT' } },
    message: 'Compact placement cannot be combined with a specific reservation.',
  },
  {
    name: 'two reservations',
    config: { reservationAffinity: fromReservation('a', 'b') },
    message: 'exactly one value',
  },
  {
    name: 'a reservation that is not there',
    config: { reservationAffinity: fromReservation('other') },
    code: 'NOT_FOUND',
    message: 'Google Compute Engine: reservation "other" not found for node pool "gpu" at zone "us-central1-b".',
  },
  {
    name: 'more machines than the reservation has free',
    over: { initialNodeCount: 5 },
    code: 'RESOURCE_EXHAUSTED',
    message:
      'Reservation does not have enough resources for the request: specific reservation "h200-res" is insufficient for node pool ' +
      '"gpu" at zone "us-central1-b": required 5 and short of 1 VM count of machine type a3-ultragpu-8g.',
  },
  {
    name: 'a node version that nobody offers',
    over: { version: '1.20.1-gke.1' },
    message: 'Node version "1.20.1-gke.1" is unsupported.',
  },
  { name: 'a negative count', over: { initialNodeCount: -1 }, message: 'Node count -1 must not be negative.' },
  {
    name: 'queued provisioning',
    over: { queuedProvisioning: { enabled: true } },
    code: 'UNIMPLEMENTED',
    message: 'queued provisioning',
  },
  {
    name: 'an accelerator network profile',
    over: { networkConfig: { acceleratorNetworkProfile: 'auto' } },
    code: 'UNIMPLEMENTED',
    message: 'accelerator network profiles',
  },
];

describe('refusing a node pool', () => {
  it.each(refusals)('refuses $name', ({ over, config, code = 'INVALID_ARGUMENT', message }) => {
    const { world, journal, compute } = makeGkeWithCluster();

    const create = () => world.createNodePool(clusterPath, poolBody(over, config));

    expect(create).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    expect(world.operations).toHaveLength(1);
    expect(journal.entries).toHaveLength(1);
    expect(compute.users.has(poolPath)).toBe(false);
  });

  it('refuses additional networks in a cluster that has only one', () => {
    const { world, pass } = makeGke();
    world.createCluster(location, clusterBody({ networkConfig: {} }));
    pass(30 * minuteMs);

    expect(() => world.createNodePool(clusterPath, poolBody())).toThrow('does not have multi-networking enabled');
  });

  it('refuses a second pool of the name, also while the first is being made', () => {
    const { world } = makeGkeWithCluster();
    world.createNodePool(clusterPath, poolBody());

    expect(() => world.createNodePool(clusterPath, poolBody())).toThrow(
      expect.objectContaining({ code: 'ALREADY_EXISTS', message: `Already exists: ${poolPath}.` }),
    );
  });

  it.each(['h200-res', 'h200-res/reservationBlocks/b1', 'projects/demo/reservations/h200-res/reservationBlocks/b1'])(
    'finds the reservation in %s',
    (value) => {
      const { world } = makeGkeWithCluster();

      world.createNodePool(clusterPath, poolBody({}, { reservationAffinity: fromReservation(value) }));

      expect(world.getNodePool(poolPath)).toMatchObject({ config: { reservationAffinity: { values: [value] } } });
    },
  );

  it('counts what other pools hold of the reservation', () => {
    const { world } = makeGkeWithCluster();
    world.createNodePool(clusterPath, poolBody({ name: 'first', initialNodeCount: 3 }));

    expect(() => world.createNodePool(clusterPath, poolBody())).toThrow('required 2 and short of 1 VM count');
  });
});

describe('machines that cannot be had', () => {
  it.each([
    { name: 'on demand', config: { reservationAffinity: noReservation } },
    { name: 'from any reservation', config: { reservationAffinity: { consumeReservationType: 'ANY_RESERVATION' } } },
  ])('gives up A3 Ultra $name after 35 minutes and leaves the pool in ERROR', ({ config }) => {
    const { world, runtime, pass } = makeGkeWithCluster();

    world.createNodePool(clusterPath, poolBody({}, config));
    pass(35 * minuteMs);
    const before = world.getNodePool(poolPath)['status'];
    pass(minuteMs);

    const operation = world.operations.at(-1)!;
    expect(before).toBe('PROVISIONING');
    expect(operation).toMatchObject({
      status: 'DONE',
      error: { code: 8, message: expect.stringContaining('[GCE_STOCKOUT]') },
      statusMessage: expect.stringMatching(
        /^Google Compute Engine: Not all instances running in IGM after 35m4\.033429035s\. Expected 2, running 0, transitioning 2\. Current errors: \[GCE_STOCKOUT\]: Instance 'gke-demo-gpu-[0-9a-f]{8}-0000' creation failed: The zone 'projects\/demo\/zones\/us-central1-b' does not have enough resources/,
      ),
      nodepoolConditions: [{ code: 'GCE_STOCKOUT', canonicalCode: 'RESOURCE_EXHAUSTED' }],
    });
    expect(world.getNodePool(poolPath)).toMatchObject({
      status: 'ERROR',
      statusMessage: operation['statusMessage'],
      conditions: [{ code: 'GCE_STOCKOUT' }],
    });
    expect(runtime.of('gpu')).toEqual([]);
  });

  it.each([
    { name: 'spot', over: {}, config: { spot: true, reservationAffinity: noReservation } },
    {
      name: 'flex-start',
      over: { initialNodeCount: 0, autoscaling: { enabled: true, totalMaxNodeCount: 4 } },
      config: { flexStart: true, reservationAffinity: noReservation },
    },
  ])('gives A3 Ultra by $name', ({ over, config }) => {
    const { world, pass } = makeGkeWithCluster();

    world.createNodePool(clusterPath, poolBody(over, config));
    pass(40 * minuteMs);

    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it.each([
    {
      name: 'not ready',
      over: { count: 4, status: 'CREATING' },
      message: 'it requires reservation to be in READY state',
    },
    {
      name: 'for another machine type',
      over: { count: 4, machineType: 'a3-megagpu-8g' },
      message: "Reservation 'res' is incorrect for the requested resources.",
    },
  ])('fails within a minute when the reservation is $name', ({ over, message }) => {
    const { world, compute, pass } = makeGkeWithCluster();
    compute.addReservation('res', over);

    world.createNodePool(clusterPath, poolBody({}, { reservationAffinity: fromReservation('res') }));
    pass(minuteMs);

    expect(world.operations.at(-1)).toMatchObject({
      status: 'DONE',
      error: { code: 9 },
      statusMessage: expect.stringContaining(message),
    });
    expect(world.getNodePool(poolPath)).toMatchObject({
      status: 'ERROR',
      conditions: [{ canonicalCode: 'FAILED_PRECONDITION' }],
    });
  });

  it.each([
    {
      name: 'shrank',
      change: { count: 1 },
      message: "Specified reservation 'h200-res' does not have available resources",
    },
    { name: 'is gone', change: undefined, message: "Specified reservation 'h200-res' does not exist." },
  ])('fails when the reservation $name after the call', ({ change, message }) => {
    const { world, compute, pass } = makeGkeWithCluster();
    world.createNodePool(clusterPath, poolBody());

    if (change) compute.addReservation('h200-res', change);
    else compute.reservations.clear();
    pass(minuteMs);

    expect(world.operations.at(-1)?.['statusMessage']).toContain(message);
  });

  it('frees the reservation of a failed pool, which can be deleted and made again', () => {
    const { world, compute, pass } = makeGkeWithCluster();
    compute.addReservation('h200-res', { count: 4, status: 'CREATING' });
    world.createNodePool(clusterPath, poolBody({ name: 'failed', initialNodeCount: 4 }));
    pass(minuteMs);
    compute.addReservation('h200-res', { count: 4 });

    world.createNodePool(clusterPath, poolBody({ initialNodeCount: 4 }));
    world.deleteNodePool(`${clusterPath}/nodePools/failed`);
    pass(40 * minuteMs);

    expect(world.listNodePools(clusterPath)).toMatchObject({
      nodePools: [{ name: 'system' }, { name: 'gpu', status: 'RUNNING' }],
    });
  });
});

describe('changing a node pool', () => {
  function makeGkeWithPool() {
    const gke = makeGkeWithCluster();
    gke.world.createNodePool(clusterPath, poolBody());
    gke.pass(40 * minuteMs);
    return gke;
  }

  it('grows by machines that come within a quarter of an hour', () => {
    const { world, runtime, pass } = makeGkeWithPool();

    world.setNodePoolSize(poolPath, 4);
    const status = world.getNodePool(poolPath)['status'];
    pass(5 * minuteMs);
    const early = runtime.of('gpu').length;
    pass(10 * minuteMs);

    expect([status, early, runtime.of('gpu').length]).toEqual(['RECONCILING', 2, 4]);
    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING', initialNodeCount: 4 });
    expect(world.operations.at(-1)).toMatchObject({ operationType: 'SET_NODE_POOL_SIZE', status: 'DONE' });
  });

  it('does not grow beyond its reservation', () => {
    const { world } = makeGkeWithPool();

    expect(() => world.setNodePoolSize(poolPath, 5)).toThrow('required 3 and short of 1 VM count');
    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it('keeps what it has when growing fails', () => {
    const { world, compute, runtime, pass } = makeGkeWithPool();
    world.setNodePoolSize(poolPath, 4);

    compute.addReservation('h200-res', { count: 2 });
    pass(minuteMs);

    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING_WITH_ERROR' });
    expect(runtime.of('gpu')).toHaveLength(2);
  });

  it('shrinks to nothing and grows again, with new machine names', () => {
    const { world, runtime, pass } = makeGkeWithPool();
    const before = runtime.of('gpu').map(({ name }) => name);

    world.setNodePoolSize(poolPath, 0);
    pass(10 * minuteMs);
    const empty = runtime.of('gpu').length;
    world.setNodePoolSize(poolPath, 2);
    pass(40 * minuteMs);

    expect(empty).toBe(0);
    expect(runtime.of('gpu')).toHaveLength(2);
    for (const { name } of runtime.of('gpu')) expect(before).not.toContain(name);
  });

  it('goes with its machines and releases its subnetworks', () => {
    const { world, runtime, compute, pass } = makeGkeWithPool();

    world.deleteNodePool(poolPath);
    const status = world.getNodePool(poolPath)['status'];
    pass(10 * minuteMs);

    expect(status).toBe('STOPPING');
    expect(() => world.getNodePool(poolPath)).toThrow(`Not found: ${poolPath}.`);
    expect(runtime.of('gpu')).toEqual([]);
    expect(compute.users.has(poolPath)).toBe(false);
    expect(world.operations.at(-1)).toMatchObject({ operationType: 'DELETE_NODE_POOL', status: 'DONE' });
  });

  it('does not let its node networks be changed', () => {
    const { world } = makeGkeWithPool();
    const update = (configs: JsonMap[]) => () =>
      world.settings.updateNodePool(poolPath, { nodeNetworkConfig: { additionalNodeNetworkConfigs: configs } });

    expect(update(nodeNetworks().slice(1))).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: 'Additional node networks of node pool "gpu" cannot be updated.',
      }),
    );
    expect(update(nodeNetworks())).toThrow(expect.objectContaining({ code: 'UNIMPLEMENTED' }));
  });

  it('is not found where it is not', () => {
    const { world } = makeGkeWithCluster();

    expect(() => world.deleteNodePool(poolPath)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: `Not found: ${poolPath}.` }),
    );
    expect(() => world.createNodePool(`${location}/clusters/other`, poolBody())).toThrow(
      `Not found: ${location}/clusters/other.`,
    );
  });
});
