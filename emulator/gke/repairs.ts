/**
 * What instance groups do by themselves: they try again to make the machines that they could not get, and make lost ones anew. A pool
 * that failed for want of machines runs again when it has them all (hashicorp/terraform-provider-google #10121, NVIDIA/aicr #2065).
 */
import { allot } from './capacity.ts';
import { deletionMs, lossMs, RECREATION_MS, RETRY_MS } from './durations.ts';
import { isAlive, missingZones } from './groups.ts';
import type { Instance } from './instance.ts';
import { removeInstance, scheduleStart } from './instances.ts';
import type { InstanceLoss } from './parts.ts';
import type { GkeContext, PoolOfCluster } from './state.ts';

/** Tries every few minutes for as long as a machine is missing. It is no event that hurries the world: it may go on for ever. */
export function repairGroups(context: GkeContext, { cluster, pool }: PoolOfCluster): void {
  if (pool.repairing || missingZones(pool).length === 0) return;
  pool.repairing = true;
  const next = () => context.base.clock.after(RETRY_MS, tryAgain, { periodic: true });
  const tryAgain = () => {
    const isBusy = pool.status === 'RECONCILING';
    if (isAlive(cluster, pool) && !isBusy) makeMissing(context, { cluster, pool });
    pool.repairing = isAlive(cluster, pool) && missingZones(pool).length > 0;
    if (pool.repairing) next();
  };
  next();
}

/** Starts those of the missing machines that can be had now. */
function makeMissing(context: GkeContext, { cluster, pool }: PoolOfCluster): void {
  const { zones } = allot(context, { cluster, pool }, missingZones(pool));
  for (const zone of zones) {
    const onStarted = () => heal({ cluster, pool });
    scheduleStart(context, { cluster, pool, zone }, { delayMs: RECREATION_MS, onStarted });
  }
}

function heal({ pool }: PoolOfCluster): void {
  const isWhole = missingZones(pool).length === 0 && pool.coming.length === 0;
  if (!isWhole || (pool.status !== 'RUNNING_WITH_ERROR' && pool.status !== 'ERROR')) return;
  Object.assign(pool, { status: 'RUNNING', statusMessage: '', conditions: [] });
}

/** Deletes machines by name: their groups shrink by as many at once, the machines and their nodes go a minute or two later. */
export function deleteInstances(
  context: GkeContext,
  { cluster, pool }: PoolOfCluster,
  instances: readonly Instance[],
): void {
  const { clock, random } = context.base;
  for (const { name, zone } of instances) {
    pool.targets.set(zone, Math.max((pool.targets.get(zone) ?? 0) - 1, 0));
    pool.actions.set(name, 'DELETING');
    const delayMs = random.between(deletionMs.from, deletionMs.to, 'gke', 'deletion', name);
    clock.after(delayMs, () => removeInstance(context, { cluster, pool }, name));
  }
}

/** The machine stops, its node with it; the group makes it again under its name as soon as there is one to be had. */
export function loseInstance(
  context: GkeContext,
  { cluster, pool }: PoolOfCluster,
  { instance, loss }: { readonly instance: Instance; readonly loss: InstanceLoss },
): void {
  const { name, zone } = instance;
  const { clock } = context.base;
  if (pool.actions.get(name) !== 'DELETING') pool.actions.set(name, 'RECREATING');
  clock.after(lossMs[loss].unready, () => {
    if (pool.instances.includes(instance)) context.runtime.instanceUnready(cluster.name, name, loss);
  });
  clock.after(lossMs[loss].gone, () => {
    const isWanted = pool.actions.get(name) === 'RECREATING';
    removeInstance(context, { cluster, pool }, name);
    // Somebody may have deleted it by name meanwhile.
    if (!isWanted || !isAlive(cluster, pool)) return;
    pool.vacancies.push({ zone, name });
    makeMissing(context, { cluster, pool });
    repairGroups(context, { cluster, pool });
  });
}
