/** What the GKE world needs of its neighbours. */
import type { JsonMap } from '../world/json.ts';
import type { Instance } from './instance.ts';

/** Compute Engine, seen from GKE. */
export interface GkeCompute {
  /** By short name or any form of its URL. Undefined also while its creation is running. */
  findNetwork(nameOrUrl: string): JsonMap | undefined;
  findSubnetwork(region: string, nameOrUrl: string): JsonMap | undefined;
  /** `inUseCount` without the machines of node pools. */
  findReservation(zone: string, name: string): JsonMap | undefined;
  offersMachine(zone: string, machineType: string): boolean;
  /** From now on the subnetwork cannot be deleted. `user` is the resource path of the cluster or node pool that uses it. */
  attach(region: string, subnetwork: string, user: string): void;
  /** Releases everything that `user` is attached to. */
  detach(user: string): void;
}

/** `preemption`: the kubelet still reports that it shuts down. `hostError`: it has fallen silent. */
export type InstanceLoss = 'preemption' | 'hostError';

/** What happens inside clusters. Calls come in order: cluster started, instances started, instances removed, cluster removed. */
export interface ClusterRuntime {
  /**
   * Where the cluster's API server answers; `address` is host, port and path without a scheme (`127.0.0.1:8443/clusters/demo`),
   * `caCertificate` is PEM text.
   */
  endpoint(cluster: string): { readonly address: string; readonly caCertificate: string };
  /** The control plane is up; the cluster itself is still PROVISIONING for some minutes. */
  clusterStarted(cluster: { readonly name: string; readonly version: string; readonly multiNetworking: boolean }): void;
  clusterRemoved(name: string): void;
  /** The machine boots from now on. The operation that made it ends `BOOT_MARGIN_MS` later at the earliest. */
  instanceStarted(cluster: string, instance: Instance): void;
  /** The machine is going or gone without being asked; `instanceRemoved` follows. */
  instanceUnready(cluster: string, name: string, loss: InstanceLoss): void;
  instanceRemoved(cluster: string, name: string): void;
}
