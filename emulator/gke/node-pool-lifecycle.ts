/**
 * Creation, resizing and removal of node pools, from the accepted call to the end of the operation.
 *
 *   | call   | status meanwhile | afterwards | if machines cannot be had                                  |
 *   | create | PROVISIONING     | RUNNING    | ERROR, without machines, after 27 s or 35 min              |
 *   | grow   | RECONCILING      | RUNNING    | RUNNING_WITH_ERROR, with the machines that were there      |
 *   | shrink | RECONCILING      | RUNNING    |                                                            |
 *   | delete | STOPPING         | not found  |                                                            |
 */
import type { JsonMap } from '../world/json.ts';
import { findShortage, type ProvisioningFailure } from './capacity.ts';
import { durationMs, PENDING_MS, type Work } from './durations.ts';
import { scheduleRemovals, scheduleStarts } from './instances.ts';
import type { RunningOperation } from './operations.ts';
import { mapsAt, textAt } from './read.ts';
import { poolScope } from './scopes.ts';
import { type ClusterState, type GkeContext, type NodePoolState, pace } from './state.ts';

/** A node pool together with the cluster that it belongs to. */
export interface PoolOfCluster {
  readonly cluster: ClusterState;
  readonly pool: NodePoolState;
}

/** Accepts a checked pool; it is visible at once, so that a repeated call finds that it exists. */
export function startPoolCreation(context: GkeContext, { cluster, pool }: PoolOfCluster): JsonMap {
  const operation = context.operations.start(poolScope(cluster, 'CREATE_NODE_POOL', pool.name));
  addPool(context, { cluster, pool });
  provision(context, {
    cluster,
    pool,
    operation,
    perZone: pool.nodesPerZone,
    onDone: (failure) => settle(pool, failure, 'ERROR'),
  });
  return operation.view();
}

/** Enters the pool into its cluster and holds its subnetworks. */
export function addPool(context: GkeContext, { cluster, pool }: PoolOfCluster): void {
  cluster.pools.set(pool.name, pool);
  for (const config of mapsAt(pool.spec, 'networkConfig.additionalNodeNetworkConfigs'))
    context.compute.attach(cluster.region, textAt(config, 'subnetwork'), pool.path);
}

/** `initialNodeCount` stays what it was: the API has no field for the present size, only the machines show it. */
export function startResize(context: GkeContext, { cluster, pool }: PoolOfCluster, nodesPerZone: number): JsonMap {
  const operation = context.operations.start(poolScope(cluster, 'SET_NODE_POOL_SIZE', pool.name));
  const perZone = nodesPerZone - pool.nodesPerZone;
  Object.assign(pool, { status: 'RECONCILING', nodesPerZone });
  if (perZone > 0) {
    const onDone = (failure?: ProvisioningFailure) => settle(pool, failure, 'RUNNING_WITH_ERROR');
    provision(context, { cluster, pool, operation, perZone, onDone });
    return operation.view();
  }
  const totalMs = durationMs('removeNodes', pace(context), pool.path, operation.attempt);
  const leaving = pool.zones.flatMap((zone) => inZone(pool, zone).slice(nodesPerZone)).reverse();
  scheduleRemovals(context, { cluster, pool }, leaving, totalMs);
  context.base.clock.after(totalMs, () => {
    settle(pool, undefined, 'ERROR');
    operation.finish();
  });
  return operation.view();
}

/** The name is free again, and the subnetworks with it, only at the end of the operation. */
export function startPoolRemoval(context: GkeContext, { cluster, pool }: PoolOfCluster): JsonMap {
  const operation = context.operations.start(poolScope(cluster, 'DELETE_NODE_POOL', pool.name));
  pool.status = 'STOPPING';
  const totalMs = durationMs('removeNodes', pace(context), pool.path, operation.attempt);
  scheduleRemovals(context, { cluster, pool }, [...pool.instances].reverse(), totalMs);
  context.base.clock.after(totalMs, () => {
    cluster.pools.delete(pool.name);
    context.compute.detach(pool.path);
    operation.finish();
  });
  return operation.view();
}

/** Which of the two durations a pool has: GPU machines take several times as long. */
function makingNodes(pool: NodePoolState): Work {
  return pool.machine.accelerator === undefined ? 'cpuNodes' : 'gpuNodes';
}

interface Provisioning extends PoolOfCluster {
  readonly operation: RunningOperation;
  /** Machines to make in each zone. */
  readonly perZone: number;
  readonly onDone: (failure?: ProvisioningFailure) => void;
}

/** Makes machines if there are any to be had, and fails as late as Google does if not. */
function provision(context: GkeContext, work: Provisioning): void {
  const { clock } = context.base;
  const { cluster, pool, operation, perZone } = work;
  const finish = (failure?: ProvisioningFailure) => {
    work.onDone(failure);
    operation.finish(failure);
  };
  const totalMs = durationMs(makingNodes(pool), pace(context), pool.path, operation.attempt);
  // Decided when the operation begins to run, not at the call: a reservation may have changed or been used up in between.
  clock.after(PENDING_MS, () => {
    const failure = perZone > 0 ? findShortage(context, cluster, pool) : undefined;
    clock.after((failure?.afterMs ?? totalMs) - PENDING_MS, () => finish(failure));
    if (failure === undefined) scheduleStarts(context, { ...work, totalMs: totalMs - PENDING_MS });
  });
}

/** A failed pool stays, with what it has, until somebody deletes it (hashicorp/terraform-provider-google #10121). */
export function settle(
  pool: NodePoolState,
  failure: ProvisioningFailure | undefined,
  failed: NodePoolState['status'],
): void {
  pool.status = failure === undefined ? 'RUNNING' : failed;
  pool.statusMessage = failure?.message ?? '';
  pool.conditions = failure === undefined ? [] : [structuredClone(failure.condition)];
  // Machines that were not made hold no place in a reservation.
  if (failure !== undefined) pool.nodesPerZone = pool.instances.length / pool.zones.length;
}

function inZone(pool: NodePoolState, zone: string): NodePoolState['instances'] {
  return pool.instances.filter((instance) => instance.zone === zone);
}
