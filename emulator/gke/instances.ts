/** Makes and removes the machines of node pools, spread over the time of an operation. */
import type { JsonMap } from '../world/json.ts';
import { evenly, startOffsetsMs } from './durations.ts';
import { isAlive, staying, targetOf } from './groups.ts';
import type { DriverVersion, Instance, NetworkInterface, Taint } from './instance.ts';
import type { RunningOperation } from './operations.ts';
import { mapAt, mapsAt, numberAt, textAt, valueAt } from './read.ts';
import type { ClusterState, GkeContext, NodePoolState } from './state.ts';

export interface Growth {
  readonly cluster: ClusterState;
  readonly pool: NodePoolState;
  /** Zones of the machines to make, one entry for each. */
  readonly zones: readonly string[];
  /** Duration of the whole operation, from now. */
  readonly totalMs: number;
  readonly operation: RunningOperation;
  /** Machines that the operation was to make; more than `zones` has when they cannot all be had. */
  readonly wanted: number;
}

/** Starts the machines one after the other in the last part of the operation. */
export function scheduleStarts(context: GkeContext, { zones, totalMs, operation, wanted, ...place }: Growth): void {
  operation.progress(0, wanted);
  startOffsetsMs(totalMs, zones.length).forEach((offsetMs, index) => {
    const onStarted = () => operation.progress(index + 1, wanted);
    scheduleStart(context, { ...place, zone: zones[index] ?? '' }, { delayMs: offsetMs, onStarted });
  });
}

/** Starts one machine, unless its group has enough by then or is going away. */
export function scheduleStart(
  context: GkeContext,
  { cluster, pool, zone }: { readonly cluster: ClusterState; readonly pool: NodePoolState; readonly zone: string },
  { delayMs, onStarted }: { readonly delayMs: number; readonly onStarted?: () => void },
): void {
  pool.coming.push(zone);
  context.base.clock.after(delayMs, () => {
    pool.coming.splice(pool.coming.indexOf(zone), 1);
    if (!isAlive(cluster, pool) || staying(pool, zone).length >= targetOf(pool, zone)) return;
    const instance = makeInstance(context, cluster, pool, zone);
    pool.instances.push(instance);
    onStarted?.();
    context.runtime.instanceStarted(cluster.name, instance);
  });
}

/** Removes machines in the order given, spread over `totalMs`. */
export function scheduleRemovals(
  context: GkeContext,
  { cluster, pool }: { readonly cluster: ClusterState; readonly pool: NodePoolState },
  leaving: readonly Instance[],
  totalMs: number,
): void {
  for (const { name } of leaving) pool.actions.set(name, 'DELETING');
  evenly(0, totalMs * 0.9, leaving.length).forEach((offsetMs, index) => {
    context.base.clock.after(offsetMs, () => removeInstance(context, { cluster, pool }, leaving[index]?.name ?? ''));
  });
}

/** The machine and its node are gone; nothing happens if they are already. */
export function removeInstance(
  context: GkeContext,
  { cluster, pool }: { readonly cluster: ClusterState; readonly pool: NodePoolState },
  name: string,
): void {
  if (!pool.instances.some((instance) => instance.name === name)) return;
  pool.instances = pool.instances.filter((instance) => instance.name !== name);
  pool.actions.delete(name);
  context.runtime.instanceRemoved(cluster.name, name);
}

/** `gke-<cluster>-<pool>-<hash>`, both names cut at 20 characters (seen in akka/akka-core #32992 for the cluster). */
export function groupBaseName(cluster: ClusterState, pool: NodePoolState): string {
  return `gke-${cluster.name.slice(0, 20)}-${pool.name.slice(0, 20)}-${pool.hash}`;
}

function makeInstance(context: GkeContext, cluster: ClusterState, pool: NodePoolState, zone: string): Instance {
  const { machine, spec } = pool;
  return {
    name: takeVacancy(pool, zone) ?? newName(context, cluster, pool),
    pool: pool.name,
    zone,
    machineType: machineTypeOf(spec),
    cpuCount: machine.cpuCount,
    memoryGib: machine.memoryGib,
    version: pool.version,
    ...(machine.accelerator && { accelerator: machine.accelerator, driverVersion: driverVersionOf(spec) }),
    labels: labelsOf(pool),
    taints: taintsOf(pool),
    interfaces: interfacesOf(context, cluster, spec),
    localSsdCount: localSsdsOf(pool),
    maxPods: maxPodsOf(spec),
  };
}

/** A machine that is made again keeps its name (Compute Engine documentation, page "About repairing VMs for high availability"). */
function takeVacancy(pool: NodePoolState, zone: string): string | undefined {
  const index = pool.vacancies.findIndex((vacancy) => vacancy.zone === zone);
  return index < 0 ? undefined : pool.vacancies.splice(index, 1)[0]?.name;
}

function newName(context: GkeContext, cluster: ClusterState, pool: NodePoolState): string {
  const drawn = context.base.random.draw('gke', 'instance', pool.path, pool.hash, pool.made++);
  // Four characters of base 36, as instance groups name their machines.
  const suffix = Math.floor(drawn * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${groupBaseName(cluster, pool)}-${suffix}`;
}

/** GKE's default machine type: comment of `NodeConfig.machine_type` in google/container/v1/cluster_service.proto. */
export function machineTypeOf(spec: JsonMap): string {
  return textAt(spec, 'config.machineType') || 'e2-medium';
}

/** GKE's default: page "Configure maximum Pods per node". */
export function maxPodsOf(spec: JsonMap): number {
  return numberAt(spec, 'maxPodsConstraint.maxPodsPerNode') || 110;
}

/** Unset means GKE's default driver since 1.30.1-gke.115600 (notice printed by gcloud 528 on node-pools create). */
function driverVersionOf(spec: JsonMap): DriverVersion {
  const [accelerator] = mapsAt(spec, 'config.accelerators');
  const asked = textAt(accelerator, 'gpuDriverInstallationConfig.gpuDriverVersion');
  return asked === 'LATEST' || asked === 'INSTALLATION_DISABLED' ? asked : 'DEFAULT';
}

/** Labels that GKE adds: page "About labels and taints in GKE" and, for GPUs, page "Run GPUs in GKE Standard node pools". */
function labelsOf(pool: NodePoolState): Readonly<Record<string, string>> {
  const own = Object.entries(mapAt(pool.spec, 'config.labels')).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  const driver = driverVersionOf(pool.spec);
  return {
    'cloud.google.com/gke-nodepool': pool.name,
    ...(pool.machine.accelerator && {
      'cloud.google.com/gke-accelerator': pool.machine.accelerator.type,
      'cloud.google.com/gke-accelerator-count': String(pool.machine.accelerator.count),
      'cloud.google.com/gke-gpu-driver-version': driver === 'INSTALLATION_DISABLED' ? 'disabled' : driver.toLowerCase(),
    }),
    ...(valueAt(pool.spec, 'config.spot') === true && { 'cloud.google.com/gke-spot': 'true' }),
    ...Object.fromEntries(own),
  };
}

const taintEffects: Readonly<Record<string, Taint['effect']>> = {
  NO_SCHEDULE: 'NoSchedule',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
  NO_EXECUTE: 'NoExecute',
};

/** GKE taints GPU nodes by itself (page "Run GPUs in GKE Standard node pools"). */
function taintsOf(pool: NodePoolState): readonly Taint[] {
  const own = mapsAt(pool.spec, 'config.taints').map(
    (taint): Taint => ({
      key: textAt(taint, 'key'),
      value: textAt(taint, 'value'),
      effect: taintEffects[textAt(taint, 'effect')] ?? 'NoSchedule',
    }),
  );
  if (pool.machine.accelerator === undefined || own.some(({ key }) => key === 'nvidia.com/gpu')) return own;
  return [...own, { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }];
}

function interfacesOf(context: GkeContext, cluster: ClusterState, spec: JsonMap): readonly NetworkInterface[] {
  const first = { network: textAt(cluster.network, 'name'), subnetwork: textAt(cluster.subnetwork, 'name') };
  const others = mapsAt(spec, 'networkConfig.additionalNodeNetworkConfigs').map((config) => ({
    network: textAt(config, 'network'),
    subnetwork: textAt(config, 'subnetwork'),
  }));
  return [first, ...others].map(({ network, subnetwork }, index) => ({
    name: `eth${index}`,
    network,
    subnetwork,
    // RoCE profiles are named `<zone>-vpc-roce…` (page "RDMA network profiles").
    rdma: textAt(context.compute.findNetwork(network), 'networkProfile').includes('-vpc-roce'),
  }));
}

/** Accelerator machines bring their disks; other machines get those that were asked for. */
function localSsdsOf({ machine, spec }: NodePoolState): number {
  if (machine.localSsdCount > 0) return machine.localSsdCount;
  return (
    numberAt(spec, 'config.ephemeralStorageLocalSsdConfig.localSsdCount') +
    numberAt(spec, 'config.localNvmeSsdBlockConfig.localSsdCount') +
    numberAt(spec, 'config.localSsdCount')
  );
}
