import { ownershipDescription } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { networkPath } from './networks.ts';

/** `compute.v1.Subnetwork`, the fields of a creation; the region is part of the call. */
export type SubnetworkBody = {
  readonly name: string;
  readonly description: string;
  readonly network: string;
  readonly ipCidrRange: string;
  readonly privateIpGoogleAccess?: boolean;
  readonly secondaryIpRanges?: readonly { readonly rangeName: string; readonly ipCidrRange: string }[];
  readonly purpose?: 'REGIONAL_MANAGED_PROXY';
  readonly role?: 'ACTIVE';
};

/** Nodes, with secondary ranges for pods and services. Private nodes reach Google's APIs without NAT. */
export function primarySubnetwork(cluster: ResolvedCluster): SubnetworkBody | undefined {
  const { names, addresses } = cluster;
  if (addresses.primary === undefined) return undefined;
  const { nodes, pods, services } = addresses.primary;
  return {
    ...subnetwork(cluster, names.primarySubnetwork, names.primaryNetwork, nodes),
    privateIpGoogleAccess: true,
    secondaryIpRanges: [
      { rangeName: names.podsRange, ipCidrRange: pods },
      { rangeName: names.servicesRange, ipCidrRange: services },
    ],
  };
}

/**
 * For the proxies of regional Gateway classes. It must lie in the network that the Gateway's backends are in, which is the primary one
 * (Load Balancing documentation, "Proxy-only subnets"). `privateIpGoogleAccess` does not apply to it.
 */
export function proxyOnlySubnetwork(cluster: ResolvedCluster): SubnetworkBody | undefined {
  const { names, addresses } = cluster;
  if (addresses.primary === undefined) return undefined;
  return {
    ...subnetwork(cluster, names.proxySubnetwork, names.primaryNetwork, addresses.primary.proxyOnly),
    purpose: 'REGIONAL_MANAGED_PROXY',
    role: 'ACTIVE',
  };
}

/** One address per GPU node. No Google API is reached through it. */
export function gvnicSubnetwork(cluster: ResolvedCluster): SubnetworkBody {
  const { names, addresses } = cluster;
  const body = subnetwork(cluster, names.gvnicSubnetwork, names.gvnicNetwork, addresses.gvnic);
  return { ...body, privateIpGoogleAccess: false };
}

/** One per RDMA NIC, in the order of the NICs: the profile allows several NICs in one network, each in a subnet of its own. */
export function rdmaSubnetworks(cluster: ResolvedCluster): readonly SubnetworkBody[] {
  const { names, addresses } = cluster;
  return addresses.rdma.map((range, index) => {
    const name = names.rdmaSubnetworks[index];
    if (name === undefined)
      throw new Error(`building RDMA subnet ${index} of ${cluster.name}: it has a range and no name`);
    return { ...subnetwork(cluster, name, names.rdmaNetwork, range), privateIpGoogleAccess: false };
  });
}

function subnetwork(cluster: ResolvedCluster, name: string, network: string, ipCidrRange: string): SubnetworkBody {
  return {
    name,
    description: ownershipDescription(cluster.target),
    network: networkPath(cluster, network),
    ipCidrRange,
  };
}
