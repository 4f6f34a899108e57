import type { LoopPorts } from '#shared/automation.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { NodePoolSizes } from '#shared/ports/node-pool-sizes.ts';
import type { Workloads } from '#shared/ports/workloads.ts';

/** The parts of the world that the size of a pool is decided by and set in. */
export interface ScaleNodePoolCloud {
  readonly clusters: Pick<Clusters, 'read' | 'readOperation' | 'runningOperations'>;
  readonly pools: Pick<NodePools, 'read'>;
  readonly sizes: NodePoolSizes;
  readonly objects: Pick<ClusterObjects, 'read' | 'list'>;
  readonly workloads: Pick<Workloads, 'setUnschedulable' | 'evict'>;
}

export type ScaleNodePoolPorts = ScaleNodePoolCloud & LoopPorts;
