/** A size in nodes → the one number per zone that GKE takes. Pure. */
import type { ZoneSize } from './types.ts';

export interface ZoneGrowth {
  /** Undefined: there is none that grows the pool, keeps every zone's machines and stays within the ceiling. */
  readonly nodesPerZone: number | undefined;
  /** What that makes of the pool. */
  readonly nodes: number;
}

/**
 * Never below what any zone has: it would shrink, and GKE would choose which nodes go (gcloud reference, `container clusters
 * resize`). Never above the ceiling, though the pool then stays smaller than wanted.
 * `mostPerZone`: more cannot be had now.
 * Example: 5 wanted in 2 zones → 3 each, 6 nodes; with a ceiling of 5 → 2 each, 4 nodes.
 */
export function growZones(
  zones: readonly ZoneSize[],
  {
    wanted,
    max,
    mostPerZone = Number.POSITIVE_INFINITY,
  }: { readonly wanted: number; readonly max: number; readonly mostPerZone?: number | undefined },
): ZoneGrowth {
  const present = zones.reduce((sum, { targetSize }) => sum + targetSize, 0);
  const largest = Math.max(0, ...zones.map(({ targetSize }) => targetSize));
  const enough = Math.max(Math.ceil(wanted / zones.length), largest);
  const allowed = Math.floor(max / zones.length);
  const nodesPerZone = Math.min(enough, allowed, mostPerZone);
  const nodes = nodesPerZone * zones.length;
  if (zones.length === 0 || nodesPerZone < largest || nodes <= present)
    return { nodesPerZone: undefined, nodes: present };
  return { nodesPerZone, nodes };
}
