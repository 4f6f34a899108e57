/** A Prometheus histogram: how many observations were at most as large as each edge. */
export interface HistogramReading {
  /** Upper edges, ascending, without +Inf. */
  readonly edges: readonly number[];
  /** Observations by bucket, not accumulated; one more than edges, the last for what is above them all. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export class Histogram {
  readonly edges: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(edges: readonly number[]) {
    this.edges = edges;
    this.#counts = Array.from({ length: edges.length + 1 }, () => 0);
  }

  /** @param weight so many observations of the same value */
  observe(value: number, weight = 1): void {
    if (weight === 0) return;
    const bucket = this.#bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + weight;
    this.#sum += value * weight;
    this.#count += weight;
  }

  read(): HistogramReading {
    return { edges: this.edges, counts: [...this.#counts], sum: this.#sum, count: this.#count };
  }

  /** The first bucket whose edge is not below the value (`le` is less or equal), by halving: this is the hottest line of all. */
  #bucketOf(value: number): number {
    let low = 0;
    let high = this.edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (this.edges[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** What came in between two readings of one histogram. */
export function increaseOf(before: HistogramReading, now: HistogramReading): HistogramReading {
  return {
    edges: now.edges,
    counts: now.counts.map((count, bucket) => count - (before.counts[bucket] ?? 0)),
    sum: now.sum - before.sum,
    count: now.count - before.count,
  };
}

/**
 * The quantile as Prometheus' `histogram_quantile` has it: linear within the bucket, the highest edge for what lies above it.
 * Undefined of nothing. Example: edges 1 and 2, one observation in each: the 0.75 quantile is 1.5.
 */
export function quantileOf({ edges, counts, count }: HistogramReading, quantile: number): number | undefined {
  if (count === 0) return undefined;
  const rank = quantile * count;
  let below = 0;
  for (const [bucket, edge] of edges.entries()) {
    const inside = counts[bucket] ?? 0;
    if (below + inside >= rank && inside > 0) {
      const from = edges[bucket - 1] ?? 0;
      return from + ((edge - from) * (rank - below)) / inside;
    }
    below += inside;
  }
  return edges.at(-1);
}
