/** Puts pods onto nodes by their GPUs. Pure. */

export interface Bin {
  readonly name: string;
  /** GPUs that nothing on it has taken. */
  readonly free: number;
  /** Something that stays is on it. */
  readonly isUsed: boolean;
  /** What was put onto it; absent: nothing. */
  readonly put?: readonly Item[];
}

/** GPUs of one pod. */
export interface Item {
  readonly what: string;
  readonly gpus: number;
}

export interface Packing {
  /** In the order given, with what was put onto them. */
  readonly bins: readonly Bin[];
  /** Pods for which no node has room. */
  readonly left: readonly Item[];
}

/**
 * Largest pods first, each onto the used node with the least room that suffices, else onto the first unused one that suffices:
 * nodes that come earlier in the list are filled first. A pod never moves once it is put, so the order is all there is to choose.
 * Example: pods of 8, 4, 4 GPUs on nodes of 8 → two nodes.
 */
export function pack(items: readonly Item[], bins: readonly Bin[]): Packing {
  const packed = [...bins];
  const left: Item[] = [];
  for (const item of items.toSorted((a, b) => b.gpus - a.gpus)) {
    const index = findRoom(item.gpus, packed);
    const bin = packed[index];
    if (bin === undefined) left.push(item);
    else packed[index] = { ...bin, free: bin.free - item.gpus, isUsed: true, put: [...(bin.put ?? []), item] };
  }
  return { bins: packed, left };
}

/** -1: nowhere. */
function findRoom(gpus: number, bins: readonly Bin[]): number {
  let best = -1;
  for (const [index, { free, isUsed }] of bins.entries()) {
    const room = bins[best];
    if (free < gpus || (!isUsed && room !== undefined)) continue;
    if (room === undefined || !room.isUsed || free < room.free) best = index;
  }
  return best;
}

/** Nodes of one size that pods need which have no room elsewhere; all of them fit onto an empty one. */
export function countNewNodes(items: readonly Item[], gpusPerNode: number): number {
  // One node for each pod is always enough.
  const empty = items.map((_, index): Bin => ({ name: `new-${index}`, free: gpusPerNode, isUsed: false }));
  return pack(items, empty).bins.filter(({ isUsed }) => isUsed).length;
}
