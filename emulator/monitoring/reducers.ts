/** Cross-series reducers (comments of Aggregation.Reducer in google/monitoring/v3/common.proto). */
import { sumOf } from './aligners.ts';
import { addDistributions, quantileOf } from './distribution.ts';
import { notServed, reducerMismatch } from './rejections.ts';
import { reject } from '../world/rejection.ts';
import type { TimeSeries, Value, ValueType } from './series.ts';

export interface Reducer {
  readonly types: readonly ValueType[];
  /** Undefined: the type of the input. */
  readonly toType?: ValueType;
  /** One value of each series of a group, at one instant. */
  readonly reduce: (values: readonly Value[]) => Value | undefined;
}

const NUMBERS: readonly ValueType[] = ['INT64', 'DOUBLE'];

const numbersOf = (values: readonly Value[]): readonly number[] => values.map(Number);

const percentile = (quantile: number): Reducer => ({
  types: [...NUMBERS, 'DISTRIBUTION'],
  toType: 'DOUBLE',
  reduce: (values) => {
    const distributions = values.filter((value) => typeof value === 'object');
    return distributions.length > 0
      ? quantileOf(addDistributions(distributions), quantile)
      : quantileOfNumbers(numbersOf(values), quantile);
  },
});

const reducers: Readonly<Record<string, Reducer>> = {
  REDUCE_MEAN: {
    types: NUMBERS,
    toType: 'DOUBLE',
    reduce: (values) => numbersOf(values).reduce((total, value) => total + value, 0) / values.length,
  },
  REDUCE_MIN: { types: NUMBERS, reduce: (values) => Math.min(...numbersOf(values)) },
  REDUCE_MAX: { types: NUMBERS, reduce: (values) => Math.max(...numbersOf(values)) },
  REDUCE_SUM: { types: [...NUMBERS, 'DISTRIBUTION'], reduce: sumOf },
  REDUCE_COUNT: {
    types: [...NUMBERS, 'BOOL', 'DISTRIBUTION'],
    toType: 'INT64',
    reduce: (values) => values.length,
  },
  REDUCE_PERCENTILE_99: percentile(0.99),
  REDUCE_PERCENTILE_95: percentile(0.95),
  REDUCE_PERCENTILE_50: percentile(0.5),
  REDUCE_PERCENTILE_05: percentile(0.05),
};

/** The reducer of that name, checked against what it is applied to. */
export function reducerFor(name: string, { valueType }: TimeSeries): Reducer {
  const reducer = reducers[name] ?? reject(notServed, `the reducer ${name}`);
  if (!reducer.types.includes(valueType)) reject(reducerMismatch, name, valueType);
  return reducer;
}

/** Linear between the two nearest ranks. Example: 1, 2, 3, 4 at 0.5 → 2.5. */
function quantileOfNumbers(values: readonly number[], quantile: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = quantile * (sorted.length - 1);
  const lower = sorted[Math.floor(rank)];
  const upper = sorted[Math.ceil(rank)];
  return lower === undefined || upper === undefined ? undefined : lower + (upper - lower) * (rank % 1);
}
