/** How pods find the extra NICs of a node: one Network with its parameters per NIC (GKE documentation, "Multi-network support for Pods"). */
import { objectLabels } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

const API_VERSION = 'networking.gke.io/v1';

/** What pods call the networks by that they ask for. */
export const GVNIC_NETWORK = 'gvnic-1';

/** `rdma-0` for the NIC of the first GPU. */
export function rdmaNetwork(index: number): string {
  return `rdma-${index}`;
}

/**
 * Pairs for `gvnic-1` and `rdma-0` to `rdma-7`, the parameters before the Network that refers to them. They are applied before the GPU
 * pool is created (NVIDIA/aicr pull request 2338); the pair `default` is GKE's own. Their kinds exist once multi-networking is on.
 */
export function deviceNetworks(cluster: ResolvedCluster): readonly KubernetesObject[] {
  const { names } = cluster;
  return [
    ...pair(cluster, {
      name: GVNIC_NETWORK,
      vpc: names.gvnicNetwork,
      vpcSubnet: names.gvnicSubnetwork,
      deviceMode: 'NetDevice',
    }),
    ...names.rdmaSubnetworks.flatMap((vpcSubnet, index) =>
      pair(cluster, { name: rdmaNetwork(index), vpc: names.rdmaNetwork, vpcSubnet, deviceMode: 'RDMA' }),
    ),
  ];
}

/** `NetDevice` hands the whole NIC to a pod, `RDMA` its RDMA device as well. */
interface DeviceNetwork {
  readonly name: string;
  readonly vpc: string;
  readonly vpcSubnet: string;
  readonly deviceMode: 'NetDevice' | 'RDMA';
}

function pair(cluster: ResolvedCluster, { name, ...spec }: DeviceNetwork): readonly KubernetesObject[] {
  const metadata = { name, labels: objectLabels(cluster.target) };
  const parametersRef = { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name };
  return [
    { apiVersion: API_VERSION, kind: 'GKENetworkParamSet', metadata, spec },
    { apiVersion: API_VERSION, kind: 'Network', metadata, spec: { type: 'Device', parametersRef } },
  ];
}
