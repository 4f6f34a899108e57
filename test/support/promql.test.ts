import { describe, expect, it } from 'vitest';
import { labelsOf } from './promql.ts';

describe('labels of PromQL', () => {
  it.each([
    ['sum(a{b="c"})', []],
    ['sum(rate(a[5m])) / 2 or 0 * sum(b)', []],
    ['sum by (x, y) (a) > 5 * sum by (x, y) (b)', ['x', 'y']],
    ['histogram_quantile(0.9, sum by (le) (rate(a_bucket[1m])))', []],
    ['max(label_replace(sum(a) >= 0, "of", "0", "", "") or label_replace(sum(b), "of", "1", "", ""))', []],
    ['sum(label_replace(a, "x", "$1", "y", "(.+)") and on (x) label_replace(b, "x", "$1", "z", "(.+)"))', []],
    ['a{b="c"}', 'every'],
    ['0 * a', 'every'],
    ['absent(a{b="c"})', []],
  ])('%s', (query, labels) => {
    expect(labelsOf(query)).toEqual(labels);
  });

  it.each([
    'sum(a',
    'sum(a))',
    'sum(a{b=c})',
    'a{b="c"',
    'rate(a)',
    'sum(rate(a[5m]) b)',
    'sum(a[5m],)',
    'sum by (x) (a) / sum by (y) (b)',
    'sum by (x) (a) > b',
    '3',
    '',
  ])('are not those of %s', (query) => {
    expect(() => labelsOf(query)).toThrow('reading PromQL');
  });
});
