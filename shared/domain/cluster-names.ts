/** The names of everything that a cluster is built of. Deterministic: they are what makes creation repeatable. */

/** Longest cluster and pool name that GKE takes (cluster-toolkit `modules/compute/gke-node-pool/main.tf`). */
export const MAX_CLUSTER_NAME_LENGTH = 40;

/** Our node pool for everything that is not a GPU workload. */
export const SYSTEM_POOL_NAME = 'system';

export interface ClusterNames {
  readonly primaryNetwork: string;
  readonly primarySubnetwork: string;
  /** Secondary range of the primary subnet for pods. */
  readonly podsRange: string;
  /** Secondary range of the primary subnet for services. */
  readonly servicesRange: string;
  readonly proxySubnetwork: string;
  readonly gvnicNetwork: string;
  readonly gvnicSubnetwork: string;
  readonly rdmaNetwork: string;
  /** Index = number of the RDMA NIC. */
  readonly rdmaSubnetworks: readonly string[];
  readonly primaryFirewall: string;
  readonly gvnicFirewall: string;
  readonly router: string;
  readonly nat: string;
  /** Google's own profile for RDMA over Ethernet; it exists per zone (VPC documentation, "RDMA network profiles"). */
  readonly networkProfile: string;
}

/** The longest suffix has 15 characters, so every name stays within Compute Engine's 63. */
export function clusterNames(cluster: string, zone: string, rdmaNicCount: number): ClusterNames {
  return {
    primaryNetwork: `${cluster}-net-0`,
    primarySubnetwork: `${cluster}-sub-0`,
    podsRange: 'pods',
    servicesRange: 'services',
    proxySubnetwork: `${cluster}-proxy`,
    gvnicNetwork: `${cluster}-net-1`,
    gvnicSubnetwork: `${cluster}-sub-1`,
    rdmaNetwork: `${cluster}-rdma`,
    rdmaSubnetworks: Array.from({ length: rdmaNicCount }, (_, index) => `${cluster}-rdma-sub-${index}`),
    primaryFirewall: `${cluster}-net-0-internal`,
    gvnicFirewall: `${cluster}-net-1-internal`,
    router: `${cluster}-router`,
    nat: `${cluster}-nat`,
    networkProfile: `${zone}-vpc-roce`,
  };
}
