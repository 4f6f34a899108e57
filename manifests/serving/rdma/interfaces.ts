/** NICs of a pod by annotation (GKE documentation, "Set up multi-network support for Pods"). */

/** One entry of the list; the network is a `Network` object of the cluster. */
export type PodInterface = { readonly interfaceName: `eth${number}`; readonly network: string };

/** What every pod has, and where its traffic with the cluster stays. */
const clusterInterface: PodInterface = { interfaceName: 'eth0', network: 'default' };

export function interfaceAnnotations(others: readonly PodInterface[]): { readonly [key: string]: string } {
  return {
    'networking.gke.io/default-interface': clusterInterface.interfaceName,
    'networking.gke.io/interfaces': JSON.stringify([clusterInterface, ...others]),
  };
}

/** The networks follow one another from `firstInterface` on. */
export function interfacesFrom(firstInterface: number, networks: readonly string[]): readonly PodInterface[] {
  return networks.map((network, index) => ({ interfaceName: `eth${firstInterface + index}`, network }));
}
