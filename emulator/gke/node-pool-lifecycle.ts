/**
 * Creation, resizing and removal of node pools, from the accepted call to the end of the operation.
 *
 *   | call   | status meanwhile | afterwards | if machines cannot be had                                                       |
 *   | create | PROVISIONING     | RUNNING    | after 27 s or 35 min ERROR, or RUNNING_WITH_ERROR with those that came           |
 *   | grow   | RECONCILING      | RUNNING    | RUNNING_WITH_ERROR, with the machines that were there and those that came        |
 *   | shrink | RECONCILING      | RUNNING    |                                                                                  |
 *   | delete | STOPPING         | not found  |                                                                                  |
 *
 * A group that lacks machines goes on trying after the operation has failed (repairs.ts).
 */
import type { JsonMap } from '../world/json.ts';
import { allot } from './capacity.ts';
import { durationMs, PENDING_MS, SETTINGS_MS, type Work } from './durations.ts';
import { missingZones, setTargets, staying } from './groups.ts';
import type { Instance } from './instance.ts';
import { scheduleRemovals, scheduleStarts } from './instances.ts';
import type { ProvisioningFailure, RunningOperation } from './operations.ts';
import { mapsAt, textAt } from './read.ts';
import { repairGroups } from './repairs.ts';
import { poolScope } from './scopes.ts';
import { type GkeContext, type NodePoolState, pace, type PoolOfCluster } from './state.ts';

/** Accepts a checked pool; it is visible at once, so that a repeated call finds that it exists. */
export function startPoolCreation(context: GkeContext, { cluster, pool }: PoolOfCluster): JsonMap {
  const operation = context.operations.start(poolScope(cluster, 'CREATE_NODE_POOL', pool.name));
  addPool(context, { cluster, pool });
  provision(context, { cluster, pool, operation, work: makingNodes(pool, 'gpuNodes') });
  return operation.view();
}

/** Enters the pool into its cluster and holds its subnetworks. */
export function addPool(context: GkeContext, { cluster, pool }: PoolOfCluster): void {
  cluster.pools.set(pool.name, pool);
  for (const config of mapsAt(pool.spec, 'networkConfig.additionalNodeNetworkConfigs'))
    context.compute.attach(cluster.region, textAt(config, 'subnetwork'), pool.path);
}

/**
 * Brings each zone to that number. The zones may differ before, because machines were deleted by name: then some grow and others
 * shrink. `initialNodeCount` follows (documentation of Terraform's google_container_node_pool: resizing manually may change it).
 */
export function startResize(context: GkeContext, { cluster, pool }: PoolOfCluster, nodesPerZone: number): JsonMap {
  const operation = context.operations.start(poolScope(cluster, 'SET_NODE_POOL_SIZE', pool.name));
  pool.status = 'RECONCILING';
  pool.spec = { ...pool.spec, initialNodeCount: nodesPerZone };
  setTargets(pool, nodesPerZone);
  const leaving = pool.zones.flatMap((zone) => surplus(context, { pool, zone, nodesPerZone }));
  const shrinkMs = durationMs('removeNodes', pace(context), pool.path, operation.attempt);
  scheduleRemovals(context, { cluster, pool }, leaving, shrinkMs);
  if (missingZones(pool).length > 0) {
    provision(context, { cluster, pool, operation, work: makingNodes(pool, 'growGpuNodes') });
    return operation.view();
  }
  context.base.clock.after(leaving.length > 0 ? shrinkMs : SETTINGS_MS, () => {
    settle(context, { cluster, pool });
    operation.finish();
  });
  return operation.view();
}

/** Machines that a smaller group gives up: any of them (gcloud reference, `container clusters resize`: "at random"). */
function surplus(
  { base }: GkeContext,
  { pool, zone, nodesPerZone }: { readonly pool: NodePoolState; readonly zone: string; readonly nodesPerZone: number },
): readonly Instance[] {
  const fate = ({ name }: Instance) => base.random.draw('gke', 'surplus', name, nodesPerZone);
  return staying(pool, zone)
    .toSorted((one, other) => fate(one) - fate(other))
    .slice(nodesPerZone);
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

/** How long machines take: GPU machines several times as long as others. */
function makingNodes(pool: NodePoolState, gpuWork: Work): Work {
  return pool.machine.accelerator === undefined ? 'cpuNodes' : gpuWork;
}

interface Provisioning extends PoolOfCluster {
  readonly operation: RunningOperation;
  readonly work: Work;
}

/** Makes the machines that are missing, as many as can be had, and fails as late as Google does if those are not all. */
function provision(context: GkeContext, { cluster, pool, operation, work }: Provisioning): void {
  const { clock } = context.base;
  const totalMs = durationMs(work, pace(context), pool.path, operation.attempt);
  // Decided when the operation begins to run, not at the call: a reservation may have changed or been used up in between.
  clock.after(PENDING_MS, () => {
    const wanted = missingZones(pool);
    const { zones, failure } = allot(context, { cluster, pool }, wanted);
    clock.after((failure?.afterMs ?? totalMs) - PENDING_MS, () => {
      settle(context, { cluster, pool }, failure);
      operation.finish(failure);
    });
    const growth = { cluster, pool, operation, zones, wanted: wanted.length };
    scheduleStarts(context, { ...growth, totalMs: totalMs - PENDING_MS });
  });
}

/**
 * A failed pool stays, with what it has (hashicorp/terraform-provider-google #10121); one that has machines runs with an error
 * (hashicorp/terraform-provider-google #10823).
 */
export function settle(context: GkeContext, { cluster, pool }: PoolOfCluster, failure?: ProvisioningFailure): void {
  const isNew = pool.status === 'PROVISIONING';
  const failed = isNew && pool.instances.length === 0 ? 'ERROR' : 'RUNNING_WITH_ERROR';
  pool.status = failure === undefined ? 'RUNNING' : failed;
  pool.statusMessage = failure?.message ?? '';
  pool.conditions = failure === undefined ? [] : [structuredClone(failure.condition)];
  repairGroups(context, { cluster, pool });
}
