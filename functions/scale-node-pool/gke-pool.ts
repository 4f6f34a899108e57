/** What GKE says of a pool. Pure. */
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { InstanceGroup } from '#shared/ports/node-pool-sizes.ts';

export interface FoundPool {
  /** `RUNNING`, `PROVISIONING`, …; as the API says it. */
  readonly status: string;
  /** Why machines are missing, in GKE's words; undefined: it complains of nothing. */
  readonly complaint: PoolComplaint | undefined;
  /** Undefined: it has none, or shares them between pods, so that only a node can say how many it offers. */
  readonly gpusPerNode: number | undefined;
  /** One per zone. */
  readonly groups: readonly InstanceGroup[];
  /** Bounds of GKE's own autoscaler, nodes of all zones together; undefined: it is off. */
  readonly autoscaling: { readonly min: number; readonly max: number } | undefined;
  /** Of its autoscaling, which is only ever replaced as a whole. */
  readonly locationPolicy: string | undefined;
  /** Node auto-repair is on: GKE makes broken nodes anew by itself. */
  readonly isAutoRepaired: boolean;
  /** What is asked for: machine, zones and how they are paid for, in words. */
  readonly consumption: string;
}

export interface PoolComplaint {
  readonly kind: 'capacity' | 'quota' | 'permanent';
  readonly message: string;
}

export function readPool(pool: JsonObject): FoundPool {
  const zones = textsAt(pool, 'locations');
  return {
    status: textAt(pool, 'status') ?? 'STATUS_UNSPECIFIED',
    complaint: complaintOf(pool),
    gpusPerNode: gpusOf(pool),
    groups: textsAt(pool, 'instanceGroupUrls').flatMap(groupOf),
    autoscaling: autoscalingOf(pool, zones.length),
    locationPolicy: textAt(pool, 'autoscaling.locationPolicy'),
    isAutoRepaired: at(pool, 'management.autoRepair') === true,
    consumption: consumptionOf(pool, zones),
  };
}

function textsAt(pool: JsonObject, path: string): readonly string[] {
  return listAt(pool, path).filter((one) => typeof one === 'string');
}

/** `…/projects/P/zones/Z/instanceGroupManagers/G`. */
function groupOf(url: string): readonly InstanceGroup[] {
  const [, project, zone, name] =
    /\/projects\/([^/]+)\/zones\/([^/]+)\/instanceGroupManagers\/([^/]+)$/.exec(url) ?? [];
  return project === undefined || zone === undefined || name === undefined ? [] : [{ project, zone, name }];
}

/** Partitions and shared GPUs are offered in other numbers (google/container/v1/cluster_service.proto AcceleratorConfig). */
function gpusOf(pool: JsonObject): number | undefined {
  const accelerators = listAt(pool, 'config.accelerators');
  const isShared = accelerators.some(
    (one) => (textAt(one, 'gpuPartitionSize') ?? '') !== '' || at(one, 'gpuSharingConfig') !== undefined,
  );
  const count = accelerators.reduce((sum: number, one) => sum + Number(at(one, 'acceleratorCount') ?? 0), 0);
  return isShared || !(count > 0) ? undefined : count;
}

/** Bounds count for each zone or for all together; what is compared is what they make of the pool. */
function autoscalingOf(pool: JsonObject, zones: number): FoundPool['autoscaling'] {
  if (at(pool, 'autoscaling.enabled') !== true) return undefined;
  const count = (name: string) => Number(at(pool, `autoscaling.${name}`) ?? 0);
  const total = { min: count('totalMinNodeCount'), max: count('totalMaxNodeCount') };
  return total.max > 0 ? total : { min: count('minNodeCount') * zones, max: count('maxNodeCount') * zones };
}

/** Statuses of a pool that has fewer machines than it should (cluster_service.proto NodePool.Status). */
const complaining = new Set(['RUNNING_WITH_ERROR', 'ERROR']);

function complaintOf(pool: JsonObject): PoolComplaint | undefined {
  const conditions = listAt(pool, 'conditions').map((condition) => ({
    code: textAt(condition, 'code') ?? textAt(condition, 'canonicalCode') ?? '',
    message: textAt(condition, 'message') ?? '',
  }));
  if (conditions.length === 0 && !complaining.has(textAt(pool, 'status') ?? '')) return undefined;
  const message = conditions.map(({ code, message: text }) => [code, text].filter(Boolean).join(': ')).join('; ');
  // GCE_STOCKOUT, GCE_QUOTA_EXCEEDED: cluster_service.proto StatusCondition.Code.
  const has = (part: string) => conditions.some(({ code }) => code.includes(part));
  const kind = has('QUOTA') ? 'quota' : has('STOCKOUT') || has('RESOURCE_EXHAUSTED') ? 'capacity' : 'permanent';
  return { kind, message: message || (textAt(pool, 'statusMessage') ?? 'GKE gives no reason') };
}

/**
 * Machines that a zone could have had of its reservation, by GKE's refusal: `required 5 and short of 3 VM count`
 * (GoogleCloudPlatform/gsutil issue 1000). Undefined: it does not say.
 */
export function freeByRefusal(message: string): number | undefined {
  const [, required, short] = /required (\d+) and short of (\d+) VM count/.exec(message) ?? [];
  return required === undefined || short === undefined ? undefined : Math.max(0, Number(required) - Number(short));
}

/** Printed beside a stockout, which is often a wrong reservation or its path. */
function consumptionOf(pool: JsonObject, zones: readonly string[]): string {
  const affinity = textAt(pool, 'config.reservationAffinity.consumeReservationType');
  const reservations = textsAt(pool, 'config.reservationAffinity.values');
  const way =
    reservations.length > 0
      ? `reservation ${reservations.join(', ')}`
      : at(pool, 'config.spot') === true
        ? 'spot'
        : at(pool, 'config.flexStart') === true
          ? 'flex-start'
          : affinity === undefined || affinity === 'NO_RESERVATION'
            ? 'on demand'
            : affinity;
  return `${textAt(pool, 'config.machineType') ?? 'machines'} in ${zones.join(', ')}, ${way}`;
}
