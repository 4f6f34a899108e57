/** The official client, unchanged, over real HTTP. */
import { GlobalOperationsClient } from '@google-cloud/compute/build/src/v1/global_operations_client.js';
import { FirewallsClient } from '@google-cloud/compute/build/src/v1/firewalls_client.js';
import { NetworkProfilesClient } from '@google-cloud/compute/build/src/v1/network_profiles_client.js';
import { NetworksClient } from '@google-cloud/compute/build/src/v1/networks_client.js';
import { RegionOperationsClient } from '@google-cloud/compute/build/src/v1/region_operations_client.js';
import { ReservationsClient } from '@google-cloud/compute/build/src/v1/reservations_client.js';
import { RoutersClient } from '@google-cloud/compute/build/src/v1/routers_client.js';
import { SubnetworksClient } from '@google-cloud/compute/build/src/v1/subnetworks_client.js';
import { PassThroughClient } from 'google-auth-library';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ComputeWorld } from '../../../emulator/compute/compute-world.ts';
import { computeService } from '../../../emulator/wires/compute-rest.ts';
import { serveHttp } from '../../../emulator/wires/http-server.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';

const project = 'demo';
const region = 'us-central1';
const clock = new WorldClock({ startMs: Date.UTC(2026, 8, 1), speed: 'max' });
const world = new ComputeWorld({
  clock,
  journal: new Journal(clock),
  random: new KeyedRandom('seed'),
  project,
  projectNumber: '123456789012',
});

let close = async () => {};
let port = 0;

beforeAll(async () => {
  const server = await serveHttp({ port: 0, services: [computeService(world)] });
  ({ port } = server);
  close = () => server.close();
  clock.start();
});

afterAll(() => close());

const options = () => ({
  apiEndpoint: '127.0.0.1',
  port,
  protocol: 'http',
  projectId: project,
  authClient: new PassThroughClient(),
});

/** What a mutating call answers; the client has no type for the running operation inside. */
type Started = readonly [{ readonly latestResponse: unknown }, ...unknown[]];

function operationName([started]: Started): string {
  const { latestResponse } = started;
  if (typeof latestResponse !== 'object' || latestResponse === null || !('name' in latestResponse))
    throw new Error('reading an operation: it has no name');
  return String(latestResponse.name);
}

const waitGlobal = async (started: Started) => {
  const operation = operationName(started);
  const [ended] = await new GlobalOperationsClient(options()).wait({ project, operation });
  return ended;
};

const waitRegion = async (started: Started) => {
  const operation = operationName(started);
  const [ended] = await new RegionOperationsClient(options()).wait({ project, region, operation });
  return ended;
};

it('builds an RDMA network with the official client', async () => {
  const networks = new NetworksClient(options());
  const subnetworks = new SubnetworksClient(options());
  const routers = new RoutersClient(options());
  const firewalls = new FirewallsClient(options());

  const [profile] = await new NetworkProfilesClient(options()).get({
    project,
    networkProfile: 'us-central1-b-vpc-roce',
  });
  const rdma = { name: 'rdma', autoCreateSubnetworks: false, networkProfile: profile.selfLink ?? '' };
  const ends = [
    await waitGlobal(
      await networks.insert({ project, networkResource: { name: 'net', autoCreateSubnetworks: false } }),
    ),
    await waitGlobal(await networks.insert({ project, networkResource: rdma })),
    await waitRegion(
      await subnetworks.insert({
        project,
        region,
        subnetworkResource: {
          name: 'sub',
          network: 'global/networks/net',
          ipCidrRange: '192.168.0.0/18',
          secondaryIpRanges: [{ rangeName: 'pods', ipCidrRange: '10.4.0.0/14' }],
        },
      }),
    ),
    await waitGlobal(
      await firewalls.insert({
        project,
        firewallResource: {
          name: 'fw',
          network: 'global/networks/net',
          sourceRanges: ['192.168.0.0/16'],
          allowed: [{ IPProtocol: 'tcp', ports: ['0-65535'] }],
        },
      }),
    ),
    await waitRegion(
      await routers.insert({
        project,
        region,
        routerResource: {
          name: 'router',
          network: 'global/networks/net',
          nats: [
            {
              name: 'nat',
              natIpAllocateOption: 'AUTO_ONLY',
              sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
            },
          ],
        },
      }),
    ),
  ];

  expect(ends.map(({ status, error }) => [status, error ?? 'no error'])).toEqual(ends.map(() => ['DONE', 'no error']));
  expect((await networks.get({ project, network: 'rdma' }))[0]).toMatchObject({ mtu: 8896, name: 'rdma' });
  expect((await subnetworks.get({ project, region, subnetwork: 'sub' }))[0]).toMatchObject({
    gatewayAddress: '192.168.0.1',
    secondaryIpRanges: [{ rangeName: 'pods', ipCidrRange: '10.4.0.0/14' }],
  });
  expect((await firewalls.get({ project, firewall: 'fw' }))[0]).toMatchObject({ allowed: [{ IPProtocol: 'tcp' }] });
  expect((await routers.get({ project, region, router: 'router' }))[0]).toMatchObject({ nats: [{ name: 'nat' }] });
});

it('reads 64-bit numbers of a reservation as text', async () => {
  const [reservation] = await new ReservationsClient(options()).get({
    project,
    zone: 'us-central1-b',
    reservation: 'h200-res',
  });

  expect(reservation).toMatchObject({ status: 'READY', specificReservation: { count: '4' } });
});

it('walks the pages of a list and of an aggregated list', async () => {
  const networks: string[] = [];
  const scopes: string[] = [];

  for await (const { name } of new NetworksClient(options()).listAsync({ project, maxResults: 1 }))
    networks.push(name ?? '');
  for await (const [scope, { subnetworks }] of new SubnetworksClient(options()).aggregatedListAsync({ project }))
    if ((subnetworks ?? []).length > 0) scopes.push(scope);

  expect(networks).toEqual(['net', 'rdma']);
  expect(scopes).toEqual(['regions/us-central1']);
});

it('repeats a request with the same id without a second effect', async () => {
  const networks = new NetworksClient(options());
  const request = {
    project,
    requestId: 'a3bb189e-8bf9-5888-9912-ace4e6543002',
    networkResource: { name: 'once', autoCreateSubnetworks: false },
  };

  const first = await networks.insert(request);
  const second = await networks.insert(request);

  expect(operationName(second)).toBe(operationName(first));
  expect(world.operations.filter(({ clientOperationId }) => clientOperationId === request.requestId)).toHaveLength(1);
});

it.each([
  {
    what: 'a missing network',
    code: 5,
    text: 'was not found',
    call: () => new NetworksClient(options()).get({ project, network: 'none' }),
  },
  {
    // ABORTED and not ALREADY_EXISTS: googleapis/google-cloud-dotnet #11718.
    what: 'a name that is taken',
    code: 10,
    text: 'already exists',
    call: () =>
      new NetworksClient(options()).insert({ project, networkResource: { name: 'net', autoCreateSubnetworks: false } }),
  },
  {
    what: 'a firewall on the RDMA network',
    code: 3,
    text: 'VPC firewall rules are not supported',
    call: () =>
      new FirewallsClient(options()).insert({
        project,
        firewallResource: { name: 'x', network: 'global/networks/rdma', allowed: [{ IPProtocol: 'tcp' }] },
      }),
  },
  {
    what: 'a call that is not served',
    code: 12,
    text: 'does not serve POST',
    call: () => new NetworksClient(options()).switchToCustomMode({ project, network: 'net' }),
  },
])('reports $what as the client reports it from Google', async ({ code, text, call }) => {
  await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
});

it('reports a deletion that failed in the operation and not in the call', async () => {
  const ended = await waitGlobal(await new NetworksClient(options()).delete({ project, network: 'net' }));

  expect(ended).toMatchObject({
    status: 'DONE',
    httpErrorStatusCode: 400,
    error: { errors: [{ code: 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE' }] },
  });
});
