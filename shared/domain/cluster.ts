/** The `Cluster` document as its owner wrote it: a field that was left out is absent here, defaults belong to `resolveCluster`. */
import type { API_VERSION, Metadata } from './document.ts';

/** As accepted into the ledger: checked against the form and the rules of `shared/documents`, nothing filled in. */
export type ClusterDocument = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Cluster';
  readonly metadata: Metadata;
  readonly spec: ClusterSpec;
};

export type ClusterSpec = {
  /** Project that everything is built in and billed to; also that of the cluster's Workload Identity pool. */
  readonly project: string;
  readonly region: string;
  /** The one zone of all nodes: RDMA networks are zonal. */
  readonly zone: string;
  /** Which versions GKE offers and moves the control plane to. */
  readonly releaseChannel?: ReleaseChannel;
  /** Exact control-plane version, e.g. `1.33.4-gke.1134000`. */
  readonly version?: string;
  readonly networking?: Networking;
  readonly systemPool?: SystemPool;
  /** One at least: a cluster without GPUs is not what this builds. */
  readonly gpuPools: readonly GpuPool[];
  readonly addOns?: { readonly rdmaInstaller?: boolean };
  /** Whether pods get Google identities of their own instead of their node's. */
  readonly workloadIdentity?: boolean;
  /** While it holds, nothing deletes the cluster, not even a command of its owner (D11). */
  readonly protection?: { readonly deletion?: boolean };
};

/** GKE's release channels by how early they take a version; the fourth, EXTENDED, is not offered by the documents. */
export type ReleaseChannel = 'RAPID' | 'REGULAR' | 'STABLE';

/** The primary VPC and the address plan; the gVNIC and RDMA VPCs are always made beside it. */
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

/** Nodes without GPUs, for what Kubernetes itself and our own objects run on. */
export type SystemPool = {
  readonly machineType?: string;
  /** 1 to 100; two by default, so that the repair of one takes no cluster service away. */
  readonly nodes?: number;
  /** Boot disk of each node, 20 to 65,536 GB. */
  readonly diskSizeGb?: number;
  readonly usdPerNodeHour?: number;
};

/** GPU nodes of one machine type with all its NICs, in the cluster's one zone. */
export type GpuPool = {
  readonly name: string;
  readonly machineType: string;
  readonly size: PoolSize;
  /** How the machines are paid for; fixed at creation, as the machine type is. */
  readonly consumption: Consumption;
  readonly labels?: { readonly [key: string]: string };
  readonly taints?: readonly Taint[];
  readonly placement?: Placement;
  readonly management?: { readonly autoRepair?: boolean; readonly autoUpgrade?: boolean };
  /** Nodes added beside, and taken out at a time, during an upgrade; 0 to 20 each. */
  readonly upgrade?: { readonly maxSurge?: number; readonly maxUnavailable?: number };
  readonly gpuDriverVersion?: GpuDriverVersion;
  /** 8 to 256; it decides how much of the pod range each node takes, and can never be changed. */
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
  /** A part of the reservation whose machines are close together; a sub-block is a part of that. */
  readonly block?: string;
  readonly subBlock?: string;
};

/** A Kubernetes taint: pods without a matching toleration keep off the nodes. */
export type Taint = { readonly key: string; readonly value: string; readonly effect: TaintEffect };
export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
/** `compact`: machines physically close to each other, at the price of fewer places to find them in. */
export type Placement = 'none' | 'compact';
/** Which NVIDIA driver GKE installs: the newest or the default one of the node's version. */
export type GpuDriverVersion = 'LATEST' | 'DEFAULT';
