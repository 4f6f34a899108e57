/** What to ask for when more than can be had was refused. Pure. */
import type { RefusedSize, ZoneSize } from './types.ts';

/**
 * The most nodes in each zone that the next try asks for; undefined: the refusal stands in nobody's way.
 *
 * A stockout needs none of this: the size is accepted, the machines that can be had come, and GKE goes on trying for the rest (NVIDIA/aicr
 * issue 2764). A specific reservation without room for all of them makes GKE refuse the whole call (GoogleCloudPlatform/gsutil issue
 * 1000), and then nobody gets what is free. So what GKE says is free is asked for next, or else half, and one node at the least:
 * the refusal is minutes old by then, and asking costs nothing.
 * Example: 2 nodes, 8 refused → 5, then 3; with one free of the 6 that it takes → 3 at once.
 */
export function smallerRequest(
  zones: readonly ZoneSize[],
  { nodesPerZone, freePerZone }: RefusedSize,
): number | undefined {
  const sizes = zones.map(({ targetSize }) => targetSize);
  const largest = Math.max(0, ...sizes);
  // The size took effect in spite of what came of it: that is no refusal of the call.
  if (nodesPerZone <= largest) return undefined;
  const isEven = sizes.every((size) => size === largest);
  const least = isEven ? largest + 1 : largest;
  const smallest = Math.min(largest, ...sizes);
  // GKE's own count is of one zone, and no zone is known to have more.
  const possible =
    freePerZone === undefined ? largest + Math.floor((nodesPerZone - largest) / 2) : smallest + freePerZone;
  return Math.max(least, Math.min(possible, nodesPerZone));
}
