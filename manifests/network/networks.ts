/** The three VPC networks of a cluster: NIC 0, the gVNIC beside it, and one for all RDMA NICs. */
import { ownershipDescription } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';

/** `compute.v1.Network`, the fields of a creation. A type alias, so that it is assignable to a JSON object; `mtu` is int32. */
export type NetworkBody = {
  readonly name: string;
  readonly description: string;
  readonly autoCreateSubnetworks: false;
  readonly routingConfig: { readonly routingMode: 'REGIONAL' };
  /** Bytes, 1300..8896 (compute.proto). */
  readonly mtu?: number;
  /** Partial URL; create-only. */
  readonly networkProfile?: string;
};

/** Jumbo frames, as AI-Hypercomputer/xpk `src/xpk/core/network.py` sets them on the second NIC. */
const GVNIC_MTU_BYTES = 8896;

/** Undefined when the primary network is somebody else's. */
export function primaryNetwork(cluster: ResolvedCluster): NetworkBody | undefined {
  if (cluster.addresses.primary === undefined) return undefined;
  return plainNetwork(cluster, cluster.names.primaryNetwork);
}

/** The second NIC of GPU nodes; on the A3 Ultra machine it is eth1. */
export function gvnicNetwork(cluster: ResolvedCluster): NetworkBody {
  return { ...plainNetwork(cluster, cluster.names.gvnicNetwork), mtu: GVNIC_MTU_BYTES };
}

/**
 * One network with a zonal RoCE profile carries all RDMA NICs. Without the profile NICs would have no RDMA whatever the MTU; with it
 * the MTU is 8896 by itself and firewall rules are refused, so there is none to build (VPC documentation, "RDMA network profiles").
 */
export function rdmaNetwork(cluster: ResolvedCluster): NetworkBody {
  const { names, place } = cluster;
  const networkProfile = `projects/${place.project}/global/networkProfiles/${names.networkProfile}`;
  return { ...plainNetwork(cluster, names.rdmaNetwork), networkProfile };
}

/** Subnets are ours to plan (no automatic ones), routes stay in the region. */
function plainNetwork({ target }: ResolvedCluster, name: string): NetworkBody {
  return {
    name,
    description: ownershipDescription(target),
    autoCreateSubnetworks: false,
    routingConfig: { routingMode: 'REGIONAL' },
  };
}

/** Partial URL of a network of the cluster's project, as other Compute bodies refer to it. */
export function networkPath({ place }: ResolvedCluster, name: string): string {
  return `projects/${place.project}/global/networks/${name}`;
}
