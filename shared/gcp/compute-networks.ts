/**
 * VPC networks, subnets, firewalls and routers of Compute Engine. The clients repeat reads on UNAVAILABLE within the deadline and
 * never repeat an insert (retry codes in the packages' `*_client_config.json`): what is repeated, the loop repeats, with the same
 * request id.
 */
import { FirewallsClient } from '@google-cloud/compute/build/src/v1/firewalls_client.js';
import { NetworksClient } from '@google-cloud/compute/build/src/v1/networks_client.js';
import { RoutersClient } from '@google-cloud/compute/build/src/v1/routers_client.js';
import { SubnetworksClient } from '@google-cloud/compute/build/src/v1/subnetworks_client.js';
import type { CallOptions, ClientOptions } from 'google-gax';
import { textAt } from '../domain/compare.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';
import { type CloudNetworks, type CreateResource, type NetworkKind, networkNouns } from '../ports/cloud-networks.ts';
import { attempt, clientOptions, lazily, readTimeoutMs, startOperation, withDeadline } from './calls.ts';
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
    create: (kind, request, call) =>
      startOperation(`creating ${networkNouns[kind]} ${textAt(request.body, 'name') ?? '(unnamed)'}`, () =>
        collections[kind].insert(request, withDeadline(call.timeoutMs)),
      ),
    readOperation: (kind, place, operation) =>
      operations.read(isRegional(kind) ? place.region : 'global', place.project, operation),
  };
}

/** One kind's two calls; the clients differ in the name of the body and in whether there is a region. */
interface Collection {
  /** All pages: the clients follow `nextPageToken` themselves. */
  list(place: Place, options: CallOptions): Promise<readonly object[]>;
  /** Returns the operation's name. */
  insert(request: CreateResource, options: CallOptions): Promise<string | undefined>;
}

function makeCollections(connection: GoogleConnection): Readonly<Record<NetworkKind, Collection>> {
  const options = clientOptions(connection, 'compute');
  return {
    networks: networks(options),
    subnetworks: subnetworks(options),
    firewalls: firewalls(options),
    routers: routers(options),
  };
}

function networks(options: ClientOptions): Collection {
  const client = lazily(() => new NetworksClient(options, gaxInstance));
  return {
    list: async ({ project }, call) => (await (await client()).list({ project }, call))[0],
    insert: async ({ place: { project }, body, requestId }, call) => {
      const made = await client();
      return nameOf(await made.insert({ project, networkResource: checked('Network', body), requestId }, call));
    },
  };
}

function subnetworks(options: ClientOptions): Collection {
  const client = lazily(() => new SubnetworksClient(options, gaxInstance));
  return {
    list: async (place, call) => (await (await client()).list({ ...place }, call))[0],
    insert: async ({ place, body, requestId }, call) => {
      const made = await client();
      return nameOf(await made.insert({ ...place, subnetworkResource: checked('Subnetwork', body), requestId }, call));
    },
  };
}

function firewalls(options: ClientOptions): Collection {
  const client = lazily(() => new FirewallsClient(options, gaxInstance));
  return {
    list: async ({ project }, call) => (await (await client()).list({ project }, call))[0],
    insert: async ({ place: { project }, body, requestId }, call) => {
      const made = await client();
      return nameOf(await made.insert({ project, firewallResource: checked('Firewall', body), requestId }, call));
    },
  };
}

function routers(options: ClientOptions): Collection {
  const client = lazily(() => new RoutersClient(options, gaxInstance));
  return {
    list: async (place, call) => (await (await client()).list({ ...place }, call))[0],
    insert: async ({ place, body, requestId }, call) => {
      const made = await client();
      return nameOf(await made.insert({ ...place, routerResource: checked('Router', body), requestId }, call));
    },
  };
}

/** A body whose every field the API has: the client would leave an unknown one out and create something else. */
function checked(type: string, body: JsonObject): object {
  assertKnownFields(messageType(`google.cloud.compute.v1.${type}`), body, type);
  return body;
}

/** The operation as first answered; the clients give compute operations no way to wait. */
type InsertAnswer = readonly [{ readonly latestResponse: { readonly name?: string | null } }, ...unknown[]];

function nameOf([operation]: InsertAnswer): string | undefined {
  return operation.latestResponse.name ?? undefined;
}

/** Operations of a regional kind are regional, too. */
function isRegional(kind: NetworkKind): boolean {
  return kind === 'subnetworks' || kind === 'routers';
}

function whereOf(kind: NetworkKind, place: Place): string {
  return isRegional(kind) ? `${place.project}/${place.region}` : place.project;
}
