/** What a preflight asks Compute Engine and GKE. */
import { MachineTypesClient } from '@google-cloud/compute/build/src/v1/machine_types_client.js';
import { NetworkProfilesClient } from '@google-cloud/compute/build/src/v1/network_profiles_client.js';
import { ReservationsClient } from '@google-cloud/compute/build/src/v1/reservations_client.js';
import { at, listAt, textAt } from '../domain/compare.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { compareVersions } from '../domain/version.ts';
import { AutomationError } from '../errors.ts';
import type { ChannelVersions, ReservationFacts, ZoneFacts } from '../ports/zone-facts.ts';
import { attempt, clientOptions, ifThere, lazily, readTimeoutMs, withDeadline } from './calls.ts';
import { toRestJson } from './compute-json.ts';
import type { GoogleConnection } from './connection.ts';
import { gaxInstance } from './gax.ts';
import { gkeCallOf } from './gke-calls.ts';
import { locationPath } from './location-path.ts';

/**
 * What may be absent is listed with a filter instead of got by name: "not there" is an everyday answer here, and a 404 costs the
 * client far more than an empty list.
 */
export function makeZoneFacts({ connection }: { readonly connection: GoogleConnection }): ZoneFacts {
  const options = clientOptions(connection, 'compute');
  const profiles = lazily(() => new NetworkProfilesClient(options, gaxInstance));
  const machines = lazily(() => new MachineTypesClient(options, gaxInstance));
  const reservations = lazily(() => new ReservationsClient(options, gaxInstance));
  const callGke = gkeCallOf(connection);
  return {
    networkProfile: (project, profile) =>
      attempt(`looking up network profile ${profile}`, async () => {
        const [found] = await (await profiles()).list({ project, filter: named(profile) }, withDeadline(readTimeoutMs));
        return oneNamed(profile, found);
      }),
    offersMachine: (project, zone, machineType) =>
      attempt(`looking up machine type ${machineType} in ${zone}`, async () => {
        const request = { project, zone, filter: named(machineType) };
        const [found] = await (await machines()).list(request, withDeadline(readTimeoutMs));
        return oneNamed(machineType, found) !== undefined;
      }),
    reservation: (project, zone, name) =>
      // A project that is not there, or not shared with us, has no such reservation either.
      ifThere(`looking up reservation ${name} in ${zone}`, async () => {
        const [found] = await (await reservations()).list(
          { project, zone, filter: named(name) },
          withDeadline(readTimeoutMs),
        );
        const reservation = oneNamed(name, found);
        return reservation === undefined ? undefined : toReservationFacts(name, reservation);
      }),
    versions: (place) =>
      attempt(`reading the GKE versions of ${place.region}`, async () => {
        const config = await callGke('getServerConfig', { name: locationPath(place) }, readTimeoutMs);
        return { channels: listAt(config, 'channels').map(toChannelVersions) };
      }),
  };
}

/** Compute Engine REST reference, parameter `filter` of every list method. */
function named(name: string): string {
  return `name = "${name}"`;
}

/** Compared here as well: a service that ignored the filter must not make us take another resource for the one asked for. */
function oneNamed(name: string, found: readonly object[]): JsonObject | undefined {
  return found.map(toRestJson).find((resource) => resource['name'] === name);
}

function toReservationFacts(name: string, reservation: JsonObject): ReservationFacts {
  const machineType = textAt(reservation, 'specificReservation.instanceProperties.machineType');
  if (machineType === undefined) {
    throw new AutomationError(
      'permanent',
      `looking up reservation ${name}: it does not reserve VMs of one machine type`,
    );
  }
  return {
    machineType,
    status: textAt(reservation, 'status') ?? 'UNKNOWN',
    vmCount: toCount(at(reservation, 'specificReservation.count')),
    // Left out while no VM uses the reservation.
    vmsInUse: toCount(at(reservation, 'specificReservation.inUseCount')),
  };
}

/** 64-bit counts travel as decimal text; a count of zero may be left out. */
function toCount(value: Json | undefined): number {
  return value === undefined ? 0 : Number(value);
}

/** Sorted here: the order is documented for `validMasterVersions`, not for those of a channel (cluster_service.proto, ServerConfig). */
function toChannelVersions(channel: Json): ChannelVersions {
  return {
    channel: textAt(channel, 'channel') ?? 'UNSPECIFIED',
    defaultVersion: textAt(channel, 'defaultVersion') ?? '',
    validVersions: listAt(channel, 'validVersions')
      .map(String)
      .toSorted((a, b) => compareVersions(b, a) ?? 0),
  };
}
