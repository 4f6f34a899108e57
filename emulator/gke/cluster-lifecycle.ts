/**
 * Creation and removal of clusters, and other people's operations on them.
 *
 *   | creation, part of its duration | what happens                                                                |
 *   | 0                              | the cluster is visible and PROVISIONING, its subnetwork held                 |
 *   | 0.6                            | the control plane answers; whether the first machines can be had is decided |
 *   | up to 3 min before the end     | the machines of the first pools start                                       |
 *   | 1                              | RUNNING with its address, or ERROR                                          |
 */
import type { JsonMap } from '../world/json.ts';
import { allot } from './capacity.ts';
import { CONTROL_PLANE_UP_RATIO, durationMs, SETTINGS_MS } from './durations.ts';
import { missingZones } from './groups.ts';
import { scheduleRemovals, scheduleStarts } from './instances.ts';
import { addPool, settle } from './node-pool-lifecycle.ts';
import type { ProvisioningFailure, RunningOperation } from './operations.ts';
import { flagAt, textAt } from './read.ts';
import { clusterScope, poolScope } from './scopes.ts';
import { type ClusterState, type GkeContext, type NodePoolState, pace } from './state.ts';

/** Accepts a checked cluster. Rejects, and changes nothing, while another operation holds one of its path. */
export function startClusterCreation(
  context: GkeContext,
  cluster: ClusterState,
  pools: readonly NodePoolState[],
): JsonMap {
  const { clock } = context.base;
  const operation = context.operations.start(clusterScope(cluster, 'CREATE_CLUSTER'));
  context.clusters.set(cluster.path, cluster);
  context.compute.attach(cluster.region, textAt(cluster.subnetwork, 'name'), cluster.path);
  for (const pool of pools) addPool(context, { cluster, pool });
  const totalMs = durationMs('cluster', pace(context), cluster.path, operation.attempt);
  const controlPlaneMs = totalMs * CONTROL_PLANE_UP_RATIO;
  clock.after(controlPlaneMs, () => {
    startControlPlane(context, cluster);
    const failure = startSystemNodes(context, cluster, { operation, totalMs: totalMs - controlPlaneMs });
    clock.after(failure?.afterMs ?? totalMs - controlPlaneMs, () =>
      finishCreation(context, cluster, { operation, failure }),
    );
  });
  return operation.view();
}

function startControlPlane(context: GkeContext, cluster: ClusterState): void {
  const multiNetworking = flagAt(cluster.spec, 'networkConfig.enableMultiNetworking');
  context.runtime.clusterStarted({ name: cluster.name, version: cluster.version, multiNetworking });
}

/** The machines of the first pools start between the control plane and the end of the operation: of all of them or of none. */
function startSystemNodes(
  context: GkeContext,
  cluster: ClusterState,
  { operation, totalMs }: { readonly operation: RunningOperation; readonly totalMs: number },
): ProvisioningFailure | undefined {
  const growths = [...cluster.pools.values()].map((pool) => {
    const wanted = missingZones(pool);
    return { pool, wanted: wanted.length, ...allot(context, { cluster, pool }, wanted) };
  });
  const failed = growths.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) return failed.failure;
  for (const growth of growths) scheduleStarts(context, { cluster, operation, totalMs, ...growth });
  return undefined;
}

/** A cluster in ERROR keeps its address and its subnetwork: somebody has to delete it. */
function finishCreation(
  context: GkeContext,
  cluster: ClusterState,
  { operation, failure }: { readonly operation: RunningOperation; readonly failure: ProvisioningFailure | undefined },
): void {
  cluster.reachable = true;
  cluster.status = failure === undefined ? 'RUNNING' : 'ERROR';
  cluster.statusMessage = failure?.message ?? '';
  cluster.conditions = failure === undefined ? [] : [structuredClone(failure.condition)];
  for (const pool of cluster.pools.values()) settle(context, { cluster, pool }, failure);
  operation.finish(failure);
}

/** The API server goes last, so that whoever watches it sees the nodes leave. */
export function startClusterRemoval(context: GkeContext, cluster: ClusterState): JsonMap {
  const operation = context.operations.start(clusterScope(cluster, 'DELETE_CLUSTER'));
  const totalMs = durationMs('removeCluster', pace(context), cluster.path, operation.attempt);
  cluster.status = 'STOPPING';
  for (const pool of cluster.pools.values()) {
    pool.status = 'STOPPING';
    scheduleRemovals(context, { cluster, pool }, [...pool.instances].reverse(), totalMs);
  }
  context.base.clock.after(totalMs, () => {
    for (const pool of cluster.pools.values()) context.compute.detach(pool.path);
    context.compute.detach(cluster.path);
    context.clusters.delete(cluster.path);
    context.runtime.clusterRemoved(cluster.name);
    operation.finish();
  });
  return operation.view();
}

/** An operation that somebody else started, such as `UPGRADE_MASTER`; with a node pool, such as `UPGRADE_NODES`. */
export function startForeign(
  context: GkeContext,
  { cluster, nodePool }: { readonly cluster: ClusterState; readonly nodePool?: string | undefined },
  { type, durationMs: totalMs }: { readonly type: string; readonly durationMs: number },
): void {
  const pool = nodePool === undefined ? undefined : cluster.pools.get(nodePool);
  const operation = context.operations.start(
    nodePool === undefined ? clusterScope(cluster, type) : poolScope(cluster, type, nodePool),
  );
  const subject: { status: ClusterState['status'] | NodePoolState['status'] } = pool ?? cluster;
  const before = subject.status;
  subject.status = 'RECONCILING';
  const end = () => {
    subject.status = before;
    operation.finish();
  };
  const stopWaiting = context.base.clock.after(totalMs, end);
  operation.allowCancelling(() => {
    stopWaiting();
    context.base.clock.after(SETTINGS_MS, end);
  });
}
