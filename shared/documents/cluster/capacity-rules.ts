/** Whether the address plan has room for all pools at their largest size, in the middle of an upgrade. */
import { addressCount, prefixFor, splitPrefix } from '../../domain/cidr.ts';
import { type Catalogue, machineOf } from '../../domain/catalogue.ts';
import { clusterDefaults } from '../../domain/cluster-defaults.ts';
import type { Problem } from '../../domain/problem.ts';
import { ofRange, type RangeName, rangesOf } from './address-rules.ts';
import type { ClusterParts } from './parts.ts';
import type { ClusterRule } from './rule.ts';
import { counted } from '../../domain/counted.ts';

/** First two and last two of every subnet (VPC documentation, "Unusable addresses in IPv4 subnet ranges"). */
const RESERVED_ADDRESSES = 4;

/** The control plane's own address in the primary subnet (GKE documentation, "Network isolation in GKE"). */
const CONTROL_PLANE_ADDRESSES = 1;

/** GKE's default, which the system pool keeps. */
const SYSTEM_PODS_PER_NODE = 110;

/** One extra system node may stand there during an upgrade. */
const SYSTEM_SURGE_NODES = 1;

/** What the pools take at their largest. */
interface Demand {
  readonly systemNodes: number;
  readonly gpuNodes: number;
  readonly podAddresses: number;
}

/** All nodes have their NIC 0 here. */
const primaryHoldsAllNodes: ClusterRule = (parts) => {
  const demand = demandOf(parts);
  if (demand === undefined) return [];
  const nodes = demand.systemNodes + demand.gpuNodes;
  return tooSmall(parts, 'primary', nodes + CONTROL_PLANE_ADDRESSES + RESERVED_ADDRESSES, `${nodes} nodes`);
};

/** System nodes have no second NIC. */
const gvnicHoldsAllGpuNodes: ClusterRule = (parts) => {
  const demand = demandOf(parts);
  if (demand === undefined) return [];
  return tooSmall(parts, 'gvnic', demand.gpuNodes + RESERVED_ADDRESSES, counted(demand.gpuNodes, 'GPU node'));
};

/**
 * A node without a free block is created and never becomes ready (cloudpilot-ai/karpenter-provider-gcp issue 120). Blocks are powers of
 * two, so they fit whenever their sum does.
 */
const podsHoldAllNodes: ClusterRule = (parts) => {
  const demand = demandOf(parts);
  if (demand === undefined) return [];
  const nodes = demand.systemNodes + demand.gpuNodes;
  return tooSmall(parts, 'pods', demand.podAddresses, `the pods of ${nodes} nodes`);
};

/** Each RDMA subnet gives one address to every GPU node. */
const rdmaSubnetsHoldAllGpuNodes: ClusterRule = (parts, catalogue) => {
  const demand = demandOf(parts);
  const block = rangesOf(parts)?.get('rdma');
  const subnets = rdmaNicCount(parts, catalogue);
  if (demand === undefined || block === undefined || subnets === 0) return [];

  const needed = demand.gpuNodes + RESERVED_ADDRESSES;
  const prefix = splitPrefix(block, subnets);
  if (prefix <= 32 && 2 ** (32 - prefix) >= needed) return [];
  const fix = `use /${prefixFor(needed) - (prefix - block.prefix)} or larger`;
  const rule = `must hold ${counted(demand.gpuNodes, 'GPU node')} and ${RESERVED_ADDRESSES} reserved addresses in each of its ${subnets} subnets (/${prefix})`;
  return [ofRange('rdma', block, { rule, fix })];
};

export const capacityRules: readonly ClusterRule[] = [
  primaryHoldsAllNodes,
  podsHoldAllNodes,
  gvnicHoldsAllGpuNodes,
  rdmaSubnetsHoldAllGpuNodes,
];

/** Undefined when a part of it has the wrong form. */
function demandOf({ systemPool, gpuPools }: ClusterParts): Demand | undefined {
  if (systemPool === undefined) return undefined;
  const systemNodes = (systemPool.nodes ?? clusterDefaults.systemPool.nodes) + SYSTEM_SURGE_NODES;
  let demand: Demand = {
    systemNodes,
    gpuNodes: 0,
    podAddresses: systemNodes * podAddressesPerNode(SYSTEM_PODS_PER_NODE),
  };

  for (const { size, upgrade, maxPodsPerNode } of gpuPools) {
    if (size === undefined || upgrade === undefined || maxPodsPerNode === undefined) return undefined;
    const nodes = (size.max ?? size.initial) + (upgrade.maxSurge ?? clusterDefaults.pool.maxSurge);
    demand = {
      ...demand,
      gpuNodes: demand.gpuNodes + nodes,
      podAddresses: demand.podAddresses + nodes * podAddressesPerNode(maxPodsPerNode),
    };
  }
  return demand;
}

/** Twice the pods, rounded up to a power of two: 32 → 64, 110 → 256 (GKE documentation, "Configure maximum Pods per node"). */
function podAddressesPerNode(maxPods: number): number {
  return 2 ** Math.ceil(Math.log2(2 * maxPods));
}

/** Machines that are not in the catalogue have their own problem; here they count nothing. */
function rdmaNicCount({ gpuPools }: ClusterParts, catalogue: Catalogue): number {
  const counts = gpuPools.map(({ machineType = '' }) => machineOf(catalogue, machineType)?.nics.rdma ?? 0);
  return Math.max(0, ...counts);
}

/** `needed` includes reserved addresses; `what` says in words what has to find room. */
function tooSmall(parts: ClusterParts, name: RangeName, needed: number, what: string): readonly Problem[] {
  const range = rangesOf(parts)?.get(name);
  if (range === undefined || addressCount(range) >= needed) return [];
  const rule = `must hold ${what}: ${needed} addresses, not ${addressCount(range)}`;
  return [ofRange(name, range, { rule, fix: `use /${prefixFor(needed)} or larger` })];
}
