import type { TaintEffect } from '../../shared/domain/cluster.ts';
import type { ResolvedCluster, ResolvedConsumption, ResolvedGpuPool } from '../../shared/domain/resolved-cluster.ts';
import { type CommonNodeConfig, commonNodeConfig } from './node-config.ts';

/** `container.v1.NodePool`. int64: `acceleratorCount`, `threadsPerCore`, `maxPodsPerNode`; int32: the other numbers. */
export type GpuPoolBody = {
  readonly name: string;
  readonly locations: readonly [string];
  readonly initialNodeCount: number;
  readonly config: GpuNodeConfig;
  readonly networkConfig: {
    readonly enablePrivateNodes: true;
    readonly additionalNodeNetworkConfigs: readonly NodeNetwork[];
  };
  readonly maxPodsConstraint: { readonly maxPodsPerNode: number };
  readonly autoscaling?: Autoscaling;
  readonly management: { readonly autoRepair: boolean; readonly autoUpgrade: boolean };
  readonly upgradeSettings: { readonly strategy: 'SURGE'; readonly maxSurge: number; readonly maxUnavailable: number };
  readonly placementPolicy?: { readonly type: 'COMPACT' };
};

export type GpuNodeConfig = CommonNodeConfig &
  ConsumptionConfig & {
    readonly machineType: string;
    readonly diskSizeGb: number;
    readonly diskType?: string;
    readonly accelerators: readonly [Accelerator];
    readonly gvnic: { readonly enabled: true };
    readonly ephemeralStorageLocalSsdConfig: { readonly localSsdCount: number };
    readonly advancedMachineFeatures: { readonly threadsPerCore: number };
    readonly labels: { readonly [key: string]: string };
    readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  };

type Accelerator = {
  readonly acceleratorType: string;
  readonly acceleratorCount: number;
  readonly gpuDriverInstallationConfig: { readonly gpuDriverVersion: string };
};

/** Plain names, not URLs (GKE API, `AdditionalNodeNetworkConfig`). */
export type NodeNetwork = { readonly network: string; readonly subnetwork: string };

/** Totals over all zones, of which there is one. */
type Autoscaling = {
  readonly enabled: true;
  readonly totalMinNodeCount: number;
  readonly totalMaxNodeCount: number;
  readonly locationPolicy: 'ANY';
};

type ConsumptionConfig = {
  readonly spot?: true;
  readonly reservationAffinity:
    | { readonly consumeReservationType: 'NO_RESERVATION' }
    | {
        readonly consumeReservationType: 'SPECIFIC_RESERVATION';
        readonly key: 'compute.googleapis.com/reservation-name';
        readonly values: readonly [string];
      };
};

/** A pool of GPU nodes. Zone and NICs are fixed at creation: a wrong list means deleting the pool. */
export function gpuPoolBody(cluster: ResolvedCluster, pool: ResolvedGpuPool): GpuPoolBody {
  const { size } = pool;
  return {
    name: pool.name,
    locations: [cluster.zone],
    // Always sent: a pool without a count gets three nodes.
    initialNodeCount: size.initial,
    config: nodeConfig(cluster, pool),
    networkConfig: { enablePrivateNodes: true, additionalNodeNetworkConfigs: nodeNetworks(cluster, pool) },
    maxPodsConstraint: { maxPodsPerNode: pool.maxPodsPerNode },
    ...(size.owner === 'gke' && {
      autoscaling: { enabled: true, totalMinNodeCount: size.min, totalMaxNodeCount: size.max, locationPolicy: 'ANY' },
    }),
    management: { autoRepair: pool.autoRepair, autoUpgrade: pool.autoUpgrade },
    upgradeSettings: { strategy: 'SURGE', maxSurge: pool.maxSurge, maxUnavailable: pool.maxUnavailable },
    ...(pool.placement === 'compact' && { placementPolicy: { type: 'COMPACT' } }),
  };
}

/** Machine facts come from the catalogue, choices from the document; nothing is left to a default of GKE that may change. */
function nodeConfig(cluster: ResolvedCluster, pool: ResolvedGpuPool): GpuNodeConfig {
  const { machine } = pool;
  const { type: diskType, sizeGb: diskSizeGb } = machine.bootDisk;
  return {
    machineType: machine.machineType,
    diskSizeGb,
    ...(diskType !== undefined && { diskType }),
    accelerators: [
      {
        acceleratorType: machine.acceleratorType,
        acceleratorCount: machine.gpuCount,
        // Always sent: what an absent field means has changed with GKE 1.30.1.
        gpuDriverInstallationConfig: { gpuDriverVersion: pool.gpuDriverVersion },
      },
    ],
    ...consumptionConfig(pool.consumption),
    gvnic: { enabled: true },
    ephemeralStorageLocalSsdConfig: { localSsdCount: machine.localSsdCount },
    advancedMachineFeatures: { threadsPerCore: machine.threadsPerCore },
    ...commonNodeConfig(cluster, pool.name),
    labels: pool.labels,
    taints: pool.taints.map(({ key, value, effect }) => ({ key, value, effect: TAINT_EFFECTS[effect] })),
  };
}

/** Kubernetes' words in the document, GKE's on the wire. */
const TAINT_EFFECTS: { readonly [effect in TaintEffect]: string } = {
  NoSchedule: 'NO_SCHEDULE',
  PreferNoSchedule: 'PREFER_NO_SCHEDULE',
  NoExecute: 'NO_EXECUTE',
};

/** Spot excludes any reservation explicitly: left open, a matching one would be used up silently. */
function consumptionConfig(consumption: ResolvedConsumption): ConsumptionConfig {
  if (consumption.kind === 'spot') {
    return { spot: true, reservationAffinity: { consumeReservationType: 'NO_RESERVATION' } };
  }
  return {
    reservationAffinity: {
      consumeReservationType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: [consumption.path],
    },
  };
}

/** The NICs beside NIC 0. Their order is the order of the interfaces: eth1 is the gVNIC, eth2 to eth9 are RDMA 0 to 7. */
function nodeNetworks({ names }: ResolvedCluster, { machine }: ResolvedGpuPool): readonly NodeNetwork[] {
  const gvnic = { network: names.gvnicNetwork, subnetwork: names.gvnicSubnetwork };
  const rdma = names.rdmaSubnetworks.map((subnetwork) => ({ network: names.rdmaNetwork, subnetwork }));
  return [...(machine.nics.gvnic > 0 ? [gvnic] : []), ...rdma.slice(0, machine.nics.rdma)];
}
