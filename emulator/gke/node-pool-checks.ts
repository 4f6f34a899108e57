/** Turns a node pool's body into a node pool, or rejects it. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { checkAutoscaling, checkFlexStart } from './autoscaling.ts';
import { flexStartHasNoSize, negativeSize } from './autoscaling-rejections.ts';
import { checkName, chooseZones, isSame } from './cluster-checks.ts';
import { networkMissing, subnetworkInvalid } from './cluster-rejections.ts';
import { machineTypeOf } from './instances.ts';
import type { MachineShape } from './machines.ts';
import {
  badReservationAffinity,
  compactWithReservation,
  machineMissing,
  multiNetworkingOff,
  networkNotPlain,
  spotWithFlexStart,
  spotWithReservation,
  tooManyInterfaces,
  wrongAccelerator,
} from './node-pool-rejections.ts';
import { flagAt, mapAt, mapsAt, numberAt, textAt, textsAt } from './read.ts';
import { notServed } from './rejections.ts';
import { clusterScope, poolScope } from './scopes.ts';
import type { ClusterState, GkeContext, NodePoolState } from './state.ts';
import { nodeVersion } from './versions.ts';

/** Checks everything but the free machines of a reservation, which `checkReservation` looks at. */
export function toNodePool(context: GkeContext, cluster: ClusterState, body: JsonMap): NodePoolState {
  const spec = structuredClone(body);
  const name = textAt(spec, 'name');
  checkName('node_pool.name', name);
  checkServed(spec);
  const zones = chooseZones(context, spec, cluster);
  const machine = findMachine(context, spec, zones);
  checkAccelerators(spec, machine);
  checkConsumption(spec);
  checkNodeNetworks(context, cluster, { spec, machine });
  checkSizes(spec);
  const path = `${cluster.path}/nodePools/${name}`;
  return {
    name,
    path,
    spec,
    zones,
    createdAtMs: context.base.clock.nowMs(),
    version: nodeVersion(context.facts, textAt(spec, 'version'), cluster.version),
    machine,
    hash: newHash(context, cluster, name),
    targets: new Map(zones.map((zone) => [zone, numberAt(spec, 'initialNodeCount')])),
    status: 'PROVISIONING',
    statusMessage: '',
    conditions: [],
    instances: [],
    actions: new Map(),
    coming: [],
    repairing: false,
    vacancies: [],
    made: 0,
  };
}

/** The machines that it begins with, and between how many a scaler may choose. */
function checkSizes(spec: JsonMap): void {
  const nodes = numberAt(spec, 'initialNodeCount');
  checkSize(nodes);
  if (nodes > 0 && flagAt(spec, 'config.flexStart')) reject(flexStartHasNoSize);
  checkAutoscaling(mapAt(spec, 'autoscaling'));
  checkFlexStart(spec, mapAt(spec, 'autoscaling'));
}

/** Zero is allowed: a pool that waits for a scaler has no machines. */
export function checkSize(nodeCount: number): void {
  if (nodeCount < 0) reject(negativeSize, nodeCount);
}

/** Differs from one making of a pool to the next, as Google's does. */
function newHash({ base, operations }: GkeContext, cluster: ClusterState, name: string): string {
  const clusters = operations.nextAttempt(clusterScope(cluster, 'CREATE_CLUSTER'));
  const pools = operations.nextAttempt(poolScope(cluster, 'CREATE_NODE_POOL', name));
  const drawn = base.random.draw('gke', 'group', cluster.path, name, clusters, pools);
  return Math.floor(drawn * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}

/** Other ways to machines and networks that the local cloud does not have: better refused than silently ignored. */
function checkServed(spec: JsonMap): void {
  if (flagAt(spec, 'queuedProvisioning.enabled')) reject(notServed, 'node pools with queued provisioning');
  if (textAt(spec, 'networkConfig.acceleratorNetworkProfile') !== '') reject(notServed, 'accelerator network profiles');
}

/** Every zone must offer the type; which zones do is Compute's knowledge, what the machine is like is ours. */
function findMachine(context: GkeContext, spec: JsonMap, zones: readonly string[]): MachineShape {
  const machineType = machineTypeOf(spec);
  const machine = context.facts.machines[machineType];
  for (const zone of zones) {
    if (machine === undefined || !context.compute.offersMachine(zone, machineType))
      reject(machineMissing, machineType, zone);
  }
  return machine ?? reject(machineMissing, machineType, zones.join(', '));
}

/** The GPUs of these machines are built in: a body may repeat them, not change them. */
function checkAccelerators(spec: JsonMap, machine: MachineShape): void {
  for (const accelerator of mapsAt(spec, 'config.accelerators')) {
    const type = textAt(accelerator, 'acceleratorType');
    const count = numberAt(accelerator, 'acceleratorCount');
    const built = machine.accelerator;
    if (type !== built?.type || count !== built.count) reject(wrongAccelerator, type, machineTypeOf(spec));
  }
}

/**
 * The ways to get a machine exclude each other: reservation, spot (or its predecessor, preemptible), flex-start, on demand.
 * Whether the chosen way has machines is another question (capacity.ts).
 */
function checkConsumption(spec: JsonMap): void {
  const affinity = textAt(spec, 'config.reservationAffinity.consumeReservationType');
  const spot = flagAt(spec, 'config.spot') || flagAt(spec, 'config.preemptible');
  const flexStart = flagAt(spec, 'config.flexStart');
  if (spot && flexStart) reject(spotWithFlexStart);
  const reserving = affinity === 'SPECIFIC_RESERVATION' || affinity === 'ANY_RESERVATION';
  if (spot && reserving) reject(spotWithReservation, 'Spot');
  if (flexStart && reserving) reject(spotWithReservation, 'Flex-start');
  if (affinity === 'SPECIFIC_RESERVATION') checkSpecificReservation(spec);
}

/** A reservation fixes the placement by itself. */
function checkSpecificReservation(spec: JsonMap): void {
  const key = textAt(spec, 'config.reservationAffinity.key');
  const values = textsAt(spec, 'config.reservationAffinity.values');
  if (key !== 'compute.googleapis.com/reservation-name' || values.length !== 1) reject(badReservationAffinity);
  if (textAt(spec, 'placementPolicy.type') === 'COMPACT') reject(compactWithReservation);
}

/** The first interface is the cluster's own network and counts against the machine's number too. */
function checkNodeNetworks(
  context: GkeContext,
  cluster: ClusterState,
  { spec, machine }: { readonly spec: JsonMap; readonly machine: MachineShape },
): void {
  const configs = mapsAt(spec, 'networkConfig.additionalNodeNetworkConfigs');
  if (configs.length === 0) return;
  if (!flagAt(cluster.spec, 'networkConfig.enableMultiNetworking')) reject(multiNetworkingOff, cluster.name);
  if (configs.length + 1 > machine.maxInterfaces) reject(tooManyInterfaces, machine.maxInterfaces);
  for (const [index, config] of configs.entries()) checkNodeNetwork(context, cluster.region, { index, config });
}

function checkNodeNetwork(
  context: GkeContext,
  region: string,
  { index, config }: { readonly index: number; readonly config: JsonMap },
): void {
  const names = { network: textAt(config, 'network'), subnetwork: textAt(config, 'subnetwork') };
  for (const [field, value] of Object.entries(names)) {
    const path = `node_pool.network_config.additional_node_network_configs[${index}].${field}`;
    if (value === '' || value.includes('/')) reject(networkNotPlain, path, value);
  }
  const { project } = context.base;
  if (context.compute.findNetwork(names.network) === undefined) reject(networkMissing, project, names.network);
  const subnetwork = context.compute.findSubnetwork(region, names.subnetwork);
  if (subnetwork === undefined || !isSame(textAt(subnetwork, 'network'), names.network))
    reject(subnetworkInvalid, `projects/${project}/regions/${region}/subnetworks/${names.subnetwork}`, names.network);
}
