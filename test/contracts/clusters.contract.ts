import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import type { TimeUnderTest } from './time-under-test.ts';

export interface ClustersUnderTest extends TimeUnderTest {
  readonly clusters: Clusters;
  readonly pools: NodePools;
}

const place = { project: 'demo', region: 'us-central1' };
const ref = { place, cluster: 'demo' };
const call = fencedCall(10_000);

const clusterBody: JsonObject = {
  name: 'demo',
  network: 'net',
  subnetwork: 'net-sub',
  locations: ['us-central1-b'],
  releaseChannel: { channel: 'REGULAR' },
  ipAllocationPolicy: { useIpAliases: true, clusterSecondaryRangeName: 'pods', servicesSecondaryRangeName: 'services' },
  networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', enableMultiNetworking: true },
  maintenancePolicy: {
    window: {
      maintenanceExclusions: {
        'no-node-upgrades': {
          startTime: '2026-01-01T00:00:00Z',
          maintenanceExclusionOptions: { scope: 'NO_MINOR_OR_NODE_UPGRADES', endTimeBehavior: 'UNTIL_END_OF_SUPPORT' },
        },
      },
    },
  },
  nodePools: [{ name: 'system', initialNodeCount: 1, config: { machineType: 'e2-standard-8' } }],
  resourceLabels: { owner: 'inference-fleet' },
};

const gpuPool: JsonObject = {
  name: 'h200',
  initialNodeCount: 2,
  locations: ['us-central1-b'],
  config: {
    machineType: 'a3-ultragpu-8g',
    accelerators: [
      {
        acceleratorCount: '8',
        acceleratorType: 'nvidia-h200-141gb',
        gpuDriverInstallationConfig: { gpuDriverVersion: 'LATEST' },
      },
    ],
    reservationAffinity: {
      consumeReservationType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: ['h200-res'],
    },
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NO_SCHEDULE' }],
  },
  maxPodsConstraint: { maxPodsPerNode: '32' },
};

/**
 * What every pair of `Clusters` and `NodePools` promises. Each case gets a fresh project `demo` with the network `net`, its subnet
 * `net-sub` (ranges `pods` and `services`) in us-central1, the unused reservation `h200-res` of four machines, and no cluster.
 */
export function defineClustersContract(name: string, make: () => Promise<ClustersUnderTest>): void {
  describe(`Clusters and NodePools contract: ${name}`, () => {
    const test = it.extend<{ scene: Scene }>({
      scene: async ({ onTestFinished }, use) => {
        const under = await make();
        onTestFinished(() => under.close());
        await use(new Scene(under));
      },
    });

    test('finds nothing where nothing is', async ({ scene: { clusters, pools } }) => {
      expect(await clusters.read(place, 'demo')).toBeUndefined();
      expect(await pools.read(place, 'demo', 'h200')).toBeUndefined();
      expect(await clusters.runningOperations(place, 'demo')).toEqual([]);
    });

    test('creates a cluster by an operation that runs and then succeeds', async ({ scene }) => {
      const operation = await scene.clusters.create(place, clusterBody, call);

      expect(await scene.clusters.readOperation(place, operation)).toMatchObject({ state: 'running' });
      expect(await scene.clusters.read(place, 'demo')).toMatchObject({ status: 'PROVISIONING' });
      await scene.end(operation);
      expect(await scene.clusters.readOperation(place, operation)).toEqual({ state: 'succeeded' });
      expect(await scene.clusters.read(place, 'demo')).toMatchObject({ ...clusterBody, status: 'RUNNING' });
    });

    test('shows operations that are not over, whoever started them', async ({ scene }) => {
      const operation = await scene.clusters.create(place, clusterBody, call);

      expect(await scene.clusters.runningOperations(place, 'demo')).toEqual([
        { name: operation, type: 'CREATE_CLUSTER', subject: 'cluster', startedAtMs: expect.any(Number) },
      ]);
      expect(await scene.clusters.runningOperations(place, 'other')).toEqual([]);
      await scene.end(operation);
      expect(await scene.clusters.runningOperations(place, 'demo')).toEqual([]);
    });

    test('says that a cluster exists', async ({ scene }) => {
      await scene.create();

      await expect(scene.clusters.create(place, clusterBody, call)).rejects.toMatchObject({
        name: 'AutomationError',
        kind: 'exists',
      });
    });

    test('is busy while the cluster is operated on, and says for which operation it waits', async ({ scene }) => {
      const operation = await scene.clusters.create(place, clusterBody, call);

      await expect(scene.pools.create(ref, gpuPool, call)).rejects.toMatchObject({
        kind: 'busy',
        facts: { code: 'CLUSTER_BUSY', waitingFor: operation },
      });
    });

    test('creates a pool and shows it as it was sent, with enum names and int64 as text', async ({ scene }) => {
      await scene.create();
      const operation = await scene.pools.create(ref, gpuPool, call);

      expect(await scene.clusters.runningOperations(place, 'demo')).toMatchObject([
        { type: 'CREATE_NODE_POOL', subject: 'pool/h200' },
      ]);
      await scene.end(operation);
      expect(await scene.clusters.readOperation(place, operation)).toEqual({ state: 'succeeded' });
      expect(await scene.pools.read(place, 'demo', 'h200')).toMatchObject({ ...gpuPool, status: 'RUNNING' });
      expect(await scene.clusters.read(place, 'demo')).toMatchObject({
        nodePools: [{ name: 'system' }, { name: 'h200' }],
      });
      await expect(scene.pools.create(ref, gpuPool, call)).rejects.toMatchObject({ kind: 'exists' });
    });

    test('tells a full reservation from a wrong one', async ({ scene }) => {
      await scene.create();
      const asking = (over: JsonObject): JsonObject => ({ ...gpuPool, ...over });
      const config = { ...(gpuPool['config'] as JsonObject), reservationAffinity: { ...affinity, values: ['none'] } };

      await expect(scene.pools.create(ref, asking({ initialNodeCount: 5 }), call)).rejects.toMatchObject({
        kind: 'capacity',
        facts: { code: 'RESERVATION_CAPACITY_EXCEEDED' },
      });
      await expect(scene.pools.create(ref, asking({ config }), call)).rejects.toMatchObject({
        kind: 'permanent',
        facts: { code: 'RESERVATION_NOT_FOUND' },
      });
    });

    test('fails an operation with the reason that GKE gives, and keeps the pool', async ({ scene }) => {
      await scene.create();
      const { reservationAffinity: _, ...onDemand } = gpuPool['config'] as JsonObject;
      const operation = await scene.pools.create(ref, { ...gpuPool, config: onDemand }, call);
      await scene.end(operation);

      const reading = await scene.clusters.readOperation(place, operation);
      expect(reading).toMatchObject({
        state: 'failed',
        error: { name: 'AutomationError', kind: 'capacity', facts: { code: 'STOCKOUT' } },
      });
      expect(await scene.pools.read(place, 'demo', 'h200')).toMatchObject({
        name: 'h200',
        status: expect.stringMatching(/ERROR/),
      });
    });

    test('is gone for a pool of a cluster that does not exist', async ({ scene }) => {
      await expect(scene.pools.create(ref, gpuPool, call)).rejects.toMatchObject({ kind: 'gone' });
    });

    test('calls an operation that nobody knows gone', async ({ scene: { clusters } }) => {
      expect(await clusters.readOperation(place, 'operation-1-none')).toMatchObject({ state: 'gone' });
    });
  });
}

const affinity = { consumeReservationType: 'SPECIFIC_RESERVATION', key: 'compute.googleapis.com/reservation-name' };

/** The ports with the steps that most cases begin with. */
class Scene {
  readonly clusters: Clusters;
  readonly pools: NodePools;
  readonly #time: TimeUnderTest;

  constructor(under: ClustersUnderTest) {
    this.clusters = under.clusters;
    this.pools = under.pools;
    this.#time = under;
  }

  async end(operation: string): Promise<void> {
    await this.#time.passUntil(async () => (await this.clusters.readOperation(place, operation)).state !== 'running');
  }

  async create(): Promise<void> {
    const operation = await this.clusters.create(place, clusterBody, call);
    await this.end(operation);
    const { state } = await this.clusters.readOperation(place, operation);
    if (state !== 'succeeded') throw new Error(`preparing a case: ${operation} is ${state}`);
  }
}
