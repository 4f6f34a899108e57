/** Whether the machines of a node pool can be had: what the call refuses, and what ends the operation minutes later. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { heldMachines, ownMachines, totalTarget } from './groups.ts';
import { machineTypeOf } from './instances.ts';
import type { ProvisioningFailure } from './operations.ts';
import { type ReservationShortage, reservationInsufficient, reservationMissing } from './node-pool-rejections.ts';
import { flagAt, numberAt, textAt, textsAt } from './read.ts';
import type { ClusterState, GkeContext, NodePoolState } from './state.ts';

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

/**
 * Rejects the call when a named reservation does not exist or has too few free machines; `perZone` is what each zone of the pool is
 * to have.
 */
export function checkReservation(context: GkeContext, pool: NodePoolState, perZone: number): void {
  const name = reservationName(pool.spec);
  if (name === undefined) return;
  for (const zone of pool.zones) {
    const required = perZone - ownMachines(pool, zone);
    const reservation = context.compute.findReservation(zone, name);
    if (reservation === undefined) reject(reservationMissing, name, pool.name, zone);
    const free = freeMachines(context, reservation, { pool, name, zone });
    if (required <= 0 || free >= required) continue;
    const machineType = machineTypeOf(pool.spec);
    const short = required - Math.max(free, 0);
    const shortage: ReservationShortage = { reservation: name, pool: pool.name, zone, machineType, required, short };
    reject(reservationInsufficient, shortage);
  }
}

/** A reservation as one pool asks for it. */
interface Claim {
  readonly pool: NodePoolState;
  readonly name: string;
  readonly zone: string;
}

/** Machines of a reservation that neither somebody else nor a node pool of this world holds; of the pool itself only what it has. */
function freeMachines(context: GkeContext, reservation: JsonMap, { pool, name, zone }: Claim): number {
  const others = [...context.clusters.values()]
    .flatMap((cluster) => [...cluster.pools.values()])
    .filter((other) => other !== pool && reservationName(other.spec) === name && other.zones.includes(zone))
    .reduce((sum, other) => sum + heldMachines(other, zone), 0);
  const count = numberAt(reservation, 'specificReservation.count');
  return count - numberAt(reservation, 'specificReservation.inUseCount') - others - ownMachines(pool, zone);
}

/** What becomes of a wish for machines. */
export interface Allotment {
  /** Zones of the machines that can be had now, one entry for each. */
  readonly zones: readonly string[];
  /** Why that is not all of them. */
  readonly failure?: ProvisioningFailure;
}

/** Takes as many of the wanted machines (their zones) as can be had: none when a reservation refuses, some in a stockout. */
export function allot(
  context: GkeContext,
  { cluster, pool }: { readonly cluster: ClusterState; readonly pool: NodePoolState },
  wanted: readonly string[],
): Allotment {
  for (const zone of new Set(wanted)) {
    const reason = refusalIn(context, { pool, zone, count: wanted.filter((one) => one === zone).length });
    if (reason === undefined) continue;
    const text = `${instanceFailure(cluster, pool)}${reason}`;
    return { zones: [], failure: toFailure(pool, { kind: refused, running: pool.instances.length, text }) };
  }
  const machineType = machineTypeOf(pool.spec);
  const taken = wanted.map((zone) => ({ zone, got: isOffered(pool) && context.stock.take({ zone, machineType }) }));
  const zones = taken.flatMap(({ zone, got }) => (got ? zone : []));
  const dry = taken.find(({ got }) => !got);
  if (dry === undefined) return { zones };
  const text =
    `[GCE_STOCKOUT]: ${instanceFailure(cluster, pool)}The zone 'projects/${context.base.project}/zones/${dry.zone}' does not have ` +
    "enough resources available to fulfill the request.  '(resource type:compute)'.";
  return { zones, failure: toFailure(pool, { kind: stockout, running: pool.instances.length + zones.length, text }) };
}

/**
 * What Compute Engine answers to the first machine that should use the reservation: the texts that kubernetes/autoscaler
 * cluster-autoscaler/cloudprovider/gce/autoscaling_gce_client.go recognises (regexReservationErrors).
 */
function refusalIn(
  context: GkeContext,
  { pool, zone, count }: { readonly pool: NodePoolState; readonly zone: string; readonly count: number },
): string | undefined {
  const name = reservationName(pool.spec);
  if (name === undefined) return undefined;
  const reservation = context.compute.findReservation(zone, name);
  if (reservation === undefined) return `Specified reservation '${name}' does not exist.`;
  if (textAt(reservation, 'status') !== 'READY')
    return `Cannot use reservation '${name}': it requires reservation to be in READY state.`;
  const reserved = textAt(reservation, 'specificReservation.instanceProperties.machineType');
  if (reserved !== machineTypeOf(pool.spec)) return `Reservation '${name}' is incorrect for the requested resources.`;
  if (freeMachines(context, reservation, { pool, name, zone }) < count)
    return `Specified reservation '${name}' does not have available resources for the request.`;
  return undefined;
}

/** A machine that is not sold on demand exists only by reservation, spot or flex-start. */
function isOffered(pool: NodePoolState): boolean {
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
function toFailure(
  pool: NodePoolState,
  { kind, running, text }: { readonly kind: Kind; readonly running: number; readonly text: string },
): ProvisioningFailure {
  const expected = totalTarget(pool);
  const message =
    `Google Compute Engine: Not all instances running in IGM after ${kind.text}. Expected ${expected}, running ${running}, ` +
    `transitioning ${expected - running}. Current errors: ${text}`;
  const condition: JsonMap =
    kind === stockout
      ? { code: 'GCE_STOCKOUT', canonicalCode: 'RESOURCE_EXHAUSTED', message }
      : { canonicalCode: 'FAILED_PRECONDITION', message };
  return { afterMs: kind.afterMs, rpcCode: kind.rpcCode, message, condition };
}
