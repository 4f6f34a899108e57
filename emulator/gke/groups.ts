/** Arithmetic of instance groups: one group of machines in each zone of a node pool. */
import type { Instance } from './instance.ts';
import type { ClusterState, NodePoolState } from './state.ts';

/** Machines of a zone that are not on their way out. */
export function staying(pool: NodePoolState, zone: string): readonly Instance[] {
  return pool.instances.filter(({ zone: at, name }) => at === zone && pool.actions.get(name) !== 'DELETING');
}

export function targetOf(pool: NodePoolState, zone: string): number {
  return pool.targets.get(zone) ?? 0;
}

/** Machines that the groups of all zones are to have. */
export function totalTarget(pool: NodePoolState): number {
  return pool.zones.reduce((sum, zone) => sum + targetOf(pool, zone), 0);
}

export function setTargets(pool: NodePoolState, perZone: number): void {
  for (const zone of pool.zones) pool.targets.set(zone, perZone);
}

/** Whether any zone would need more machines than it has or is getting. */
export function growsBeyond(pool: NodePoolState, perZone: number): boolean {
  return pool.zones.some((zone) => ownMachines(pool, zone) < perZone);
}

/** The zones of machines that are still to be made, in turn. Example: two in a and one in b: a, b, a. */
export function missingZones(pool: NodePoolState): readonly string[] {
  const missing = pool.zones.map((zone) => ({
    zone,
    count: Math.max(targetOf(pool, zone) - staying(pool, zone).length - countComing(pool, zone), 0),
  }));
  const rounds = Math.max(0, ...missing.map(({ count }) => count));
  return Array.from({ length: rounds }, (_, round) =>
    missing.filter(({ count }) => round < count).map(({ zone }) => zone),
  ).flat();
}

/** Machines of a reservation that a pool holds in a zone: while it grows all that it is to have, later those that it got. */
export function heldMachines(pool: NodePoolState, zone: string): number {
  const growing = pool.status === 'PROVISIONING' || pool.status === 'RECONCILING';
  return growing ? targetOf(pool, zone) : ownMachines(pool, zone);
}

/** Machines of a zone that are there to stay or on their way. */
export function ownMachines(pool: NodePoolState, zone: string): number {
  return staying(pool, zone).length + countComing(pool, zone);
}

function countComing(pool: NodePoolState, zone: string): number {
  return pool.coming.filter((at) => at === zone).length;
}

/** Whether the pool still has a future in its cluster. */
export function isAlive(cluster: ClusterState, pool: NodePoolState): boolean {
  return pool.status !== 'STOPPING' && cluster.pools.get(pool.name) === pool;
}
