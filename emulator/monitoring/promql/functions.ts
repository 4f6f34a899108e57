/** Functions over range vectors ("Query functions", Prometheus documentation). */
import type { Sample } from './values.ts';

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

type RangeFunction = (samples: readonly Sample[], window: Window) => number | undefined;

const valuesOf = (samples: readonly Sample[]): readonly number[] => samples.map(({ value }) => value);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: (samples, window) => {
    const increase = increaseOf(samples, window);
    return increase === undefined ? undefined : (increase * 1000) / (window.endMs - window.startMs);
  },
  increase: (samples, window) => increaseOf(samples, window),
  avg_over_time: (samples) => total(valuesOf(samples)) / samples.length,
  min_over_time: (samples) => Math.min(...valuesOf(samples)),
  max_over_time: (samples) => Math.max(...valuesOf(samples)),
  sum_over_time: (samples) => total(valuesOf(samples)),
  count_over_time: (samples) => samples.length,
  last_over_time: (samples) => samples.at(-1)?.value,
};

/** Functions of instant vectors and scalars; they are evaluated in `evaluate.ts`. */
const otherFunctions: readonly string[] = [
  'vector',
  'scalar',
  'absent',
  'histogram_quantile',
  'clamp_min',
  'clamp_max',
];

export function isServedFunction(name: string): boolean {
  return Object.hasOwn(rangeFunctions, name) || otherFunctions.includes(name);
}

/**
 * Growth of a counter over the window: a lower value, or another start, is a reset and counts from zero. Extrapolated to the edges
 * of the window as Prometheus does (promql/functions.go, extrapolatedRate): by at most half a scrape interval where the samples end
 * further than 1.1 intervals from the edge, and never below zero.
 * Example: samples 100, 110, 120 at 15, 30, 45 s of a window of 60 s → 20 grown in 30 s, extrapolated by 15 s on both sides → 40.
 */
export function increaseOf(samples: readonly Sample[], { startMs, endMs }: Window): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) return undefined;
  const grown = samples.slice(1).reduce((sum, sample, index) => {
    const before = samples[index] ?? first;
    const isReset = sample.value < before.value || (sample.startMs ?? 0) > before.atMs;
    return sum + (isReset ? sample.value : sample.value - before.value);
  }, 0);
  const sampledMs = last.atMs - first.atMs;
  const intervalMs = sampledMs / (samples.length - 1);
  // Where a counter would have been below zero it had not begun.
  const sinceZeroMs = grown > 0 ? sampledMs * (first.value / grown) : Number.POSITIVE_INFINITY;
  const beforeMs = Math.min(edgeMs(first.atMs - startMs, intervalMs), sinceZeroMs);
  const afterMs = edgeMs(endMs - last.atMs, intervalMs);
  return grown * ((sampledMs + beforeMs + afterMs) / sampledMs);
}

function edgeMs(gapMs: number, intervalMs: number): number {
  return gapMs < intervalMs * 1.1 ? gapMs : intervalMs / 2;
}

/** One bucket of a classic histogram. */
export interface Bucket {
  readonly upperBound: number;
  /** Observations up to the bound. */
  readonly accumulated: number;
}

/** Quantile 0..1 from buckets in ascending order; undefined without observations or without a last bucket of `+Inf`. */
export function bucketQuantile(quantile: number, buckets: readonly Bucket[]): number | undefined {
  const all = buckets.at(-1);
  if (all === undefined || all.upperBound !== Number.POSITIVE_INFINITY || all.accumulated <= 0) return undefined;
  const rank = quantile * all.accumulated;
  const index = buckets.findIndex(({ accumulated }) => accumulated >= rank);
  const bucket = buckets[index] ?? all;
  // The lowest bucket begins at zero, or is a point if its bound is below.
  const below = buckets[index - 1] ?? { upperBound: Math.min(0, bucket.upperBound), accumulated: 0 };
  if (bucket.upperBound === Number.POSITIVE_INFINITY) return index > 0 ? below.upperBound : undefined;
  const inBucket = bucket.accumulated - below.accumulated;
  const share = inBucket === 0 ? 0 : (rank - below.accumulated) / inBucket;
  return below.upperBound + (bucket.upperBound - below.upperBound) * share;
}
