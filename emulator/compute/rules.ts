/** Whether the machines of a node pool can be had: what the call refuses, and what ends the operation minutes later. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type ReservationShortage, reservationInsufficient, reservationMissing } from './node-pool-rejections.ts';
import { flagAt, numberAt, textAt, textsAt } from './read.ts';
import type { ClusterState, GkeContext, NodePoolState } from './state.ts';

/** How an operation that makes nodes fails. */
export interface ProvisioningFailure {
  /** From the start of the operation. */
  readonly afterMs: number;
  /** google.rpc.Code as a number. */
  readonly rpcCode: number;
  readonly message: string;
  /** google.container.v1.StatusCondition */
  readonly condition: JsonMap;
}

/**
 * A stocked-out group is given up after 35 min (akka/akka-core #32992: 35m4.033429035s; cluster-toolkit #6278). Assumed:
 * a reservation that does not fit fails as fast as a quota does (26.633785888s in
 * kubernetes-sigs/sig-storage-local-static-provisioner #526).
 */
const stockout = { afterMs: 2_104_033, text: '35m4.033429035s', rpcCode: 8 } as const;
const refused = { afterMs: 26_633, text: '26.633785888s', rpcCode: 9 } as const;

/** Short name of the specific reservation that a pool asks for: `R`, `R/reservationBlocks/B` or `projects/P/reservations/R…`. */
export function reservationName(spec: JsonMap): string | undefined {
  if (textAt(spec, 'config.reservationAffinity.consumeReservationType') !== 'SPECIFIC_RESERVATION') return undefined;
  const [value = ''] = textsAt(spec, 'config.reservationAffinity.values');
  return /^projects\/[^/]+\/reservations\/([^/]+)/.exec(value)?.[1] ?? value.split('/')[0];
}

/** Rejects the call when a named reservation does not exist or has too few free machines for `moreNodes` per zone. */
export function checkReservation(context: GkeContext, pool: NodePoolState, moreNodes: number): void {
  const name = reservationName(pool.spec);
  if (name === undefined) return;
  for (const zone of pool.zones) {
    const reservation = context.compute.findReservation(zone, name);
    if (reservation === undefined) reject(reservationMissing, name, pool.name, zone);
    const free = freeMachines(context, reservation, { name, zone });
    if (free >= moreNodes) continue;
    const shortage: ReservationShortage = {
      reservation: name,
      pool: pool.name,
      zone,
      machineType: textAt(pool.spec, 'config.machineType'),
      required: moreNodes,
      short: moreNodes - Math.max(free, 0),
    };
    reject(reservationInsufficient, shortage);
  }
}

/** Machines of a reservation that neither somebody else nor a node pool of this world holds. */
function freeMachines(
  context: GkeContext,
  reservation: JsonMap,
  place: { readonly name: string; readonly zone: string },
): number {
  const pools = [...context.clusters.values()].flatMap((cluster) => [...cluster.pools.values()]);
  const held = pools
    .filter((pool) => reservationName(pool.spec) === place.name && pool.zones.includes(place.zone))
    .reduce((sum, pool) => sum + pool.nodesPerZone, 0);
  return (
    numberAt(reservation, 'specificReservation.count') - numberAt(reservation, 'specificReservation.inUseCount') - held
  );
}

/** Why the `missing` machines of a pool cannot be made now; undefined if they can. */
export function findShortage(
  context: GkeContext,
  cluster: ClusterState,
  pool: NodePoolState,
): ProvisioningFailure | undefined {
  for (const zone of pool.zones) {
    const reason = refusalIn(context, pool, zone);
    if (reason !== undefined) return toFailure(pool, refused, `${instanceFailure(cluster, pool)}${reason}`);
    if (hasStock(pool)) continue;
    const text =
      `[GCE_STOCKOUT]: ${instanceFailure(cluster, pool)}The zone 'projects/${context.base.project}/zones/${zone}' does not have ` +
      "enough resources available to fulfill the request.  '(resource type:compute)'.";
    return toFailure(pool, stockout, text);
  }
  return undefined;
}

/**
 * What Compute Engine answers to the first machine that should use the reservation: the texts that kubernetes/autoscaler
 * cluster-autoscaler/cloudprovider/gce/autoscaling_gce_client.go recognises (regexReservationErrors).
 */
function refusalIn(context: GkeContext, pool: NodePoolState, zone: string): string | undefined {
  const name = reservationName(pool.spec);
  if (name === undefined) return undefined;
  const reservation = context.compute.findReservation(zone, name);
  if (reservation === undefined) return `Specified reservation '${name}' does not exist.`;
  if (textAt(reservation, 'status') !== 'READY')
    return `Cannot use reservation '${name}': it requires reservation to be in READY state.`;
  const reserved = textAt(reservation, 'specificReservation.instanceProperties.machineType');
  if (reserved !== textAt(pool.spec, 'config.machineType'))
    return `Reservation '${name}' is incorrect for the requested resources.`;
  if (freeMachines(context, reservation, { name, zone }) < 0)
    return `Specified reservation '${name}' does not have available resources for the request.`;
  return undefined;
}

/** A machine that is not sold on demand exists only by reservation, spot or flex-start. */
function hasStock(pool: NodePoolState): boolean {
  return (
    pool.machine.onDemand ||
    reservationName(pool.spec) !== undefined ||
    flagAt(pool.spec, 'config.spot') ||
    flagAt(pool.spec, 'config.flexStart')
  );
}

function instanceFailure(cluster: ClusterState, pool: NodePoolState): string {
  return `Instance 'gke-${cluster.name.slice(0, 20)}-${pool.name.slice(0, 20)}-${pool.hash}-0000' creation failed: `;
}

type Kind = typeof stockout | typeof refused;

/** The frame of the message: akka/akka-core #32992, hashicorp/terraform-provider-google #10121. */
function toFailure(pool: NodePoolState, kind: Kind, currentError: string): ProvisioningFailure {
  const expected = pool.nodesPerZone * pool.zones.length;
  const running = pool.instances.length;
  const message =
    `Google Compute Engine: Not all instances running in IGM after ${kind.text}. Expected ${expected}, running ${running}, ` +
    `transitioning ${expected - running}. Current errors: ${currentError}`;
  const condition: JsonMap =
    kind === stockout
      ? { code: 'GCE_STOCKOUT', canonicalCode: 'RESOURCE_EXHAUSTED', message }
      : { canonicalCode: 'FAILED_PRECONDITION', message };
  return { afterMs: kind.afterMs, rpcCode: kind.rpcCode, message, condition };
}
