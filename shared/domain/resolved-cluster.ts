/** A `Cluster` document with nothing left to decide: defaults filled in, every name and address known, machine facts attached. */
import type { Machine } from './catalogue.ts';
import type { GpuDriverVersion, Placement, PoolOwner, ReleaseChannel, Taint } from './cluster.ts';
import type { ClusterNames } from './cluster-names.ts';
import type { Place } from './place.ts';

/** What the planner, the builders and the checks work on; none of them sees a document. */
export interface ResolvedCluster {
  readonly name: string;
  /** `cluster/<name>`. */
  readonly target: string;
  readonly place: Place;
  readonly zone: string;
  /** The owner's resource labels, without ours. */
  readonly labels: { readonly [key: string]: string };
  readonly releaseChannel: ReleaseChannel;
  /** Exact version that the document asks for; absent means the channel's default, if it is new enough. */
  readonly version?: string;
  /** Lowest control-plane version on which all pools can be created. */
  readonly minimumVersion: string;
  readonly names: ClusterNames;
  readonly addresses: ResolvedAddresses;
  readonly systemPool: ResolvedSystemPool;
  readonly gpuPools: readonly ResolvedGpuPool[];
  readonly rdmaInstaller: boolean;
  readonly workloadIdentity: boolean;
  readonly deletionProtected: boolean;
}

/** IPv4 ranges in CIDR notation. */
export interface ResolvedAddresses {
  /** Absent when the primary network belongs to somebody else: then nothing is created in it. */
  readonly primary?: PrimaryAddresses;
  readonly gvnic: string;
  /** Index = number of the RDMA NIC. */
  readonly rdma: readonly string[];
  /** What the two were planned from, for words about them. */
  readonly blocks: { readonly gvnic: AddressBlock; readonly rdma: AddressBlock };
}

/** One block of addresses and who chose it: a default that does not fit is worded otherwise than a written one. */
export interface AddressBlock {
  readonly text: string;
  /** The document does not name it. */
  readonly isDefault: boolean;
}

/** The ranges of the one subnet of nodes, its two secondary ranges, and the proxies of regional load balancers. */
export interface PrimaryAddresses {
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
  readonly proxyOnly: string;
}

/** Made with the cluster in one call, so it has no step of its own. */
export interface ResolvedSystemPool {
  readonly name: string;
  readonly machineType: string;
  /** Of the whole pool, which stands in one zone. */
  readonly nodeCount: number;
  readonly diskSizeGb: number;
  /** Price that the document states. */
  readonly usdPerNodeHour?: number;
}

/** A GPU pool with the facts of its machine; `size` is in nodes of the whole pool. */
export interface ResolvedGpuPool {
  readonly name: string;
  readonly machine: Machine;
  readonly size: { readonly initial: number; readonly min: number; readonly max: number; readonly owner: PoolOwner };
  readonly consumption: ResolvedConsumption;
  readonly labels: { readonly [key: string]: string };
  /** Sorted by key; includes the GPU taint. */
  readonly taints: readonly Taint[];
  readonly placement: Placement;
  readonly autoRepair: boolean;
  readonly autoUpgrade: boolean;
  /** Nodes beside and out of the pool's size during an upgrade. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly gpuDriverVersion: GpuDriverVersion;
  readonly maxPodsPerNode: number;
  /** Price that the document states. */
  readonly usdPerNodeHour?: number;
}

export type ResolvedConsumption = { readonly kind: 'spot' } | ReservationUse;

/** Machines that are paid for whether they run or not. */
export interface ReservationUse {
  readonly kind: 'reservation';
  readonly name: string;
  /** Project that owns the reservation. */
  readonly project: string;
  /** As GKE's `reservationAffinity.values` takes it: short in the own project, with `projects/…` for a shared one. */
  readonly path: string;
}
