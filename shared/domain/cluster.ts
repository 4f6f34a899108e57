/** The `Cluster` document as its owner wrote it: a field that was left out is absent here, defaults belong to `resolveCluster`. */
import type { API_VERSION, Metadata } from './document.ts';

export type ClusterDocument = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Cluster';
  readonly metadata: Metadata;
  readonly spec: ClusterSpec;
};

export type ClusterSpec = {
  readonly project: string;
  readonly region: string;
  /** The one zone of all nodes: RDMA networks are zonal. */
  readonly zone: string;
  readonly releaseChannel?: ReleaseChannel;
  /** Exact control-plane version, e.g. `1.33.4-gke.1134000`. */
  readonly version?: string;
  readonly networking?: Networking;
  readonly systemPool?: SystemPool;
  readonly gpuPools: readonly GpuPool[];
  readonly addOns?: { readonly rdmaInstaller?: boolean };
  readonly workloadIdentity?: boolean;
  readonly protection?: { readonly deletion?: boolean };
};

export type ReleaseChannel = 'RAPID' | 'REGULAR' | 'STABLE';

export type Networking = {
  readonly mode?: 'multi-network';
  readonly primary?: Primary;
  readonly addresses?: Addresses;
};

/** Exactly one of the two. */
export type Primary = { readonly create?: true; readonly existing?: ExistingPrimary };

/** A VPC of somebody else that the cluster is put into; its subnets, firewalls, router and NAT stay its owner's. */
export type ExistingPrimary = {
  readonly network: string;
  readonly subnetwork: string;
  /** Name of the secondary range for pods. */
  readonly podsRange: string;
  /** Name of the secondary range for services. */
  readonly servicesRange: string;
};

/** IPv4 ranges in CIDR notation. */
export type Addresses = {
  readonly primary?: string;
  readonly pods?: string;
  readonly services?: string;
  readonly proxyOnly?: string;
  readonly gvnic?: string;
  /** One block, split evenly into one subnet per RDMA NIC. */
  readonly rdma?: string;
};

export type SystemPool = {
  readonly machineType?: string;
  readonly nodes?: number;
  readonly diskSizeGb?: number;
  readonly usdPerNodeHour?: number;
};

export type GpuPool = {
  readonly name: string;
  readonly machineType: string;
  readonly size: PoolSize;
  readonly consumption: Consumption;
  readonly labels?: { readonly [key: string]: string };
  readonly taints?: readonly Taint[];
  readonly placement?: Placement;
  readonly management?: { readonly autoRepair?: boolean; readonly autoUpgrade?: boolean };
  readonly upgrade?: { readonly maxSurge?: number; readonly maxUnavailable?: number };
  readonly gpuDriverVersion?: GpuDriverVersion;
  readonly maxPodsPerNode?: number;
  readonly usdPerNodeHour?: number;
};

/** Nodes of the whole pool, which stand in one zone. */
export type PoolSize = {
  /** Nodes at creation; afterwards only the owner changes the size. */
  readonly initial: number;
  readonly min?: number;
  readonly max?: number;
  readonly owner?: PoolOwner;
};

/** Who decides the size of a pool. `gke`: its autoscaler, within bounds that it gets from us; `fixed`: nobody. */
export type PoolOwner = 'inference-fleet' | 'gke' | 'fixed';

/** Exactly one of the two. */
export type Consumption = { readonly reservation?: Reservation; readonly spot?: true };

export type Reservation = {
  readonly name: string;
  /** Project that shares it; the cluster's own when absent. */
  readonly project?: string;
  readonly block?: string;
  readonly subBlock?: string;
};

export type Taint = { readonly key: string; readonly value: string; readonly effect: TaintEffect };
export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
export type Placement = 'none' | 'compact';
export type GpuDriverVersion = 'LATEST' | 'DEFAULT';
