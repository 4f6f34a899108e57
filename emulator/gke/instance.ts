/** A virtual machine of a node pool: all that whoever makes the Kubernetes node of it needs to know. */
export interface Instance {
  /** Also the node's name: `gke-demo-gpu-97da88a9-8gmv`. */
  readonly name: string;
  /** Node pool, short name. */
  readonly pool: string;
  readonly zone: string;
  readonly machineType: string;
  readonly cpuCount: number;
  readonly memoryGib: number;
  /** GKE node version, e.g. `1.33.4-gke.1134000`. */
  readonly version: string;
  readonly accelerator?: Accelerator;
  /** Labels of the pool's configuration and those that GKE adds; without the ones that a kubelet sets itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** In order: eth0 is the cluster's network, the others are the pool's additional node networks. */
  readonly interfaces: readonly NetworkInterface[];
  readonly localSsdCount: number;
  /** What GKE installs as GPU driver; absent without GPUs. */
  readonly driverVersion?: DriverVersion;
  readonly maxPods: number;
}

export interface Accelerator {
  /** e.g. `nvidia-h200-141gb` */
  readonly type: string;
  readonly count: number;
}

/** As Kubernetes writes it. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NetworkInterface {
  /** Name inside the machine: `eth0`, `eth1`, … */
  readonly name: string;
  /** Short names, as node pools refer to them. */
  readonly network: string;
  readonly subnetwork: string;
  /** Whether the network has a RoCE profile, so that this is an RDMA interface. */
  readonly rdma: boolean;
}

export type DriverVersion = 'DEFAULT' | 'LATEST' | 'INSTALLATION_DISABLED';
