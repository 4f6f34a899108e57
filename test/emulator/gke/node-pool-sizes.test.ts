import { describe, expect, it } from 'vitest';
import { textAt } from '../../../emulator/gke/read.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  clusterPath,
  cpuPoolBody,
  makeGkeWithCluster,
  minuteMs,
  poolBody,
  poolPath,
  type TestGke,
  tookMs,
} from './gke-fixtures.ts';

const spot = { spot: true, reservationAffinity: { consumeReservationType: 'NO_RESERVATION' } };

/** What GKE wants of a flex-start pool. */
const flexStart: [over: JsonMap, config: JsonMap] = [
  { initialNodeCount: 0, autoscaling: { enabled: true, totalMaxNodeCount: 4 } },
  { ...spot, spot: false, flexStart: true },
];
const shelf = { zone: 'us-central1-b', machineType: 'a3-ultragpu-8g' };
const cpuPath = `${clusterPath}/nodePools/cpu`;

/** With two spot A3 Ultra machines in the pool `gpu`. */
function makeGkeWithPool(over: JsonMap = {}, config: JsonMap = spot): TestGke {
  const gke = makeGkeWithCluster();
  gke.world.createNodePool(clusterPath, poolBody(over, config));
  gke.pass(40 * minuteMs);
  return gke;
}

const namesOf = ({ runtime }: TestGke, pool = 'gpu') => runtime.of(pool).map(({ name }) => name);

const gpuGroup = ({ world }: TestGke) => world.instanceGroups.all().find(({ name }) => name.includes('-gpu-'))!;

describe('resizing', () => {
  it('takes 12 minutes in the median of many sizes of a GPU pool', () => {
    const minutes = Array.from({ length: 21 }, (_, index) => {
      const gke = makeGkeWithCluster(`seed-${index}`);
      gke.world.createNodePool(clusterPath, poolBody({ initialNodeCount: 0 }));
      gke.pass(40 * minuteMs);
      gke.world.setNodePoolSize(poolPath, 2);
      gke.pass(40 * minuteMs);
      return (tookMs(gke.world, 'SET_NODE_POOL_SIZE') ?? 0) / minuteMs;
    });

    expect(minutes.toSorted((a, b) => a - b)[10]).toBeCloseTo(12, 0);
  });

  it('brings every zone to the number, also when machines of one zone were deleted by name', () => {
    const gke = makeGkeWithCluster();
    const zones = ['us-central1-a', 'us-central1-c'];
    gke.world.createNodePool(clusterPath, { ...cpuPoolBody('cpu'), initialNodeCount: 3, locations: zones });
    gke.pass(10 * minuteMs);
    const [first] = gke.world.instanceGroups.all().filter(({ name }) => name.includes('-cpu-'));
    const names = first!.machines.map(({ name }) => name);
    gke.world.instanceGroups.deleteInstances(first!, names.slice(0, 2));
    gke.pass(5 * minuteMs);

    gke.world.setNodePoolSize(cpuPath, 2);
    gke.pass(10 * minuteMs);

    expect(
      gke.runtime
        .of('cpu')
        .map(({ zone }) => zone)
        .sort(),
    ).toEqual([zones[0], zones[0], zones[1], zones[1]]);
    expect(gke.world.getNodePool(cpuPath)).toMatchObject({ status: 'RUNNING', initialNodeCount: 2 });
  });

  it('gives up any of its machines when it shrinks, not always the youngest', () => {
    const survivors = Array.from({ length: 12 }, (_, index) => {
      const gke = makeGkeWithCluster(`seed-${index}`);
      gke.world.createNodePool(clusterPath, poolBody());
      gke.pass(40 * minuteMs);
      const names = namesOf(gke);
      gke.world.setNodePoolSize(poolPath, 1);
      gke.pass(10 * minuteMs);
      return names.indexOf(namesOf(gke)[0] ?? '');
    });

    expect(new Set(survivors)).toEqual(new Set([0, 1]));
  });

  it('is over in seconds when nothing is to be done', () => {
    const { world, pass } = makeGkeWithPool();

    world.setNodePoolSize(poolPath, 2);
    pass(minuteMs);

    expect(world.operations.at(-1)).toMatchObject({ operationType: 'SET_NODE_POOL_SIZE', status: 'DONE' });
  });

  it('is allowed on a pool that GKE scales too, and leaves its bounds', () => {
    const autoscaling = { enabled: true, totalMaxNodeCount: 3 };
    const { world, pass, runtime } = makeGkeWithPool({ autoscaling });

    world.setNodePoolSize(poolPath, 4);
    pass(40 * minuteMs);

    expect(runtime.of('gpu')).toHaveLength(4);
    expect(world.getNodePool(poolPath)).toMatchObject({ autoscaling });
  });

  it('is refused for flex-start, except to nothing', () => {
    const { world } = makeGkeWithPool(...flexStart);

    expect(() => world.setNodePoolSize(poolPath, 3)).toThrow(
      'Flex start node pools require initial node count to be set to 0.',
    );
    expect(world.setNodePoolSize(poolPath, 0)).toMatchObject({ operationType: 'SET_NODE_POOL_SIZE' });
  });

  it('may shrink below what its reservation no longer has', () => {
    const { world, compute } = makeGkeWithPool({}, {});
    compute.reservations.clear();

    expect(world.setNodePoolSize(poolPath, 1)).toMatchObject({ status: 'PENDING' });
  });
});

describe('a stockout', () => {
  it('gives some of the machines, fails after 35 minutes and says how many are missing', () => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 1);

    gke.world.setNodePoolSize(poolPath, 5);
    gke.pass(34 * minuteMs);
    const before = gke.world.getNodePool(poolPath)['status'];
    gke.pass(2 * minuteMs);

    expect([before, namesOf(gke).length]).toEqual(['RECONCILING', 3]);
    expect(gke.world.operations.at(-1)).toMatchObject({
      status: 'DONE',
      error: {
        code: 8,
        message: expect.stringContaining('Expected 5, running 3, transitioning 2. Current errors: [GCE_STOCKOUT]'),
      },
      progress: { metrics: [{ intValue: '1' }, { intValue: '3' }] },
    });
    expect(gke.world.getNodePool(poolPath)).toMatchObject({
      status: 'RUNNING_WITH_ERROR',
      conditions: [{ code: 'GCE_STOCKOUT', canonicalCode: 'RESOURCE_EXHAUSTED' }],
    });
    expect(gpuGroup(gke)).toMatchObject({ targetSize: 5 });
  });

  it('leaves a new pool that got some of its machines running with an error', () => {
    const { world, pass } = makeGkeWithCluster();
    world.limitStock(shelf, 1);

    world.createNodePool(clusterPath, poolBody({}, spot));
    pass(40 * minuteMs);

    expect(world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING_WITH_ERROR' });
  });

  it('ends by itself: the group goes on trying, and the pool runs without error again', () => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 0);
    gke.world.setNodePoolSize(poolPath, 3);
    gke.pass(60 * minuteMs);
    const meanwhile = namesOf(gke).length;

    gke.world.limitStock(shelf, undefined);
    gke.pass(10 * minuteMs);

    expect([meanwhile, namesOf(gke).length]).toEqual([2, 3]);
    expect(gke.world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
    expect(gke.world.getNodePool(poolPath)).not.toHaveProperty('conditions');
  });

  it('is over when the size is set back: nothing comes later', () => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 0);
    gke.world.setNodePoolSize(poolPath, 3);
    gke.pass(40 * minuteMs);

    gke.world.setNodePoolSize(poolPath, 2);
    gke.pass(minuteMs);
    gke.world.limitStock(shelf, undefined);
    gke.pass(60 * minuteMs);

    expect(namesOf(gke)).toHaveLength(2);
    expect(gke.world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it.each([
    { name: 'set back', change: (gke: TestGke) => gke.world.setNodePoolSize(poolPath, 2), left: 2 },
    { name: 'deleted', change: (gke: TestGke) => gke.world.deleteNodePool(poolPath), left: 0 },
  ])('makes nothing for a pool that is $name while a machine is on its way', ({ change, left }) => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 0);
    gke.world.setNodePoolSize(poolPath, 3);
    gke.pass(36 * minuteMs);
    gke.world.limitStock(shelf, undefined);
    // The group asks again within 4 minutes, and the machine takes 3.
    gke.pass(4 * minuteMs);

    change(gke);
    gke.pass(20 * minuteMs);

    expect(namesOf(gke)).toHaveLength(left);
  });

  it('is not ended in the middle of the next resize, but after it', () => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 0);
    gke.world.setNodePoolSize(poolPath, 3);
    gke.pass(40 * minuteMs);
    gke.world.setNodePoolSize(poolPath, 4);
    gke.pass(10 * minuteMs);

    gke.world.limitStock(shelf, undefined);
    gke.pass(60 * minuteMs);

    expect(namesOf(gke)).toHaveLength(4);
    expect(gke.world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it('does not outlive its pool', () => {
    const gke = makeGkeWithPool();
    gke.world.limitStock(shelf, 0);
    gke.world.setNodePoolSize(poolPath, 3);
    gke.pass(40 * minuteMs);

    gke.world.deleteNodePool(poolPath);
    gke.world.limitStock(shelf, undefined);
    gke.pass(60 * minuteMs);

    expect(namesOf(gke)).toEqual([]);
  });
});

const bounds: { name: string; autoscaling: JsonMap; message: string }[] = [
  {
    name: 'a minimum above the maximum',
    autoscaling: { enabled: true, totalMinNodeCount: 3, totalMaxNodeCount: 2 },
    message: 'min_node_count (3) must not be greater than node_pool_autoscaling.max_node_count (2)',
  },
  { name: 'no maximum', autoscaling: { enabled: true }, message: 'cannot be both set to zero.' },
  {
    name: 'maxima of both kinds',
    autoscaling: { enabled: true, maxNodeCount: 2, totalMaxNodeCount: 2 },
    message: 'cannot be both greater than zero.',
  },
  {
    name: 'a minimum of the other kind',
    autoscaling: { enabled: true, minNodeCount: 1, totalMaxNodeCount: 2 },
    message: 'cannot be both greater than zero.',
  },
  {
    name: 'a negative bound',
    autoscaling: { enabled: true, totalMinNodeCount: -1, totalMaxNodeCount: 2 },
    message: 'Node count -1 must not be negative.',
  },
  {
    name: 'bounds of what is off',
    autoscaling: { totalMaxNodeCount: 2 },
    message: 'total_max_node_count cannot be specified when autoscaling is disabled.',
  },
];

describe('the bounds of the autoscaler', () => {
  it('replace what was there when the operation is over, and vanish when it is turned off', () => {
    const { world, pass, journal } = makeGkeWithPool({
      autoscaling: { enabled: true, minNodeCount: 1, maxNodeCount: 2 },
    });

    const operation = world.setNodePoolAutoscaling(poolPath, { enabled: true, totalMaxNodeCount: 9 });
    pass(minuteMs);
    const bounded = world.getNodePool(poolPath)['autoscaling'];
    world.setNodePoolAutoscaling(poolPath, { enabled: false });
    pass(minuteMs);

    expect(operation).toMatchObject({ status: 'PENDING', targetLink: expect.stringMatching(/\/nodePools\/gpu$/) });
    expect(bounded).toEqual({ enabled: true, totalMaxNodeCount: 9 });
    expect(world.getNodePool(poolPath)).not.toHaveProperty('autoscaling');
    expect(journal.entries.at(-1)).toMatchObject({ method: 'setNodePoolAutoscaling', resource: poolPath });
  });

  it.each(bounds)('refuse $name, at creation too', ({ autoscaling, message }) => {
    const { world } = makeGkeWithPool();
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });

    expect(() => world.setNodePoolAutoscaling(poolPath, autoscaling)).toThrow(refusal);
    expect(() => world.createNodePool(clusterPath, { ...cpuPoolBody('cpu'), autoscaling })).toThrow(refusal);
  });

  it.each([
    {
      autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 2 },
      message: 'Flex start node pools require a minimum node count of 0, not 1.',
    },
    { autoscaling: {}, message: 'Flex start node pools require autoscaling enabled.' },
  ])('must be there and begin at 0 for flex-start: $autoscaling', ({ autoscaling, message }) => {
    const { world } = makeGkeWithPool(...flexStart);

    expect(() => world.setNodePoolAutoscaling(poolPath, autoscaling)).toThrow(message);
  });

  it('wait for another operation on the pool', () => {
    const { world } = makeGkeWithPool();
    const resize = textAt(world.setNodePoolSize(poolPath, 3), 'name');

    expect(() => world.setNodePoolAutoscaling(poolPath, { enabled: true, totalMaxNodeCount: 9 })).toThrow(
      `Cluster is running incompatible operation ${resize}.`,
    );
  });
});

describe('deleting machines by name', () => {
  it('lowers the size at once, removes the machines within two minutes and makes no new ones', () => {
    const gke = makeGkeWithPool();
    const [first, second] = namesOf(gke);

    gke.world.instanceGroups.deleteInstances(gpuGroup(gke), [first!]);
    const [size, left] = [gpuGroup(gke).targetSize, namesOf(gke).length];
    gke.pass(2 * minuteMs);
    const names = namesOf(gke);
    gke.pass(60 * minuteMs);

    expect([size, left]).toEqual([1, 2]);
    expect(names).toEqual([second]);
    expect(namesOf(gke)).toEqual([second]);
    expect(gke.world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING', initialNodeCount: 2 });
  });

  it('frees the reservation', () => {
    const gke = makeGkeWithPool({ initialNodeCount: 4 }, {});
    const [first] = namesOf(gke);
    const grow = () => gke.world.createNodePool(clusterPath, poolBody({ name: 'other', initialNodeCount: 1 }));
    expect(grow).toThrow('required 1 and short of 1 VM count');

    gke.world.instanceGroups.deleteInstances(gpuGroup(gke), [first!]);

    expect(grow()).toMatchObject({ operationType: 'CREATE_NODE_POOL' });
  });
});

describe('losing a machine', () => {
  it.each([
    { loss: 'preemption', unreadySeconds: 0, goneSeconds: 60 },
    { loss: 'hostError', unreadySeconds: 50, goneSeconds: 120 },
  ] as const)('makes its node unready, then removes it, then makes it again under its name: $loss', (expected) => {
    const gke = makeGkeWithPool();
    const [first, second] = namesOf(gke);
    const before = gke.runtime.events.length;
    const lostAtMs = gke.nowMs();

    gke.world.loseInstance(first!, expected.loss);
    gke.pass(10 * minuteMs);

    const events = gke.runtime.events.slice(before);
    expect(events.map(({ what, atMs }) => `${what} ${(atMs - lostAtMs) / 1000}`)).toEqual([
      `${expected.loss} of gpu ${expected.unreadySeconds}`,
      `no instance of gpu ${expected.goneSeconds}`,
      `instance of gpu ${expected.goneSeconds + 180}`,
    ]);
    expect(new Set(namesOf(gke))).toEqual(new Set([first, second]));
    expect(gke.world.getNodePool(poolPath)).toMatchObject({ status: 'RUNNING' });
  });

  it('leaves the pool without it while there is none to be had', () => {
    const gke = makeGkeWithPool();
    const [first] = namesOf(gke);
    gke.world.limitStock(shelf, 0);

    gke.world.loseInstance(first!, 'preemption');
    gke.pass(60 * minuteMs);
    const meanwhile = { names: namesOf(gke).length, size: gpuGroup(gke).targetSize };
    gke.world.limitStock(shelf, undefined);
    gke.pass(10 * minuteMs);

    expect(meanwhile).toEqual({ names: 1, size: 2 });
    expect(namesOf(gke)).toContain(first);
  });

  it('ends with it when somebody deletes it by name meanwhile', () => {
    const gke = makeGkeWithPool();
    const [first, second] = namesOf(gke);

    gke.world.loseInstance(first!, 'hostError');
    gke.world.instanceGroups.deleteInstances(gpuGroup(gke), [first!]);
    gke.pass(60 * minuteMs);

    expect(namesOf(gke)).toEqual([second]);
    expect(gpuGroup(gke)).toMatchObject({ targetSize: 1 });
    gke.world.setNodePoolSize(poolPath, 2);
    gke.pass(20 * minuteMs);
    expect(namesOf(gke)).toHaveLength(2);
    expect(namesOf(gke)).not.toContain(first);
  });

  it('is not told of a machine that went before anybody noticed', () => {
    const gke = makeGkeWithCluster();
    gke.world.createNodePool(clusterPath, { ...cpuPoolBody('cpu'), initialNodeCount: 20 });
    gke.pass(10 * minuteMs);
    const names = namesOf(gke, 'cpu');

    gke.world.setNodePoolSize(cpuPath, 0);
    for (const name of names) gke.world.loseInstance(name, 'hostError');
    gke.pass(10 * minuteMs);

    const told = gke.runtime.events.filter(({ what }) => what === 'hostError of cpu').length;
    expect(told).toBeLessThan(names.length);
    expect(gke.runtime.events.map(({ what }) => what)).not.toContain('hostError of undefined');
    expect(namesOf(gke, 'cpu')).toEqual([]);
  });

  it('does not survive the cluster', () => {
    const gke = makeGkeWithPool();
    const [first] = namesOf(gke);

    gke.world.loseInstance(first!, 'hostError');
    gke.world.deleteCluster(clusterPath);
    gke.pass(60 * minuteMs);

    expect(namesOf(gke)).toEqual([]);
    expect(gke.runtime.events.at(-1)?.what).toBe('no cluster demo');
  });

  it('is a mistake of the story when there is no such machine', () => {
    const { world } = makeGkeWithPool();

    expect(() => world.loseInstance('none', 'preemption')).toThrow('losing machine none: there is no such machine');
  });
});
