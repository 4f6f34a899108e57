import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { type CommonNodeConfig, commonNodeConfig } from './node-config.ts';

/** `container.v1.NodePool`. int64: `maxPodsPerNode`; int32: the other numbers. */
export type SystemPoolBody = {
  readonly name: string;
  readonly initialNodeCount: number;
  readonly config: CommonNodeConfig & { readonly machineType: string; readonly diskSizeGb: number };
  readonly maxPodsConstraint: { readonly maxPodsPerNode: number };
  readonly management: { readonly autoRepair: true; readonly autoUpgrade: true };
  readonly upgradeSettings: { readonly strategy: 'SURGE'; readonly maxSurge: 1; readonly maxUnavailable: 0 };
};

/** GKE's default, named because the address plan counts on it. */
const MAX_PODS_PER_NODE = 110;

/**
 * The pool that the cluster is created with, in place of GKE's own default pool. It stays untainted: konnectivity and DNS must find
 * a place. It has no autoscaler: its load is ours, not the users'.
 */
export function systemPoolBody(cluster: ResolvedCluster): SystemPoolBody {
  const { name, nodeCount, machineType, diskSizeGb } = cluster.systemPool;
  return {
    name,
    initialNodeCount: nodeCount,
    config: { machineType, diskSizeGb, ...commonNodeConfig(cluster, name) },
    maxPodsConstraint: { maxPodsPerNode: MAX_PODS_PER_NODE },
    management: { autoRepair: true, autoUpgrade: true },
    upgradeSettings: { strategy: 'SURGE', maxSurge: 1, maxUnavailable: 0 },
  };
}
