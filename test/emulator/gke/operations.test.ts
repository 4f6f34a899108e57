import { describe, expect, it } from 'vitest';
import type { GkeWorld } from '../../../emulator/gke/gke-world.ts';
import { textAt } from '../../../emulator/gke/read.ts';
import {
  clusterBody,
  clusterPath,
  cpuPoolBody,
  location,
  makeGke,
  makeGkeWithCluster,
  minuteMs,
  poolBody,
  poolPath,
} from './gke-fixtures.ts';

const busy = (world: GkeWorld) =>
  expect.objectContaining({
    code: 'FAILED_PRECONDITION',
    message: `Cluster is running incompatible operation ${textAt(world.operations.at(-1), 'name')}.`,
  });

const calls: { name: string; call: (world: GkeWorld) => unknown }[] = [
  { name: 'creating a pool', call: (world) => world.createNodePool(clusterPath, poolBody()) },
  { name: 'resizing a pool', call: (world) => world.setNodePoolSize(`${clusterPath}/nodePools/system`, 3) },
  { name: 'deleting a pool', call: (world) => world.deleteNodePool(`${clusterPath}/nodePools/system`) },
  { name: 'deleting the cluster', call: (world) => world.deleteCluster(clusterPath) },
];

describe('operations that exclude each other', () => {
  it.each(calls)('refuses $name while the cluster is being created', ({ call }) => {
    const { world } = makeGke();
    world.createCluster(location, clusterBody());

    expect(() => call(world)).toThrow(busy(world));
  });

  it.each(calls)('refuses $name while somebody upgrades the control plane, and allows it afterwards', ({ call }) => {
    const { world, pass, journal } = makeGkeWithCluster();
    world.startForeignOperation('demo', 'UPGRADE_MASTER', 12 * minuteMs);
    const status = world.getCluster(clusterPath)['status'];

    expect(() => call(world)).toThrow(busy(world));
    pass(12 * minuteMs);
    call(world);

    expect(status).toBe('RECONCILING');
    expect(journal.entries).toHaveLength(2);
    expect(world.operations.map(({ operationType }) => operationType).slice(0, 2)).toEqual([
      'CREATE_CLUSTER',
      'UPGRADE_MASTER',
    ]);
  });

  it('ends somebody else’s operation on time, and the cluster runs again', () => {
    const { world, pass, nowMs } = makeGkeWithCluster();
    world.startForeignOperation('demo', 'UPGRADE_MASTER', 12 * minuteMs);
    const endMs = nowMs() + 12 * minuteMs;

    pass(20 * minuteMs);

    expect(world.operations.at(-1)).toMatchObject({ status: 'DONE', endTime: new Date(endMs).toISOString() });
    expect(world.getCluster(clusterPath)).toMatchObject({ status: 'RUNNING' });
  });

  it('lets different pools be worked on side by side', () => {
    const { world, pass } = makeGkeWithCluster();

    world.createNodePool(clusterPath, poolBody());
    world.createNodePool(clusterPath, cpuPoolBody('cpu'));
    world.setNodePoolSize(`${clusterPath}/nodePools/system`, 3);
    pass(40 * minuteMs);

    expect(world.listNodePools(clusterPath)).toMatchObject({
      nodePools: [{ status: 'RUNNING' }, { status: 'RUNNING' }, { status: 'RUNNING' }],
    });
  });

  it.each([
    { name: 'resizing', call: (world: GkeWorld) => world.setNodePoolSize(poolPath, 3) },
    { name: 'deleting', call: (world: GkeWorld) => world.deleteNodePool(poolPath) },
    { name: 'deleting the cluster of', call: (world: GkeWorld) => world.deleteCluster(clusterPath) },
  ])('refuses $name a pool that is being made', ({ call }) => {
    const { world } = makeGkeWithCluster();
    world.createNodePool(clusterPath, poolBody());

    expect(() => call(world)).toThrow(busy(world));
  });

  it('takes an operation on one pool for that pool only', () => {
    const { world } = makeGkeWithCluster();
    world.startForeignOperation('demo/system', 'UPGRADE_NODES', 12 * minuteMs);

    expect(() => world.setNodePoolSize(`${clusterPath}/nodePools/system`, 3)).toThrow(busy(world));
    expect(world.createNodePool(clusterPath, poolBody())).toMatchObject({ status: 'PENDING' });
    expect(world.getCluster(clusterPath)).toMatchObject({ status: 'RUNNING' });
    expect(world.getNodePool(`${clusterPath}/nodePools/system`)).toMatchObject({ status: 'RECONCILING' });
  });

  it('lets node repairs run beside everything', () => {
    const { world } = makeGkeWithCluster();

    world.startForeignOperation('demo', 'AUTO_REPAIR_NODES', 12 * minuteMs);

    expect(world.createNodePool(clusterPath, poolBody())).toMatchObject({ status: 'PENDING' });
  });

  it('runs five operations on a cluster and refuses the sixth', () => {
    const { world, pass } = makeGkeWithCluster();
    for (let index = 0; index < 5; index++) world.createNodePool(clusterPath, cpuPoolBody(`cpu-${index}`));
    const sixth = () => world.createNodePool(clusterPath, cpuPoolBody('cpu-5'));

    expect(sixth).toThrow(
      expect.objectContaining({
        code: 'RESOURCE_EXHAUSTED',
        httpStatus: 429,
        message: 'Too many operations: cluster "demo" hits the concurrent operations quota 5, please try again later.',
      }),
    );
    pass(10 * minuteMs);
    expect(sixth()).toMatchObject({ status: 'PENDING' });
  });
});

describe('reading operations', () => {
  it('does not find an operation in another place', () => {
    const { world } = makeGkeWithCluster();
    const name = textAt(world.operations[0], 'name');

    expect(world.getOperation(`${location}/operations/${name}`)).toMatchObject({ name });
    expect(() => world.getOperation(`projects/demo/locations/us-east4/operations/${name}`)).toThrow(
      `Not found: projects/demo/locations/us-east4/operations/${name}.`,
    );
  });

  it('gives every operation a name of its own', () => {
    const { world, pass } = makeGkeWithCluster();
    for (let round = 0; round < 3; round++) {
      world.createNodePool(clusterPath, cpuPoolBody('cpu'));
      pass(10 * minuteMs);
      world.deleteNodePool(`${clusterPath}/nodePools/cpu`);
      pass(10 * minuteMs);
    }

    expect(new Set(world.operations.map(({ name }) => name)).size).toBe(7);
  });

  it('takes the same time for the same call whatever else happens, but not for its repetition', () => {
    const seconds = (world: GkeWorld, type: string) =>
      world.operations
        .filter((operation) => operation['operationType'] === type && textAt(operation, 'targetLink').endsWith('/cpu'))
        .map(
          (operation) => (Date.parse(textAt(operation, 'endTime')) - Date.parse(textAt(operation, 'startTime'))) / 1000,
        );
    const quiet = makeGkeWithCluster();
    quiet.world.createNodePool(clusterPath, cpuPoolBody('cpu'));
    quiet.pass(10 * minuteMs);
    const lively = makeGkeWithCluster();
    lively.pass(77 * minuteMs);
    lively.world.createNodePool(clusterPath, cpuPoolBody('other'));
    lively.world.createNodePool(clusterPath, cpuPoolBody('cpu'));
    lively.pass(10 * minuteMs);
    lively.world.deleteNodePool(`${clusterPath}/nodePools/cpu`);
    lively.pass(10 * minuteMs);

    lively.world.createNodePool(clusterPath, cpuPoolBody('cpu'));
    lively.pass(10 * minuteMs);

    const [first, second] = seconds(lively.world, 'CREATE_NODE_POOL');
    expect(seconds(quiet.world, 'CREATE_NODE_POOL')).toEqual([first]);
    expect(second).not.toBe(first);
  });
});
