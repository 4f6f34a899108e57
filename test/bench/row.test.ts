import { describe, expect, it } from 'vitest';
import { exitCode, isMet, missed, quantile, type Row, round, toJson, toTable } from './row.ts';

const row = (over: Partial<Row>): Row => ({ name: 'a figure', value: 1, unit: 'ms', ...over });

describe('a row of the bench', () => {
  it.each([
    ['below its target', { value: 2, target: 3 }, true],
    ['at its target', { value: 3, target: 3 }, true],
    ['above its target', { value: 3.01, target: 3 }, false],
    ['above a target of zero', { value: 1, target: 0 }, false],
    ['that is not a number, as a ratio of nothing', { value: Number.NaN, target: 3 }, false],
    ['without a target', { value: 2 }, undefined],
    ['without a figure', { value: 'not built yet', target: 3 }, undefined],
  ])('%s is met or not, or neither', (_name, over, met) => {
    expect(isMet(row(over))).toBe(met);
  });
});

describe('the exit code', () => {
  const missedCount = row({ name: 'patches', value: 2, target: 1, holdsRun: true });
  const missedTime = row({ name: 'p99', value: 300, target: 200 });
  const met = row({ name: 'looks', value: 4, target: 5, holdsRun: true });

  it.each([
    ['nothing is missed', [met, row({})], [], 0],
    ['a time is missed, which is only reported', [met, missedTime], [], 0],
    ['a count is missed', [met, missedCount], [], 1],
    ['a part was not measured', [met], ['latency: it takes longer than 120 s'], 1],
  ] as const)('when %s', (_name, rows, broken, code) => {
    expect(exitCode(rows, broken)).toBe(code);
  });

  it('goes with the names of what was missed', () => {
    expect(missed([met, missedTime, missedCount])).toEqual({ failing: [missedCount], reported: [missedTime] });
  });
});

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    ['the median of an odd number', [9, 1, 5], 0.5, 5],
    ['the median of an even number is the lower of the two', [4, 1, 3, 2], 0.5, 2],
    ['the p99 of a hundred is the second largest', hundred, 0.99, 99],
    ['the p99 of few is the largest', [1, 2, 3], 0.99, 3],
    ['of one value is that value', [7], 0.5, 7],
    ['at 0 is the smallest', [3, 1, 2], 0, 1],
    ['at 1 is the largest', [3, 1, 2], 1, 3],
  ])('%s', (_name, values, ratio, value) => {
    expect(quantile(values, ratio)).toBe(value);
  });

  it('of nothing is an error', () => {
    expect(() => quantile([], 0.5)).toThrow('taking a quantile: there are no values');
  });

  it.each([
    [1.005, 1, 1],
    [2.46, 1, 2.5],
    [99.5, 0, 100],
  ])('%d is rounded to %d digits', (value, digits, rounded) => {
    expect(round(value, digits)).toBe(rounded);
  });
});

describe('the report', () => {
  const rows = [
    row({ name: 'patches', value: 2, unit: 'calls', target: 1, holdsRun: true }),
    row({ name: 'p99', value: 120.5, target: 200 }),
    row({ name: 'memory', value: 300, unit: 'MiB' }),
    row({ name: 'ledger', value: 'not built yet', unit: '-' }),
  ];

  it('is aligned, and says what a miss means', () => {
    expect(toTable(rows).split('\n')).toEqual([
      'name     value          unit   target  met  a miss',
      'patches  2              calls  <= 1    NO   fails the run',
      'p99      120.5          ms     <= 200  yes  is reported',
      'memory   300            MiB    -       -    -',
      'ledger   not built yet  -      -       -    -',
    ]);
  });

  it('says the same to programs', () => {
    const [patches, p99, memory] = JSON.parse(toJson(rows)) as readonly object[];

    expect(patches).toEqual({ name: 'patches', value: 2, unit: 'calls', target: 1, met: false, failsRun: true });
    expect(p99).toEqual({ name: 'p99', value: 120.5, unit: 'ms', target: 200, met: true, failsRun: false });
    expect(memory).toEqual({ name: 'memory', value: 300, unit: 'MiB', failsRun: false });
  });
});
