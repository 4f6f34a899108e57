import type { OperationScope } from './operations.ts';
import type { ClusterState } from './state.ts';

/** Scope of an operation that takes the whole cluster. */
export function clusterScope(cluster: ClusterState, type: string): OperationScope {
  return { type, location: cluster.location, cluster: cluster.path, clusterName: cluster.name };
}

export function poolScope(cluster: ClusterState, type: string, nodePool: string): OperationScope {
  return { ...clusterScope(cluster, type), nodePool };
}
