/** The resources that are there before anybody has created anything, made from the facts. */
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import {
  type ComputeCollection,
  type ComputePlace,
  collectionShapes,
  linkOf,
  regionOfZone,
  resourcePath,
  timestampOf,
} from './collections.ts';
import {
  type ComputeFacts,
  type MachineTypeFacts,
  type ReservationFacts,
  roceFeatures,
  type ZoneFacts,
} from './facts.ts';
import { randomId } from './identity.ts';
import type { Resource } from './store.ts';

export function makeInventory(base: WorldBase, facts: ComputeFacts): readonly Resource[] {
  const regions = [...new Set(facts.zones.map((zone) => regionOfZone(zone.name)))];
  const make = (collection: ComputeCollection, place: ComputePlace, name: string, fields: JsonMap): Resource => {
    const path = resourcePath(base.project, collection, place, name);
    return {
      collection,
      place,
      name,
      path,
      busy: false,
      body: { ...identify(base, collection, path), name, ...fields },
    };
  };
  return [
    ...regions.map((name) => make('regions', {}, name, describeRegion(base, name, facts))),
    ...facts.zones.map(({ name }) => make('zones', {}, name, describeZone(base, name))),
    ...facts.zones.flatMap((zone) => zone.networkProfiles.map((kind) => profile(zone, kind, make))),
    ...facts.zones.flatMap((zone) =>
      zone.machineTypes.map((name) => {
        const machine = facts.machineTypes[name];
        if (machine === undefined) throw new Error(`making zone ${zone.name}: machine type ${name} is not described`);
        return make('machineTypes', { zone: zone.name }, name, { ...describeMachine(machine), zone: zone.name });
      }),
    ),
    ...facts.reservations.map((one) =>
      make('reservations', { zone: one.zone }, one.name, describeReservation(base, one)),
    ),
  ];
}

/** Output fields that every resource has. */
export function identify(base: WorldBase, collection: ComputeCollection, path: string, generation = 0): JsonMap {
  return {
    kind: collectionShapes[collection].kind,
    id: randomId(base.random, 'compute', path, generation),
    creationTimestamp: timestampOf(base.clock.nowMs()),
    selfLink: linkOf(path),
  };
}

function describeRegion(base: WorldBase, region: string, facts: ComputeFacts): JsonMap {
  const zones = facts.zones.filter((zone) => regionOfZone(zone.name) === region);
  return {
    description: region,
    status: 'UP',
    zones: zones.map((zone) => linkOf(resourcePath(base.project, 'zones', {}, zone.name))),
  };
}

function describeZone(base: WorldBase, zone: string): JsonMap {
  const region = linkOf(resourcePath(base.project, 'regions', {}, regionOfZone(zone)));
  return { description: zone, status: 'UP', region };
}

type Make = (collection: ComputeCollection, place: ComputePlace, name: string, fields: JsonMap) => Resource;

function profile(zone: ZoneFacts, kind: 'vpc-roce', make: Make): Resource {
  return make('networkProfiles', {}, `${zone.name}-${kind}`, {
    description: `RoCE network profile in ${zone.name}`,
    location: { name: zone.name, scope: 'ZONE' },
    profileType: { networkType: 'RDMA', rdmaSubtype: 'ROCE' },
    features: roceFeatures,
  });
}

function describeMachine(machine: MachineTypeFacts): JsonMap {
  const { accelerator, localSsdCount } = machine;
  return {
    guestCpus: machine.guestCpus,
    memoryMb: machine.memoryGib * 1024,
    architecture: 'X86_64',
    isSharedCpu: machine.isSharedCpu ?? false,
    ...(accelerator !== undefined && {
      accelerators: [{ guestAcceleratorType: accelerator.type, guestAcceleratorCount: accelerator.count }],
    }),
    ...(localSsdCount !== undefined && {
      bundledLocalSsds: { defaultInterface: 'NVME', partitionCount: localSsdCount },
    }),
  };
}

function describeReservation(base: WorldBase, reservation: ReservationFacts): JsonMap {
  return {
    status: reservation.status,
    specificReservationRequired: reservation.specificReservationRequired,
    specificReservation: {
      count: String(reservation.count),
      inUseCount: String(reservation.inUseCount),
      assuredCount: String(reservation.count),
      instanceProperties: { machineType: reservation.machineType },
    },
    shareSettings: { shareType: 'LOCAL' },
    zone: linkOf(resourcePath(base.project, 'zones', {}, reservation.zone)),
  };
}
