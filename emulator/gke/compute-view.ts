/** Compute Engine as GKE asks it. */
import type { ComputeWorld } from '../compute/compute-world.ts';
import type { GkeCompute } from './parts.ts';

export function viewCompute(compute: ComputeWorld): GkeCompute {
  return {
    findNetwork: (nameOrUrl) => compute.findNetwork(nameOrUrl),
    findSubnetwork: (region, nameOrUrl) => compute.findSubnetwork(region, nameOrUrl),
    findReservation: (zone, name) => compute.findReservation(zone, name),
    offersMachine: (zone, machineType) => offers(compute, zone, machineType),
    attach: (region, subnetwork, user) => compute.attach({ region, name: lastPart(subnetwork) }, user),
    detach: (user) => compute.detach(user),
  };
}

function offers(compute: ComputeWorld, zone: string, machineType: string): boolean {
  const { items } = compute.list('machineTypes', { zone });
  return Array.isArray(items) && items.some((item) => isNamed(item, machineType));
}

function isNamed(item: unknown, name: string): boolean {
  return typeof item === 'object' && item !== null && 'name' in item && item.name === name;
}

function lastPart(nameOrUrl: string): string {
  return nameOrUrl.slice(nameOrUrl.lastIndexOf('/') + 1);
}
