/**
 * Per-series aligners (comments of Aggregation.Aligner in google/monitoring/v3/common.proto): every alignment period of a series
 * becomes one point at its end.
 *
 * Differences from the service: a period without points yields nothing, where the service interpolates deltas and rates; an
 * increment counts in the period in which its later point lies.
 */
import { reject } from '../world/rejection.ts';
import { addDistributions, type Distribution, quantileOf, subtractDistribution } from './distribution.ts';
import { alignerMismatch, notServed } from './rejections.ts';
import type { MetricKind, Point, TimeSeries, Value, ValueType } from './series.ts';

/** The points of one period, oldest first; for cumulative series the increments of which it consists. */
export interface Sample {
  readonly value: Value;
  /** How long the increment took; 0 for a gauge. */
  readonly durationMs: number;
}

export interface Aligner {
  readonly kinds: readonly MetricKind[];
  readonly types: readonly ValueType[];
  readonly toKind: MetricKind;
  /** Undefined: the type of the input. */
  readonly toType?: ValueType;
  readonly align: (samples: readonly Sample[]) => Value | undefined;
}

const NUMBERS: readonly ValueType[] = ['INT64', 'DOUBLE'];
const LEVELS: readonly MetricKind[] = ['GAUGE', 'DELTA'];

const ofNumbers = (align: (values: readonly number[]) => number): Aligner => ({
  kinds: LEVELS,
  types: NUMBERS,
  toKind: 'GAUGE',
  align: (samples) => align(samples.map(({ value }) => Number(value))),
});

const percentile = (quantile: number): Aligner => ({
  kinds: LEVELS,
  types: ['DISTRIBUTION'],
  toKind: 'GAUGE',
  toType: 'DOUBLE',
  align: (samples) => quantileOf(addDistributions(distributionsOf(samples)), quantile),
});

const aligners: Readonly<Record<string, Aligner>> = {
  ALIGN_DELTA: {
    kinds: ['DELTA', 'CUMULATIVE'],
    types: [...NUMBERS, 'DISTRIBUTION'],
    toKind: 'DELTA',
    align: (samples) => sumOf(samples.map(({ value }) => value)),
  },
  ALIGN_RATE: {
    kinds: ['DELTA', 'CUMULATIVE'],
    types: NUMBERS,
    toKind: 'GAUGE',
    toType: 'DOUBLE',
    align: (samples) => {
      const durationMs = samples.reduce((total, sample) => total + sample.durationMs, 0);
      return durationMs === 0 ? undefined : (Number(sumOf(samples.map(({ value }) => value))) * 1000) / durationMs;
    },
  },
  ALIGN_NEXT_OLDER: {
    kinds: ['GAUGE'],
    types: [...NUMBERS, 'BOOL', 'DISTRIBUTION'],
    toKind: 'GAUGE',
    align: (samples) => samples.at(-1)?.value,
  },
  ALIGN_MIN: ofNumbers((values) => Math.min(...values)),
  ALIGN_MAX: ofNumbers((values) => Math.max(...values)),
  ALIGN_MEAN: {
    ...ofNumbers((values) => values.reduce((total, value) => total + value, 0) / values.length),
    toType: 'DOUBLE',
  },
  ALIGN_COUNT: {
    kinds: LEVELS,
    types: [...NUMBERS, 'BOOL'],
    toKind: 'GAUGE',
    toType: 'INT64',
    align: (samples) => samples.length,
  },
  ALIGN_SUM: {
    kinds: LEVELS,
    types: [...NUMBERS, 'DISTRIBUTION'],
    toKind: 'DELTA',
    align: (samples) => sumOf(samples.map(({ value }) => value)),
  },
  ALIGN_PERCENTILE_99: percentile(0.99),
  ALIGN_PERCENTILE_95: percentile(0.95),
  ALIGN_PERCENTILE_50: percentile(0.5),
  ALIGN_PERCENTILE_05: percentile(0.05),
};

/** The aligner of that name, checked against what it is applied to. */
export function alignerFor(name: string, { metricKind, valueType }: TimeSeries): Aligner {
  const aligner = aligners[name] ?? reject(notServed, `the aligner ${name}`);
  if (!aligner.kinds.includes(metricKind) || !aligner.types.includes(valueType)) {
    reject(alignerMismatch, name, metricKind, valueType);
  }
  return aligner;
}

/**
 * What the points of a series say about the instants at which they end. A cumulative value says something only against the one
 * before it, or, where its run began after `knownFromMs`, against the zero at its start; else it only is where counting begins.
 */
export function samplesOf(series: TimeSeries, knownFromMs: number): readonly (Sample & { readonly endMs: number })[] {
  const { metricKind, points } = series;
  if (metricKind !== 'CUMULATIVE') {
    return points.map(({ startMs, endMs, value }) => ({ endMs, value, durationMs: endMs - startMs }));
  }
  const [first] = points;
  const counted = first !== undefined && first.startMs < knownFromMs ? points.slice(1) : points;
  const skipped = points.length - counted.length;
  return counted.map((point, index) => ({ endMs: point.endMs, ...increment(point, points[index + skipped - 1]) }));
}

function increment(point: Point, previous: Point | undefined): Sample {
  if (previous === undefined) return { value: point.value, durationMs: point.endMs - point.startMs };
  const durationMs = point.endMs - previous.endMs;
  // Another start means that the counter began again at zero; what it counted before that and after the last point is lost.
  if (previous.startMs !== point.startMs) return { value: point.value, durationMs };
  return { value: minus(point.value, previous.value), durationMs };
}

function minus(later: Value, earlier: Value): Value {
  if (typeof later === 'object' && typeof earlier === 'object') return subtractDistribution(later, earlier);
  return Number(later) - Number(earlier);
}

/** Sum of numbers or of distributions. */
export function sumOf(values: readonly Value[]): Value | undefined {
  if (values.length === 0) return undefined;
  const distributions = values.filter((value) => typeof value === 'object');
  if (distributions.length > 0) return addDistributions(distributions);
  return values.reduce<number>((total, value) => total + Number(value), 0);
}

function distributionsOf(samples: readonly Sample[]): readonly Distribution[] {
  return samples.map(({ value }) => value).filter((value) => typeof value === 'object');
}
