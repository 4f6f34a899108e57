import type { Catalogue, Price } from '../../shared/domain/catalogue.ts';
import type { ResolvedCluster, ResolvedGpuPool } from '../../shared/domain/resolved-cluster.ts';

/** One position of the price. */
export interface PriceLine {
  /** e.g. `pool h200: a3-ultragpu-8g, reservation`. */
  readonly what: string;
  readonly count: number;
  /** Undefined when nobody has told it. */
  readonly usdPerHourEach: number | undefined;
  /** Where the figure is from, with its date and how far it can be trusted. */
  readonly source: string;
}

/** USD per hour, list prices. */
export interface ClusterPrice {
  /** Undefined as soon as one line is unknown: a partial sum would look like the price. */
  readonly usdPerHour: number | undefined;
  readonly lines: readonly PriceLine[];
}

/**
 * What the cluster costs per hour with its pools at their initial or at their largest size. Not counted: NAT, disks, logs, traffic.
 * Example: fee 0.10 + 2 x 0.536 + 2 x 86.8 = 174.772.
 */
export function priceOf(
  cluster: ResolvedCluster,
  catalogue: Catalogue,
  size: 'initial' | 'max' = 'initial',
): ClusterPrice {
  const { systemPool } = cluster;
  const lines = [
    line('cluster management fee', 1, priceFor(catalogue, cluster, 'cluster', 'on-demand')),
    line(
      `pool ${systemPool.name}: ${systemPool.machineType}`,
      systemPool.nodeCount,
      systemPool.usdPerNodeHour ?? priceFor(catalogue, cluster, systemPool.machineType, 'on-demand'),
    ),
    ...cluster.gpuPools.map((pool) => gpuPoolLine(pool, cluster, catalogue, size)),
  ];
  return { usdPerHour: sum(lines), lines };
}

function gpuPoolLine(
  pool: ResolvedGpuPool,
  cluster: ResolvedCluster,
  catalogue: Catalogue,
  size: 'initial' | 'max',
): PriceLine {
  const { machineType } = pool.machine;
  const { kind } = pool.consumption;
  // A reservation is billed like running on-demand machines (Compute Engine documentation, "Reservations overview").
  const known =
    pool.usdPerNodeHour ?? priceFor(catalogue, cluster, machineType, kind === 'spot' ? 'spot' : 'on-demand');
  return line(`pool ${pool.name}: ${machineType}, ${kind}`, pool.size[size], known);
}

function priceFor(
  catalogue: Catalogue,
  { place }: ResolvedCluster,
  subject: string,
  model: Price['model'],
): Price | undefined {
  return findPrice(catalogue, place.region, { subject, model });
}

/** The price of the region, else the one that holds everywhere. */
export function findPrice(
  { prices }: Catalogue,
  region: string,
  wanted: Pick<Price, 'subject' | 'model'>,
): Price | undefined {
  const candidates = prices.filter(({ subject, model }) => subject === wanted.subject && model === wanted.model);
  return candidates.find((price) => price.region === region) ?? candidates.find((price) => price.region === undefined);
}

/** `known`: a catalogue price, or the figure that the document states. */
function line(what: string, count: number, known: Price | number | undefined): PriceLine {
  if (known === undefined)
    return { what, count, usdPerHourEach: undefined, source: 'unknown: state usdPerNodeHour in the document' };
  if (typeof known === 'number') return { what, count, usdPerHourEach: known, source: 'the document' };
  return {
    what,
    count,
    usdPerHourEach: known.usdPerHour,
    source: `${known.source} (${known.asOf}, ${known.confidence})`,
  };
}

/** A line of no nodes costs nothing whatever its price. */
function sum(lines: readonly PriceLine[]): number | undefined {
  let total = 0;
  for (const { count, usdPerHourEach } of lines) {
    if (count === 0) continue;
    if (usdPerHourEach === undefined) return undefined;
    total += count * usdPerHourEach;
  }
  // Dollars to a hundredth of a cent: 2 x 0.536 must not show its binary fraction.
  return Math.round(total * 10_000) / 10_000;
}
