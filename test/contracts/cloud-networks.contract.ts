import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import type { CloudNetworks, NetworkKind } from '#shared/ports/cloud-networks.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import type { TimeUnderTest } from './time-under-test.ts';

export interface NetworksUnderTest extends TimeUnderTest {
  readonly networks: CloudNetworks;
}

const place = { project: 'demo', region: 'us-central1' };
const call = fencedCall(10_000);
const requestId = (n: number) => `6ba7b810-9dad-41d1-80b4-${String(n).padStart(12, '0')}`;

const vpc = (name: string): JsonObject => ({
  name,
  autoCreateSubnetworks: false,
  routingConfig: { routingMode: 'REGIONAL' },
  mtu: 8896,
});
const roceVpc = {
  name: 'rdma',
  autoCreateSubnetworks: false,
  networkProfile: 'projects/demo/global/networkProfiles/us-central1-b-vpc-roce',
};
const subnet = (name: string, ipCidrRange: string, over: JsonObject = {}): JsonObject => ({
  name,
  network: 'projects/demo/global/networks/net',
  ipCidrRange,
  privateIpGoogleAccess: true,
  secondaryIpRanges: [{ rangeName: 'pods', ipCidrRange: '10.4.0.0/14' }],
  ...over,
});
const firewall = (network: string): JsonObject => ({
  name: 'internal',
  network: `projects/demo/global/networks/${network}`,
  direction: 'INGRESS',
  sourceRanges: ['192.168.0.0/16'],
  allowed: [{ IPProtocol: 'tcp' }, { IPProtocol: 'udp' }],
});
const router: JsonObject = {
  name: 'nat-router',
  network: 'projects/demo/global/networks/net',
  nats: [
    { name: 'nat', natIpAllocateOption: 'AUTO_ONLY', sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' },
  ],
};

/** What every `CloudNetworks` promises. Each case gets a fresh project `demo` without networks. */
export function defineCloudNetworksContract(name: string, make: () => Promise<NetworksUnderTest>): void {
  describe(`CloudNetworks contract: ${name}`, () => {
    const test = it.extend<{ scene: Scene }>({
      scene: async ({ onTestFinished }, use) => {
        const under = await make();
        onTestFinished(() => under.close());
        await use(new Scene(under));
      },
    });

    test('lists nothing where nothing is', async ({ scene: { networks } }) => {
      for (const kind of ['networks', 'subnetworks', 'firewalls', 'routers'] as const) {
        expect(await networks.list(kind, place)).toEqual([]);
      }
    });

    test('creates a network by an operation that runs and then succeeds', async ({ scene }) => {
      const operation = await scene.start('networks', vpc('net'));

      expect(await scene.networks.readOperation('networks', place, operation)).toMatchObject({ state: 'running' });
      await scene.end('networks', operation);
      expect(await scene.networks.readOperation('networks', place, operation)).toEqual({ state: 'succeeded' });
      expect(await scene.networks.list('networks', place)).toEqual([expect.objectContaining(vpc('net'))]);
    });

    test('shows every kind as it was sent, in the form of the REST API', async ({ scene }) => {
      await scene.create('networks', vpc('net'));
      await scene.create('subnetworks', subnet('net-sub', '192.168.0.0/18'));
      await scene.create('firewalls', firewall('net'));
      await scene.create('routers', router);
      await scene.create('networks', roceVpc);

      const shown = async (kind: NetworkKind) =>
        (await scene.networks.list(kind, place)).map((item) => JSON.stringify(item));
      expect(await scene.networks.list('subnetworks', place)).toMatchObject([
        {
          ...subnet('net-sub', '192.168.0.0/18'),
          network: expect.stringMatching(/\/projects\/demo\/global\/networks\/net$/),
          id: expect.stringMatching(/^\d+$/),
        },
      ]);
      expect(await scene.networks.list('firewalls', place)).toMatchObject([
        { ...firewall('net'), network: expect.stringContaining('/networks/net') },
      ]);
      expect(await scene.networks.list('routers', place)).toMatchObject([
        { ...router, network: expect.stringContaining('/networks/net') },
      ]);
      expect(await scene.networks.list('networks', place)).toContainEqual(
        expect.objectContaining({ name: 'rdma', networkProfile: expect.stringContaining('us-central1-b-vpc-roce') }),
      );
      expect(await shown('networks')).not.toContainEqual(expect.stringMatching(/null|"_/));
    });

    test('keeps regional kinds apart by region', async ({ scene }) => {
      await scene.create('networks', vpc('net'));
      await scene.create('subnetworks', subnet('net-sub', '192.168.0.0/18'));

      expect(await scene.networks.list('subnetworks', { ...place, region: 'europe-west1' })).toEqual([]);
    });

    test('answers a repeated request id with the first operation and creates once', async ({ scene }) => {
      const request = { place, body: vpc('net'), requestId: requestId(1) };
      const first = await scene.networks.create('networks', request, call);

      expect(await scene.networks.create('networks', request, call)).toBe(first);
      await scene.end('networks', first);
      expect(await scene.networks.create('networks', request, call)).toBe(first);
      expect(await scene.networks.list('networks', place)).toHaveLength(1);
    });

    test('says that a name is taken', async ({ scene }) => {
      await scene.create('networks', vpc('net'));

      await expect(scene.start('networks', vpc('net'))).rejects.toMatchObject({
        name: 'AutomationError',
        kind: 'exists',
        message: expect.stringMatching(/networks\/net' already exists/),
      });
    });

    test('is busy while a network is not ready, and says which', async ({ scene }) => {
      await scene.start('networks', vpc('net'));

      await expect(scene.start('subnetworks', subnet('net-sub', '192.168.0.0/18'))).rejects.toMatchObject({
        kind: 'busy',
        facts: { code: 'RESOURCE_NOT_READY', waitingFor: 'projects/demo/global/networks/net' },
      });
    });

    test('is gone where the network does not exist', async ({ scene }) => {
      await expect(scene.start('subnetworks', subnet('net-sub', '192.168.0.0/18'))).rejects.toMatchObject({
        kind: 'gone',
      });
    });

    test('refuses what can never work', async ({ scene }) => {
      await scene.create('networks', vpc('net'));
      await scene.create('networks', roceVpc);
      await scene.create('subnetworks', subnet('net-sub', '192.168.0.0/18'));

      const overlapping = subnet('net-sub-2', '192.168.32.0/20', { secondaryIpRanges: [] });
      await expect(scene.start('subnetworks', overlapping)).rejects.toMatchObject({ kind: 'permanent' });
      await expect(scene.start('firewalls', firewall('rdma'))).rejects.toMatchObject({ kind: 'permanent' });
      await expect(scene.start('networks', { ...vpc('other'), networkProfle: 'x' })).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('networkProfle'),
      });
    });

    test('calls an operation that nobody knows gone', async ({ scene: { networks } }) => {
      expect(await networks.readOperation('networks', place, 'operation-1-none')).toMatchObject({
        state: 'gone',
      });
      expect(await networks.readOperation('routers', place, 'operation-1-none')).toMatchObject({ state: 'gone' });
    });
  });
}

/** The ports with the steps that most cases begin with. */
class Scene {
  readonly networks: CloudNetworks;
  readonly #time: TimeUnderTest;
  #requests = 100;

  constructor(under: NetworksUnderTest) {
    this.networks = under.networks;
    this.#time = under;
  }

  start(kind: NetworkKind, body: JsonObject): Promise<string> {
    return this.networks.create(kind, { place, body, requestId: requestId(this.#requests++) }, call);
  }

  async end(kind: NetworkKind, operation: string): Promise<void> {
    await this.#time.passUntil(
      async () => (await this.networks.readOperation(kind, place, operation)).state !== 'running',
    );
  }

  async create(kind: NetworkKind, body: JsonObject): Promise<void> {
    const operation = await this.start(kind, body);
    await this.end(kind, operation);
    const { state } = await this.networks.readOperation(kind, place, operation);
    if (state !== 'succeeded') throw new Error(`preparing a case: ${operation} is ${state}`);
  }
}
