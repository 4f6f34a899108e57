import { GPU_RESOURCE } from './gpu.ts';
import { AutomationError } from '../errors.ts';
import { type Catalogue, type Machine, machineOf } from './catalogue.ts';
import { formatCidr, parseCidr, splitCidr } from './cidr.ts';
import type { Addresses, ClusterDocument, ClusterSpec, Consumption, GpuPool, SystemPool, Taint } from './cluster.ts';
import { clusterDefaults as defaults } from './cluster-defaults.ts';
import { type ClusterNames, clusterNames, SYSTEM_POOL_NAME } from './cluster-names.ts';
import type {
  ResolvedAddresses,
  ResolvedCluster,
  ResolvedConsumption,
  ResolvedGpuPool,
  ResolvedSystemPool,
} from './resolved-cluster.ts';
import { clusterTarget } from './target.ts';
import { highestVersion } from './version.ts';

/** Keeps pods that ask for no GPU off GPU nodes; the key and value that GKE itself uses (GKE documentation, "Run GPUs"). */
const GPU_TAINT: Taint = { key: GPU_RESOURCE, value: 'present', effect: 'NoSchedule' };

/** Throws `permanent` for a document that validation would have refused, e.g. one accepted under an older catalogue. */
export function resolveCluster(document: ClusterDocument, catalogue: Catalogue): ResolvedCluster {
  const { metadata, spec } = document;
  const gpuPools = spec.gpuPools.map((pool) => resolveGpuPool(pool, spec.project, machineFor(pool, catalogue)));
  const rdmaNicCount = Math.max(0, ...gpuPools.map((pool) => pool.machine.nics.rdma));

  return {
    name: metadata.name,
    target: clusterTarget(metadata.name),
    place: { project: spec.project, region: spec.region },
    zone: spec.zone,
    labels: metadata.labels ?? {},
    releaseChannel: spec.releaseChannel ?? defaults.releaseChannel,
    ...(spec.version !== undefined && { version: spec.version }),
    minimumVersion: minimumVersion(gpuPools),
    names: resolveNames(document, rdmaNicCount),
    addresses: resolveAddresses(spec, rdmaNicCount),
    systemPool: resolveSystemPool(spec.systemPool ?? {}),
    gpuPools,
    rdmaInstaller: spec.addOns?.rdmaInstaller ?? defaults.addOns.rdmaInstaller,
    workloadIdentity: spec.workloadIdentity ?? defaults.workloadIdentity,
    deletionProtected: spec.protection?.deletion ?? defaults.protection.deletion,
  };
}

function machineFor(pool: GpuPool, catalogue: Catalogue): Machine {
  const machine = machineOf(catalogue, pool.machineType);
  if (machine !== undefined) return machine;
  throw new AutomationError(
    'permanent',
    `resolving pool ${pool.name}: machine ${pool.machineType} is not in the catalogue`,
  );
}

/** The most demanding machine decides. */
function minimumVersion(pools: readonly ResolvedGpuPool[]): string {
  const highest = highestVersion(pools.map((pool) => pool.machine.minimumVersion));
  if (highest !== undefined) return highest;
  throw new AutomationError('permanent', 'resolving the minimum GKE version: no GPU pool with a readable one');
}

/** Names of an existing network replace ours; ours stay reserved for what we build beside it. */
function resolveNames({ metadata, spec }: ClusterDocument, rdmaNicCount: number): ClusterNames {
  const names = clusterNames(metadata.name, spec.zone, rdmaNicCount);
  const existing = spec.networking?.primary?.existing;
  if (existing === undefined) return names;

  const { network, subnetwork, podsRange, servicesRange } = existing;
  return { ...names, primaryNetwork: network, primarySubnetwork: subnetwork, podsRange, servicesRange };
}

function resolveAddresses({ networking }: ClusterSpec, rdmaNicCount: number): ResolvedAddresses {
  const written = networking?.addresses ?? {};
  const { primary, pods, services, proxyOnly, gvnic, rdma } = plannedAddresses(written);
  const isExisting = networking?.primary?.existing !== undefined;
  return {
    ...(!isExisting && { primary: { nodes: primary, pods, services, proxyOnly } }),
    gvnic,
    rdma: rdmaSubnetRanges(rdma, rdmaNicCount),
    blocks: {
      gvnic: { text: gvnic, isDefault: written.gvnic === undefined },
      rdma: { text: rdma, isDefault: written.rdma === undefined },
    },
  };
}

/** The address plan with defaults for what is not written. */
export function plannedAddresses(written: Addresses): Required<Addresses> {
  return { ...defaults.addresses, ...written };
}

function rdmaSubnetRanges(block: string, count: number): readonly string[] {
  const range = parseCidr(block);
  if (range !== undefined) return splitCidr(range, count).map(formatCidr);
  throw new AutomationError('permanent', `resolving the RDMA subnets: ${block} is not a range`);
}

function resolveSystemPool(pool: SystemPool): ResolvedSystemPool {
  return {
    name: SYSTEM_POOL_NAME,
    machineType: pool.machineType ?? defaults.systemPool.machineType,
    nodeCount: pool.nodes ?? defaults.systemPool.nodes,
    diskSizeGb: pool.diskSizeGb ?? defaults.systemPool.diskSizeGb,
    ...(pool.usdPerNodeHour !== undefined && { usdPerNodeHour: pool.usdPerNodeHour }),
  };
}

function resolveGpuPool(pool: GpuPool, clusterProject: string, machine: Machine): ResolvedGpuPool {
  const { initial, min = initial, max = initial, owner = defaults.pool.owner } = pool.size;
  // What is written covers the default of the same name.
  const settled = { ...defaults.pool, ...pool.management, ...pool.upgrade, ...pool };
  return {
    name: pool.name,
    machine,
    size: { initial, min, max, owner },
    consumption: resolveConsumption(pool.consumption, clusterProject),
    labels: pool.labels ?? {},
    taints: [GPU_TAINT, ...(pool.taints ?? [])].toSorted(byKey),
    placement: settled.placement,
    autoRepair: settled.autoRepair,
    autoUpgrade: settled.autoUpgrade,
    maxSurge: settled.maxSurge,
    maxUnavailable: settled.maxUnavailable,
    gpuDriverVersion: settled.gpuDriverVersion,
    maxPodsPerNode: settled.maxPodsPerNode,
    ...(pool.usdPerNodeHour !== undefined && { usdPerNodeHour: pool.usdPerNodeHour }),
  };
}

function byKey(left: Taint, right: Taint): number {
  return left.key < right.key ? -1 : Number(left.key > right.key);
}

/** Forms of the path: sent verbatim by Google's own client, long form only for a reservation of another project. */
function resolveConsumption({ reservation }: Consumption, clusterProject: string): ResolvedConsumption {
  if (reservation === undefined) return { kind: 'spot' };

  const { name, project = clusterProject, block, subBlock } = reservation;
  const path = [
    ...(project === clusterProject ? [] : ['projects', project, 'reservations']),
    name,
    ...(block === undefined ? [] : ['reservationBlocks', block]),
    ...(subBlock === undefined ? [] : ['reservationSubBlocks', subBlock]),
  ].join('/');
  return { kind: 'reservation', name, project, path };
}
