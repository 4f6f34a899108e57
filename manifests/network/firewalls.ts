/** Traffic among the cluster's own machines. There is none for the RDMA network, which refuses VPC firewall rules and needs none. */
import { ownershipDescription } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { networkPath } from './networks.ts';

/** `compute.v1.Firewall`, the fields of a creation. */
export type FirewallBody = {
  readonly name: string;
  readonly description: string;
  readonly network: string;
  readonly direction: 'INGRESS';
  readonly sourceRanges: readonly string[];
  /** The Node client calls the field `IPProtocol`, as REST does (compute.proto: `I_p_protocol`). */
  readonly allowed: readonly { readonly IPProtocol: 'tcp' | 'udp' | 'icmp'; readonly ports?: readonly string[] }[];
};

/** Nodes and pods among each other. What a load balancer needs, GKE opens by itself. */
export function primaryFirewall(cluster: ResolvedCluster): FirewallBody | undefined {
  const { names, addresses } = cluster;
  if (addresses.primary === undefined) return undefined;
  const { nodes, pods } = addresses.primary;
  return internalFirewall(cluster, names.primaryFirewall, names.primaryNetwork, [nodes, pods]);
}

/** Only this network's own range: it carries traffic between nodes and nothing from outside. */
export function gvnicFirewall(cluster: ResolvedCluster): FirewallBody {
  const { names, addresses } = cluster;
  return internalFirewall(cluster, names.gvnicFirewall, names.gvnicNetwork, [addresses.gvnic]);
}

function internalFirewall(
  cluster: ResolvedCluster,
  name: string,
  network: string,
  sourceRanges: readonly string[],
): FirewallBody {
  return {
    name,
    description: ownershipDescription(cluster.target),
    network: networkPath(cluster, network),
    direction: 'INGRESS',
    sourceRanges,
    allowed: [
      { IPProtocol: 'tcp', ports: ['0-65535'] },
      { IPProtocol: 'udp', ports: ['0-65535'] },
      { IPProtocol: 'icmp' },
    ],
  };
}
