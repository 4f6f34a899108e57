/** The instance groups of node pools, as Compute Engine shows and changes them. The machines themselves are GKE's here. */
import type { GroupSource, MachineGroup } from '../compute/instance-groups.ts';
import { reservationName } from './capacity.ts';
import { targetOf } from './groups.ts';
import { groupBaseName } from './instances.ts';
import { deleteInstances } from './repairs.ts';
import type { GkeContext, PoolOfCluster } from './state.ts';

export function viewGroups(context: GkeContext): GroupSource {
  return {
    all: () => allPools(context).flatMap(toGroups),
    deleteInstances: ({ name, zone }, names) => {
      const found = allPools(context).find((place) => toGroups(place).some((group) => group.name === name));
      if (found === undefined) throw new Error(`deleting machines of group ${name}: it is of no node pool`);
      const leaving = found.pool.instances.filter((one) => one.zone === zone && names.includes(one.name));
      deleteInstances(context, found, leaving);
    },
  };
}

/** The node pool that a machine is of. */
export function findMachine(context: GkeContext, name: string): PoolOfCluster | undefined {
  return allPools(context).find(({ pool }) => pool.instances.some((instance) => instance.name === name));
}

function allPools({ clusters }: GkeContext): readonly PoolOfCluster[] {
  return [...clusters.values()].flatMap((cluster) => [...cluster.pools.values()].map((pool) => ({ cluster, pool })));
}

/** One in each zone, all of one name (views.ts shows their addresses). */
function toGroups({ cluster, pool }: PoolOfCluster): readonly MachineGroup[] {
  const baseName = groupBaseName(cluster, pool);
  const reservation = reservationName(pool.spec);
  return pool.zones.map((zone) => ({
    name: `${baseName}-grp`,
    zone,
    baseName,
    createdAtMs: pool.createdAtMs,
    targetSize: targetOf(pool, zone),
    ...(reservation !== undefined && { reservation }),
    machines: pool.instances
      .filter((instance) => instance.zone === zone)
      .map(({ name }) => ({ name, action: pool.actions.get(name) ?? 'NONE' })),
  }));
}
