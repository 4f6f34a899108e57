import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../emulator/monitoring/promql/evaluate.ts';
import { bucketQuantile, increaseOf } from '../../../emulator/monitoring/promql/functions.ts';
import { parsePromql } from '../../../emulator/monitoring/promql/parser.ts';
import { findMetric } from '../../../emulator/monitoring/promql/series-reader.ts';
import type { Selector } from '../../../emulator/monitoring/promql/syntax.ts';
import { type SampledSeries, withoutName } from '../../../emulator/monitoring/promql/values.ts';

const fail = (problem: string): never => {
  throw new Error(problem);
};

const NOW_MS = 600_000;

/** Gauges that were sampled once, half a minute ago. */
const gauges: readonly SampledSeries[] = [
  ['decode', 'a', 4],
  ['decode', 'b', 6],
  ['prefill', 'c', 1],
].map(([role, pod, value]) => ({
  labels: { __name__: 'x', role: String(role), pod: String(pod) },
  samples: [{ atMs: NOW_MS - 30_000, value: Number(value) }],
}));

/** Counters that grow by `step` every 15 s, with a point at every edge of the window. */
const counter = (pod: string, step: number): SampledSeries => ({
  labels: { __name__: 'x_total', pod },
  samples: Array.from({ length: 41 }, (_, index) => ({ atMs: index * 15_000, startMs: 0, value: 1000 + index * step })),
});

const buckets: readonly SampledSeries[] = (
  [
    ['1.0', 10],
    ['2.0', 30],
    ['+Inf', 40],
  ] as const
).map(([le, value]) => ({
  labels: { __name__: 'h_bucket', le, pod: 'a' },
  samples: [{ atMs: NOW_MS, value }],
}));

const world: Readonly<Record<string, readonly SampledSeries[]>> = {
  x: gauges,
  x_total: [counter('a', 30), counter('b', 60)],
  h_bucket: buckets,
};

function read({ name, matchers }: Selector, startMs: number): readonly SampledSeries[] {
  const equal = matchers.filter(({ operator }) => operator === '=');
  return (world[name] ?? [])
    .filter(({ labels }) => equal.every(({ label, value }) => labels[label] === value))
    .map(({ labels, samples }) => ({ labels, samples: samples.filter(({ atMs }) => atMs > startMs && atMs <= NOW_MS) }))
    .filter(({ samples }) => samples.length > 0);
}

/** The result as `labels → value`, without the name. */
function valueOf(query: string): unknown {
  const result = evaluate(parsePromql(query, fail), { nowMs: NOW_MS, read, fail });
  if (result.kind === 'scalar') return result.value;
  return Object.fromEntries(
    result.elements.map(({ labels, value }) => [
      Object.values(withoutName(labels)).join(','),
      Math.round(value * 1000) / 1000,
    ]),
  );
}

describe('a query', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3 % 5', 4],
    ['-2 - -3', 1],
    ['2 > 1', 1],
    ['x', { 'decode,a': 4, 'decode,b': 6, 'prefill,c': 1 }],
    ['x{role="prefill"}', { 'prefill,c': 1 }],
    ['{__name__="x", role="prefill",}', { 'prefill,c': 1 }],
    ['x > 3', { 'decode,a': 4, 'decode,b': 6 }],
    ['3 < x', { 'decode,a': 4, 'decode,b': 6 }],
    ['x / 2 == 2', { 'decode,a': 2 }],
    ['10 - x{role="prefill"}', { 'prefill,c': 9 }],
    ['sum(x)', { '': 11 }],
    ['sum by (role) (x)', { decode: 10, prefill: 1 }],
    ['sum(x) by (role)', { decode: 10, prefill: 1 }],
    ['max without (pod, role) (x)', { '': 6 }],
    ['avg(x{role="decode"})', { '': 5 }],
    ['min(x) + count(x)', { '': 4 }],
    ['sum(none)', {}],
    ['sum(none) or vector(0)', { '': 0 }],
    ['sum(x) or vector(0)', { '': 11 }],
    ['sum by (role) (x) / max by (role) (x)', { decode: 1.667, prefill: 1 }],
    ['x and x > 5', { 'decode,b': 6 }],
    ['x unless x > 3', { 'prefill,c': 1 }],
    // 30 in 15 s, and the window begins between two samples that are exactly at its edges.
    ['rate(x_total{pod="a"}[5m])', { a: 2 }],
    ['sum(rate(x_total[5m]))', { '': 6 }],
    ['increase(x_total{pod="b"}[1m])', { b: 240 }],
    ['avg_over_time(x[5m]) * 2', { 'decode,a': 8, 'decode,b': 12, 'prefill,c': 2 }],
    ['max_over_time(x_total{pod="a"}[1m])', { a: 2200 }],
    ['count_over_time(x_total{pod="a"}[1m])', { a: 4 }],
    ['last_over_time(x{role="prefill"}[1m])', { 'prefill,c': 1 }],
    ['histogram_quantile(0.5, h_bucket)', { a: 1.5 }],
    ['histogram_quantile(0.9, sum by (le) (h_bucket))', { '': 2 }],
    ['absent(none{role="a"})', { a: 1 }],
    ['absent(x)', {}],
    ['scalar(sum(x)) / 2', 5.5],
    ['clamp_max(x{role="decode"}, 5)', { 'decode,a': 4, 'decode,b': 5 }],
    ['sum(x) # all of them', { '': 11 }],
  ])('%s is %j', (query, expected) => {
    expect(valueOf(query)).toEqual(expected);
  });

  it.each([
    ['', 'the query is empty'],
    ['sum(x', 'expected ")"'],
    ['x offset 5m', 'the modifier offset is not served'],
    ['x ^ 2', 'the operator ^ is not served'],
    ['x / on(pod) y', 'the modifier on is not served'],
    ['x > bool 1', 'the modifier bool is not served'],
    ['rate(x[5m:1m])', 'subqueries are not served'],
    ['topk(3, x)', 'the function topk is not served'],
    ['quantile_over_time(0.5, x[5m])', 'the function quantile_over_time is not served'],
    ['{role="a"}', 'selectors without the name of a metric are not served'],
    ['x{role=~"("}', 'cannot be read'],
    ['x{role~"a"}', 'unexpected "~"'],
    ['x[5]', 'is no duration'],
    ['rate(x)', 'rate takes one selector with a range'],
    ['x[5m]', 'outside of a function'],
    ['sum(1)', 'expected a vector'],
    ['x y', 'unexpected "y"'],
  ])('%j is refused: %s', (query, problem) => {
    expect(() => valueOf(query)).toThrow(problem);
  });
});

describe('the growth of a counter', () => {
  const samples = (...values: readonly number[]) =>
    values.map((value, index) => ({ atMs: (index + 1) * 15_000, value }));

  it.each([
    { name: 'is extrapolated to both edges', of: samples(100, 110, 120), expected: 40 },
    { name: 'counts a lower value from zero', of: samples(100, 10, 20), expected: 40 },
    { name: 'is not extrapolated below zero', of: samples(5, 15, 25), expected: (20 * (30 + 7.5 + 15)) / 30 },
    { name: 'is unknown from one sample', of: samples(100), expected: undefined },
  ])('$name', ({ of, expected }) => {
    expect(increaseOf(of, { startMs: 0, endMs: 60_000 })).toBe(expected);
  });

  it('counts a run with another start from zero, however high its value', () => {
    const [first, second] = [
      { atMs: 15_000, startMs: 0, value: 10 },
      { atMs: 30_000, startMs: 29_999, value: 20 },
    ];

    expect(increaseOf([first, second], { startMs: 15_000, endMs: 30_000 })).toBe(20);
  });
});

it.each([
  { quantile: 0.25, expected: 1 },
  { quantile: 0.5, expected: 1.5 },
  { quantile: 0.99, expected: 2 },
])('the quantile $quantile of buckets is $expected', ({ quantile, expected }) => {
  const of = [
    { upperBound: 1, accumulated: 10 },
    { upperBound: 2, accumulated: 30 },
    { upperBound: Number.POSITIVE_INFINITY, accumulated: 40 },
  ];

  expect(bucketQuantile(quantile, of)).toBe(expected);
});

it.each([
  ['vllm:waiting', 'prometheus.googleapis.com/vllm:waiting/gauge', 'value'],
  ['tokens_total', 'prometheus.googleapis.com/tokens_total/counter', 'value'],
  ['ttft_bucket', 'prometheus.googleapis.com/ttft/histogram', 'bucket'],
  ['ttft_count', 'prometheus.googleapis.com/ttft/histogram', 'count'],
  ['custom_googleapis_com:fleet_desired', 'custom.googleapis.com/fleet/desired', 'value'],
])('%s names %s', (name, type, part) => {
  const types = [
    'prometheus.googleapis.com/vllm:waiting/gauge',
    'prometheus.googleapis.com/tokens_total/counter',
    'prometheus.googleapis.com/ttft/histogram',
    'custom.googleapis.com/fleet/desired',
  ];

  expect(findMetric(name, types)).toEqual({ type, part });
  expect(findMetric('ttft', types)).toBeUndefined();
});
