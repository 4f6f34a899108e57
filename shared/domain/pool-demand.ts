/** What one service asks of a node pool: replicas that run or are about to. */

/** A type alias: it is stored as plain JSON. */
export type PoolDemand = {
  /** `pool/<cluster>/<pool>`. */
  readonly pool: string;
  /** Who asks, e.g. `model/demo/serving/llama`. */
  readonly from: string;
  readonly items: readonly DemandItem[];
  /** When it was decided, Unix ms. */
  readonly decidedAtMs: number;
};

/** Pods of one kind. A replica of several pods is as many of them. */
export type DemandItem = {
  /** For people, e.g. `decode`. */
  readonly what: string;
  readonly pods: number;
  readonly gpusPerPod: number;
  /** What all of its pods are labelled with, so that a stranger's pod does not stand for one; absent: unknown. */
  readonly labels?: Readonly<Record<string, string>>;
};

/** Two demands that ask for the same need not be written twice; when they were decided does not count. */
export function isSameDemand(a: PoolDemand | undefined, b: PoolDemand): boolean {
  return a !== undefined && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted({ items }: PoolDemand): readonly string[] {
  return items
    .map(({ what, pods, gpusPerPod, labels = {} }) => {
      const selected = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      return `${what}:${pods}x${gpusPerPod}:${selected.toSorted().join(',')}`;
    })
    .toSorted();
}
