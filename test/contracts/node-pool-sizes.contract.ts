import { describe, expect, it } from 'vitest';
import { listAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import type { InstanceGroup, NodePoolSizes } from '#shared/ports/node-pool-sizes.ts';
import type { TimeUnderTest } from './time-under-test.ts';

export interface NodePoolSizesUnderTest extends TimeUnderTest {
  readonly clusters: Clusters;
  readonly pools: NodePools;
  readonly sizes: NodePoolSizes;
  /** Names of the machines of a group that are not being deleted. */
  readonly machinesOf: (group: InstanceGroup) => Promise<readonly string[]>;
  /** From now on zone us-central1-b has so many more machines of this type. */
  readonly limitStock: (machineType: string, machines: number) => void;
}

const place = { project: 'demo', region: 'us-central1' };
const call = fencedCall(10_000);
const gpu = { place, cluster: 'demo', pool: 'gpu' };
const cpu = { place, cluster: 'demo', pool: 'cpu' };
const requestId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

const clusterBody: JsonObject = {
  name: 'demo',
  network: 'net',
  subnetwork: 'net-sub',
  locations: ['us-central1-b'],
  ipAllocationPolicy: { useIpAliases: true, clusterSecondaryRangeName: 'pods', servicesSecondaryRangeName: 'services' },
  nodePools: [
    { name: 'gpu', initialNodeCount: 2, config: { machineType: 'a3-ultragpu-8g', spot: true } },
    {
      name: 'cpu',
      initialNodeCount: 1,
      locations: ['us-central1-a', 'us-central1-c'],
      config: { machineType: 'e2-standard-8' },
    },
  ],
};

/**
 * What every `NodePoolSizes` promises. Each case gets a running cluster `demo` with the pool `gpu` (two spot A3 Ultra machines in
 * us-central1-b) and the pool `cpu` (one machine in each of two zones).
 */
export function defineNodePoolSizesContract(name: string, make: () => Promise<NodePoolSizesUnderTest>): void {
  describe(`NodePoolSizes contract: ${name}`, () => {
    const test = it.extend<{ scene: Scene }>({
      scene: async ({ onTestFinished }, use) => {
        const under = await make();
        onTestFinished(() => under.close());
        const scene = new Scene(under);
        await scene.end(await under.clusters.create(place, clusterBody, call));
        await use(scene);
      },
    });

    test('reads the size of each group, in the order asked for', async ({ scene }) => {
      const groups = [...(await scene.groupsOf('cpu')), ...(await scene.groupsOf('gpu'))];

      const sizes = await scene.sizes.readGroups(groups.toReversed());

      expect(sizes).toEqual(
        groups.toReversed().map((group) => ({ group, targetSize: group.zone === 'us-central1-b' ? 2 : 1 })),
      );
    });

    test('sets the number of nodes in each zone', async ({ scene }) => {
      const groups = await scene.groupsOf('cpu');

      const operation = await scene.sizes.setNodesPerZone(cpu, 2, call);

      expect(await scene.targetsOf('cpu')).toEqual([2, 2]);
      await scene.end(operation);
      expect(await scene.clusters.readOperation(place, operation)).toEqual({ state: 'succeeded' });
      for (const group of groups) expect(await scene.machinesOf(group)).toHaveLength(2);
    });

    test('is busy while the pool is operated on, and says for which operation it waits', async ({ scene }) => {
      const operation = await scene.sizes.setNodesPerZone(gpu, 3, call);
      const busy = { name: 'AutomationError', kind: 'busy', facts: { code: 'CLUSTER_BUSY', waitingFor: operation } };

      await expect(scene.sizes.setNodesPerZone(gpu, 4, call)).rejects.toMatchObject(busy);
      await expect(scene.sizes.setAutoscalingBounds(gpu, { min: 0, max: 4 }, call)).rejects.toMatchObject(busy);
      await scene.sizes.setNodesPerZone(cpu, 2, call);
    });

    test('fails the operation for want of machines and keeps those that came', async ({ scene }) => {
      const [group] = await scene.groupsOf('gpu');
      scene.limitStock('a3-ultragpu-8g', 1);

      const operation = await scene.sizes.setNodesPerZone(gpu, 4, call);
      await scene.end(operation);

      expect(await scene.clusters.readOperation(place, operation)).toMatchObject({
        state: 'failed',
        error: { name: 'AutomationError', kind: 'capacity', facts: { code: 'STOCKOUT' } },
      });
      expect(await scene.pools.read(place, 'demo', 'gpu')).toMatchObject({
        status: 'RUNNING_WITH_ERROR',
        conditions: [{ code: 'GCE_STOCKOUT' }],
      });
      expect(await scene.machinesOf(group!)).toHaveLength(3);
      // The group goes on wanting what it could not get.
      expect(await scene.targetsOf('gpu')).toEqual([4]);
    });

    test('sets the bounds of the autoscaler for all zones together and leaves the machines', async ({ scene }) => {
      const operation = await scene.sizes.setAutoscalingBounds(cpu, { min: 0, max: 6, locationPolicy: 'ANY' }, call);
      await scene.end(operation);

      expect(await scene.clusters.readOperation(place, operation)).toEqual({ state: 'succeeded' });
      expect(await scene.pools.read(place, 'demo', 'cpu')).toMatchObject({
        autoscaling: { enabled: true, totalMaxNodeCount: 6, locationPolicy: 'ANY' },
      });
      expect(await scene.targetsOf('cpu')).toEqual([1, 1]);
    });

    test('refuses bounds that make no sense for good', async ({ scene }) => {
      await expect(scene.sizes.setAutoscalingBounds(cpu, { min: 3, max: 2 }, call)).rejects.toMatchObject({
        kind: 'permanent',
      });
    });

    test('deletes exactly the machines that are named and lowers the size of their group at once', async ({
      scene,
    }) => {
      const [group] = await scene.groupsOf('gpu');
      const [first, second] = await scene.machinesOf(group!);

      const operation = await scene.sizes.deleteInstances(group!, { instances: [first!], requestId }, call);

      expect(await scene.targetsOf('gpu')).toEqual([1]);
      expect(await scene.sizes.readGroupOperation(group!, operation)).toMatchObject({ state: 'running' });
      await scene.passUntil(
        async () => (await scene.sizes.readGroupOperation(group!, operation)).state === 'succeeded',
      );
      expect(await scene.machinesOf(group!)).toEqual([second]);
    });

    test('deletes once, however often it is asked with one request id', async ({ scene }) => {
      const [group] = await scene.groupsOf('gpu');
      const [first] = await scene.machinesOf(group!);
      const request = { instances: [first!], requestId };

      const operation = await scene.sizes.deleteInstances(group!, request, call);
      const again = await scene.sizes.deleteInstances(group!, request, call);

      expect(again).toBe(operation);
      expect(await scene.targetsOf('gpu')).toEqual([1]);
    });

    test('skips a machine that is not there any more', async ({ scene }) => {
      const [group] = await scene.groupsOf('gpu');
      const [first, second] = await scene.machinesOf(group!);
      await scene.sizes.deleteInstances(group!, { instances: [first!], requestId }, call);

      const other = { instances: [first!, second!, 'gke-demo-gpu-none'], requestId: requestId.replace('7c', '7d') };
      const operation = await scene.sizes.deleteInstances(group!, other, call);
      await scene.passUntil(async () => (await scene.sizes.readGroupOperation(group!, operation)).state !== 'running');

      expect(await scene.sizes.readGroupOperation(group!, operation)).toEqual({ state: 'succeeded' });
      expect(await scene.targetsOf('gpu')).toEqual([0]);
    });

    test('can delete machines while GKE operates on the pool', async ({ scene }) => {
      const [group] = await scene.groupsOf('gpu');
      const [first] = await scene.machinesOf(group!);
      await scene.sizes.setNodesPerZone(gpu, 3, call);

      await scene.sizes.deleteInstances(group!, { instances: [first!], requestId }, call);

      expect(await scene.targetsOf('gpu')).toEqual([2]);
    });

    test('is gone for a pool or group that does not exist, and for an operation that nobody knows', async ({
      scene,
    }) => {
      const none: InstanceGroup = { project: 'demo', zone: 'us-central1-b', name: 'gke-demo-none-grp' };
      const gone = { name: 'AutomationError', kind: 'gone' };

      await expect(scene.sizes.setNodesPerZone({ ...gpu, pool: 'none' }, 1, call)).rejects.toMatchObject(gone);
      await expect(scene.sizes.readGroups([none])).rejects.toMatchObject(gone);
      await expect(
        scene.sizes.deleteInstances(none, { instances: ['gke-demo-none'], requestId }, call),
      ).rejects.toMatchObject(gone);
      expect(await scene.sizes.readGroupOperation(none, 'operation-1-none')).toMatchObject({ state: 'gone' });
    });
  });
}

/** The ports with the steps that most cases begin with. */
class Scene {
  readonly clusters: Clusters;
  readonly pools: NodePools;
  readonly sizes: NodePoolSizes;
  readonly machinesOf: NodePoolSizesUnderTest['machinesOf'];
  readonly limitStock: NodePoolSizesUnderTest['limitStock'];
  readonly passUntil: NodePoolSizesUnderTest['passUntil'];

  constructor(under: NodePoolSizesUnderTest) {
    this.clusters = under.clusters;
    this.pools = under.pools;
    this.sizes = under.sizes;
    this.machinesOf = under.machinesOf;
    this.limitStock = under.limitStock;
    this.passUntil = under.passUntil;
  }

  async end(operation: string): Promise<void> {
    await this.passUntil(async () => (await this.clusters.readOperation(place, operation)).state !== 'running');
  }

  async groupsOf(pool: string): Promise<readonly InstanceGroup[]> {
    const found = (await this.pools.read(place, 'demo', pool)) ?? {};
    return listAt(found, 'instanceGroupUrls').map((url) => {
      const [, project = '', zone = '', name = ''] =
        /\/projects\/([^/]+)\/zones\/([^/]+)\/instanceGroupManagers\/([^/]+)$/.exec(String(url)) ?? [];
      return { project, zone, name };
    });
  }

  async targetsOf(pool: string): Promise<readonly number[]> {
    return (await this.sizes.readGroups(await this.groupsOf(pool))).map(({ targetSize }) => targetSize);
  }
}
