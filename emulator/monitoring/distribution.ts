/**
 * Distribution values (google/api/distribution.proto): histograms with explicit bounds. Bucket 0 lies below the first bound,
 * the last one above the last bound, so there is one bucket more than bounds.
 */
import type { JsonMap } from '../world/json.ts';
import { listOf, mapOf, numberOf } from '../delivery/json-fields.ts';

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly bounds: readonly number[];
  /** Counts per bucket, not accumulated. */
  readonly bucketCounts: readonly number[];
}

/** What was added between two cumulative values of the same bounds. */
export function subtractDistribution(later: Distribution, earlier: Distribution): Distribution {
  return {
    count: later.count - earlier.count,
    sum: later.sum - earlier.sum,
    bounds: later.bounds,
    bucketCounts: later.bucketCounts.map((count, index) => count - (earlier.bucketCounts[index] ?? 0)),
  };
}

/** The sum of several; those whose bounds differ from the first's cannot be added and are left out. */
export function addDistributions(distributions: readonly Distribution[]): Distribution {
  const bounds = distributions[0]?.bounds ?? [];
  const alike = distributions.filter((one) => String(one.bounds) === String(bounds));
  return {
    count: alike.reduce((total, { count }) => total + count, 0),
    sum: alike.reduce((total, { sum }) => total + sum, 0),
    bounds,
    bucketCounts: Array.from({ length: bounds.length + 1 }, (_, index) =>
      alike.reduce((total, { bucketCounts }) => total + (bucketCounts[index] ?? 0), 0),
    ),
  };
}

/**
 * The quantile, 0..1, by linear interpolation within its bucket; undefined without observations. The lowest bucket begins at 0,
 * in the highest one the answer is the last bound (as Prometheus' histogram_quantile does).
 * Example: bounds [1, 2], counts [0, 10, 0], quantile 0.5 → 1.5.
 */
export function quantileOf(distribution: Distribution, quantile: number): number | undefined {
  const { count, bounds, bucketCounts } = distribution;
  if (count <= 0) return undefined;
  const rank = quantile * count;
  let below = 0;
  for (const [index, inBucket] of bucketCounts.entries()) {
    const upper = bounds[index];
    if (upper === undefined) break;
    if (below + inBucket >= rank && inBucket > 0) {
      const lower = index === 0 ? Math.min(0, upper) : (bounds[index - 1] ?? 0);
      return lower + (upper - lower) * ((rank - below) / inBucket);
    }
    below += inBucket;
  }
  return bounds.at(-1);
}

/** Undefined for buckets that are not listed one by one (linear and exponential ones are not kept). */
export function readDistribution(json: JsonMap): Distribution | undefined {
  const explicit = mapOf(mapOf(json, 'bucketOptions') ?? {}, 'explicitBuckets');
  if (explicit === undefined || listOf(json, 'exemplars').length > 0) return undefined;
  const bounds = numbersOf(explicit, 'bounds');
  const given = numbersOf(json, 'bucketCounts');
  const count = numberOf(json, 'count') ?? 0;
  return {
    count,
    sum: count * (numberOf(json, 'mean') ?? 0),
    bounds,
    // Trailing zeros may be left out (distribution.proto).
    bucketCounts: Array.from({ length: bounds.length + 1 }, (_, index) => given[index] ?? 0),
  };
}

/** `sumOfSquaredDeviation` is estimated by the middles of the buckets, as Managed Prometheus does (prometheus-engine, pkg/export/transform.go). */
export function writeDistribution({ count, sum, bounds, bucketCounts }: Distribution): JsonMap {
  const mean = count === 0 ? 0 : sum / count;
  const sumOfSquaredDeviation = bucketCounts.reduce((total, inBucket, index) => {
    const upper = bounds[index] ?? bounds.at(-1) ?? 0;
    const middle = ((bounds[index - 1] ?? 0) + upper) / 2;
    return total + inBucket * (middle - mean) ** 2;
  }, 0);
  return {
    count: String(Math.round(count)),
    mean,
    sumOfSquaredDeviation,
    bucketOptions: { explicitBuckets: { bounds: [...bounds] } },
    bucketCounts: bucketCounts.map((inBucket) => String(Math.round(inBucket))),
  };
}

function numbersOf(map: JsonMap, field: string): readonly number[] {
  const values = map[field];
  return Array.isArray(values) ? values.map(Number) : [];
}
