/** The hardware of a stack, read off the document of the cluster that it goes to. */
import type { ClusterDocument, Networking } from '../cluster.ts';
import type { ResolvedCluster } from '../resolved-cluster.ts';
import type { Hardware } from './hardware.ts';

export type ClusterHardware =
  | { readonly hardware: Hardware }
  /** Why there is none, as the rest of a sentence about the cluster. */
  | { readonly problem: string };

/**
 * How its pods get their NICs. With `multi-network` nothing is written: the attachment that is meant when left out is the annotations of
 * that mode where whole nodes talk to each other, and none where they do not, which annotations would refuse.
 */
const attachments: { readonly [mode in NonNullable<Networking['mode']>]: Pick<Hardware, 'rdma'> } = {
  'multi-network': {},
};

/** `pool`: the name of a GPU pool; may be left out where the cluster has one alone. */
export function hardwareOf(cluster: ClusterDocument | ResolvedCluster, pool?: string): ClusterHardware {
  const { mode, pools } = readCluster(cluster);
  const found = pool === undefined ? pools : pools.filter(({ name }) => name === pool);
  const [one, ...others] = found;
  const names = pools.map(({ name }) => name).join(', ');
  if (one === undefined) return { problem: `has no GPU pool ${pool ?? ''}: it has ${names || 'none'}` };
  if (others.length > 0) return { problem: `has several GPU pools, so one has to be named: ${names}` };
  return { hardware: { machineType: one.machineType, nodePool: one.name, ...attachments[mode] } };
}

interface ClusterParts {
  readonly mode: NonNullable<Networking['mode']>;
  readonly pools: readonly { readonly name: string; readonly machineType: string }[];
}

function readCluster(cluster: ClusterDocument | ResolvedCluster): ClusterParts {
  if ('spec' in cluster) {
    const { networking, gpuPools } = cluster.spec;
    return { mode: networking?.mode ?? 'multi-network', pools: gpuPools };
  }
  // The one mode that is built; a resolved cluster does not say it.
  const pools = cluster.gpuPools.map(({ name, machine }) => ({ name, machineType: machine.machineType }));
  return { mode: 'multi-network', pools };
}
