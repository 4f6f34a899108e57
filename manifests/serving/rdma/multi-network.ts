/** RDMA NICs by annotation: a pod gets all NICs of its node, which is why it takes whole nodes. */
import type { Machine } from '../../../shared/domain/catalogue.ts';
import { GVNIC_NETWORK, rdmaNetwork } from '../../objects/device-networks.ts';
import type { Contributor } from '../pod/contribution.ts';
import { interfaceAnnotations, interfacesFrom, type PodInterface } from './interfaces.ts';

/** GKE mounts the RDMA devices into the first container that is no init container: that is the model server (llm-d/llm-d docs/infrastructure/providers/gke). */
export const networkInterfaces: Contributor = ({ rdma, machine, spec }) => {
  if (rdma !== 'multi-network') return {};
  return {
    annotations: interfaceAnnotations(deviceInterfaces(machine, spec.hardware.gvnic ?? false)),
    server: { resources: requestFixes(machine), capabilities: ['IPC_LOCK'] },
  };
};

/** After `eth0` the node has its further gVNICs, then one RDMA NIC for each GPU: `eth1`, `eth2` to `eth9` on A3 Ultra and A4. */
function deviceInterfaces({ nics }: Machine, withGvnic: boolean): readonly PodInterface[] {
  const gvnic = withGvnic ? interfacesFrom(1, [GVNIC_NETWORK]) : [];
  return [...gvnic, ...interfacesFrom(1 + nics.gvnic, rdmaNetworks(nics.rdma))];
}

/**
 * GKE writes requests of `networking.gke.io.networks/rdma-0` and `….IP` into pods with the annotation; nodes with H200 offer only the
 * second, so the first must be asked for as zero or no pod is ever placed (llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke).
 */
function requestFixes({ nics }: Machine): { readonly [resource: string]: string } {
  const networks = rdmaNetworks(nics.rdma);
  return Object.fromEntries(networks.map((network) => [`networking.gke.io.networks/${network}`, '0']));
}

function rdmaNetworks(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => rdmaNetwork(index));
}
