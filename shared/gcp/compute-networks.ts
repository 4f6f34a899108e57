/** VPC networks, subnets, firewalls and routers of Compute Engine. */
import { FirewallsClient } from '@google-cloud/compute/build/src/v1/firewalls_client.js';
import { NetworksClient } from '@google-cloud/compute/build/src/v1/networks_client.js';
import { RoutersClient } from '@google-cloud/compute/build/src/v1/routers_client.js';
import { SubnetworksClient } from '@google-cloud/compute/build/src/v1/subnetworks_client.js';
import type { CallOptions } from 'google-gax';
import { textAt } from '../domain/compare.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';
import { AutomationError } from '../errors.ts';
import type { CloudNetworks, CreateResource, NetworkKind } from '../ports/cloud-networks.ts';
import { attempt, clientOptions, lazily, readTimeoutMs, withDeadline } from './calls.ts';
import { toRestJson } from './compute-json.ts';
import { makeComputeOperations } from './compute-operations.ts';
import type { GoogleConnection } from './connection.ts';
import { gaxInstance } from './gax.ts';
import { assertKnownFields, messageType } from './proto-json.ts';

export function makeComputeNetworks(options: { readonly connection: GoogleConnection }): CloudNetworks {
  const collections = makeCollections(options.connection);
  const operations = makeComputeOperations(options.connection);
  return {
    list: (kind, place) =>
      attempt(`listing ${kind} of ${whereOf(kind, place)}`, async () => {
        const resources = await collections[kind].list(place, withDeadline(readTimeoutMs));
        return resources.map(toRestJson);
      }),
    create: (kind, request, call) => {
      const doing = `creating ${singular[kind]} ${textAt(request.body, 'name') ?? '(unnamed)'}`;
      return attempt(doing, async () => {
        const name = await collections[kind].insert(request, withDeadline(call.timeoutMs));
        // Without its name the operation cannot be followed; the next look finds the resource itself.
        if (name === undefined) throw new AutomationError('transient', `${doing}: the answer names no operation`);
        return name;
      });
    },
    readOperation: (kind, place, operation) =>
      operations.read(isRegional(kind) ? place.region : 'global', place.project, operation),
  };
}

const singular: Readonly<Record<NetworkKind, string>> = {
  networks: 'network',
  subnetworks: 'subnet',
  firewalls: 'firewall',
  routers: 'router',
};

interface Collection {
  list(place: Place, options: CallOptions): Promise<readonly object[]>;
  /** Returns the operation's name. */
  insert(request: CreateResource, options: CallOptions): Promise<string | undefined>;
}

function makeCollections(connection: GoogleConnection): Readonly<Record<NetworkKind, Collection>> {
  const options = clientOptions(connection, 'compute');
  const networks = lazily(() => new NetworksClient(options, gaxInstance));
  const subnetworks = lazily(() => new SubnetworksClient(options, gaxInstance));
  const firewalls = lazily(() => new FirewallsClient(options, gaxInstance));
  const routers = lazily(() => new RoutersClient(options, gaxInstance));
  return {
    networks: {
      list: async ({ project }, call) => (await (await networks()).list({ project }, call))[0],
      insert: async ({ place, body, requestId }, call) => {
        const client = await networks();
        const networkResource = checked('Network', body);
        return nameOf((await client.insert({ project: place.project, networkResource, requestId }, call))[0]);
      },
    },
    subnetworks: {
      list: async (place, call) => (await (await subnetworks()).list({ ...place }, call))[0],
      insert: async ({ place, body, requestId }, call) => {
        const client = await subnetworks();
        const subnetworkResource = checked('Subnetwork', body);
        return nameOf((await client.insert({ ...place, subnetworkResource, requestId }, call))[0]);
      },
    },
    firewalls: {
      list: async ({ project }, call) => (await (await firewalls()).list({ project }, call))[0],
      insert: async ({ place, body, requestId }, call) => {
        const client = await firewalls();
        const firewallResource = checked('Firewall', body);
        return nameOf((await client.insert({ project: place.project, firewallResource, requestId }, call))[0]);
      },
    },
    routers: {
      list: async (place, call) => (await (await routers()).list({ ...place }, call))[0],
      insert: async ({ place, body, requestId }, call) => {
        const client = await routers();
        const routerResource = checked('Router', body);
        return nameOf((await client.insert({ ...place, routerResource, requestId }, call))[0]);
      },
    },
  };
}

/** A body whose every field the API has: the client would leave an unknown one out and create something else. */
function checked(type: string, body: JsonObject): object {
  assertKnownFields(messageType(`google.cloud.compute.v1.${type}`), body, type);
  return body;
}

function nameOf(operation: { readonly latestResponse: { readonly name?: string | null } }): string | undefined {
  return operation.latestResponse.name ?? undefined;
}

function isRegional(kind: NetworkKind): boolean {
  return kind === 'subnetworks' || kind === 'routers';
}

function whereOf(kind: NetworkKind, place: Place): string {
  return isRegional(kind) ? `${place.project}/${place.region}` : place.project;
}
