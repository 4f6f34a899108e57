import type { LoopPorts } from '#shared/automation.ts';
import type { CloudNetworks } from '#shared/ports/cloud-networks.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { ZoneFacts } from '#shared/ports/zone-facts.ts';

/** The parts of the world that a build touches. */
export interface BuildCloud {
  readonly networks: CloudNetworks;
  readonly zones: ZoneFacts;
  readonly clusters: Clusters;
  readonly pools: NodePools;
  readonly objects: ClusterObjects;
  /** What a cluster may cost without a policy that says otherwise, USD per hour (D11). */
  readonly spendCapUsdPerHour: number;
}

export type BuildPorts = BuildCloud & LoopPorts;
