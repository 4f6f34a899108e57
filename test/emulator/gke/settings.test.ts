/** Calls that change settings and no machine. */
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  clusterPath,
  location,
  makeGkeWithCluster,
  minuteMs,
  poolBody,
  poolPath,
  type TestGke,
} from './gke-fixtures.ts';

function makeGkeWithPool(): TestGke {
  const gke = makeGkeWithCluster();
  gke.world.createNodePool(clusterPath, poolBody());
  gke.pass(40 * minuteMs);
  return gke;
}

const lastOperation = ({ world }: TestGke) => world.operations.at(-1);

describe('a setting of the cluster', () => {
  it.each([
    {
      name: 'the release channel',
      update: { desiredReleaseChannel: { channel: 'RAPID' } },
      shown: { releaseChannel: { channel: 'RAPID' } },
    },
    {
      name: 'one add-on, beside the others',
      update: { desiredAddonsConfig: { dnsCacheConfig: { enabled: true } } },
      shown: { addonsConfig: { dnsCacheConfig: { enabled: true }, gcsFuseCsiDriverConfig: { enabled: true } } },
    },
    {
      name: 'the Gateway API, beside the other network settings',
      update: { desiredGatewayApiConfig: { channel: 'CHANNEL_DISABLED' } },
      shown: { networkConfig: { gatewayApiConfig: { channel: 'CHANNEL_DISABLED' }, enableMultiNetworking: true } },
    },
  ])('changes when the operation ends: $name', ({ update, shown }) => {
    const gke = makeGkeWithPool();

    const operation = gke.world.settings.updateCluster(clusterPath, update);
    const before = gke.world.getCluster(clusterPath);
    gke.pass(minuteMs);

    expect(operation).toMatchObject({ operationType: 'UPDATE_CLUSTER' });
    expect(before).not.toMatchObject(shown);
    expect(gke.world.getCluster(clusterPath)).toMatchObject(shown);
    expect(lastOperation(gke)).toMatchObject({ status: 'DONE' });
  });

  it.each([
    { update: { desiredMasterVersion: 'latest' }, named: 'desiredMasterVersion' },
    {
      update: { desiredReleaseChannel: {}, desiredLoggingService: 'none' },
      named: 'desiredReleaseChannel, desiredLoggingService',
    },
    { update: {}, named: 'nothing' },
  ])('is refused plainly where it is not served: $named', ({ update, named }) => {
    const { world } = makeGkeWithPool();

    expect(() => world.settings.updateCluster(clusterPath, update as JsonMap)).toThrow(
      `The local cloud does not serve UpdateCluster with ${named}.`,
    );
  });

  it('keeps labels and the maintenance policy as they were sent', () => {
    const { world, pass } = makeGkeWithPool();
    const policy = { window: { dailyMaintenanceWindow: { startTime: '02:00' } } };

    world.settings.setLabels(clusterPath, { a: 'b' });
    pass(minuteMs);
    world.settings.setMaintenancePolicy(clusterPath, policy);
    pass(minuteMs);

    expect(world.getCluster(clusterPath)).toMatchObject({ resourceLabels: { a: 'b' }, maintenancePolicy: policy });
  });

  it('waits for an operation that takes the cluster', () => {
    const { world } = makeGkeWithPool();
    world.startForeignOperation('demo', 'UPGRADE_MASTER', minuteMs);

    expect(() => world.settings.setLabels(clusterPath, {})).toThrow('Cluster is running incompatible operation');
  });
});

describe('a setting of a pool', () => {
  it('changes when the operation ends, and leaves the machines alone', () => {
    const gke = makeGkeWithPool();
    const machines = gke.runtime.of('gpu');

    gke.world.settings.updateNodePool(poolPath, {
      name: poolPath,
      labels: { labels: { team: 'serving' } },
      taints: {},
      upgradeSettings: { maxSurge: 2 },
    });
    gke.pass(minuteMs);

    expect(gke.world.getNodePool(poolPath)).toMatchObject({
      config: { labels: { team: 'serving' }, taints: [], machineType: 'a3-ultragpu-8g' },
      upgradeSettings: { maxSurge: 2 },
    });
    expect(gke.runtime.of('gpu')).toEqual(machines);
  });

  it('is refused plainly where machines would have to be made anew', () => {
    const { world } = makeGkeWithPool();

    expect(() => world.settings.updateNodePool(poolPath, { machineType: 'a3-megagpu-8g', labels: {} })).toThrow(
      'The local cloud does not serve UpdateNodePool with machineType.',
    );
  });

  it('is its management too, which runs beside other operations', () => {
    const { world, pass } = makeGkeWithPool();
    world.startForeignOperation('demo', 'UPGRADE_MASTER', 60 * minuteMs);

    world.settings.setNodePoolManagement(poolPath, { autoRepair: true });
    pass(minuteMs);

    expect(world.getNodePool(poolPath)['management']).toEqual({ autoRepair: true });
  });

  it('is not touched by a rollback, since no upgrade failed', () => {
    const gke = makeGkeWithPool();
    const before = gke.world.getNodePool(poolPath);

    gke.world.settings.rollbackNodePoolUpgrade(poolPath);
    gke.pass(minuteMs);

    expect(lastOperation(gke)).toMatchObject({ operationType: 'UPGRADE_NODES', status: 'DONE' });
    expect(gke.world.getNodePool(poolPath)).toEqual(before);
  });
});

describe('cancelling an operation', () => {
  const pathOf = (operation: JsonMap | undefined) => `${location}/operations/${String(operation?.['name'])}`;

  it('ends an upgrade early', () => {
    const gke = makeGkeWithPool();
    gke.world.startForeignOperation('demo/gpu', 'UPGRADE_NODES', 60 * minuteMs);

    gke.world.settings.cancelOperation(pathOf(lastOperation(gke)));
    const during = lastOperation(gke);
    gke.pass(minuteMs);

    expect(during).toMatchObject({ status: 'ABORTING' });
    expect(lastOperation(gke)).toMatchObject({ status: 'DONE' });
    expect(gke.world.getNodePool(poolPath)['status']).toBe('RUNNING');
  });

  it('is refused for one that is over, and for one that cannot be stopped', () => {
    const gke = makeGkeWithPool();
    const over = lastOperation(gke);
    const running = gke.world.deleteNodePool(poolPath);

    for (const operation of [over, running])
      expect(() => gke.world.settings.cancelOperation(pathOf(operation))).toThrow('cannot be cancelled');
    expect(() => gke.world.settings.cancelOperation(`${location}/operations/none`)).toThrow('Not found');
  });
});
