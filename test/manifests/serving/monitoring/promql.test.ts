import { describe, expect, it } from 'vitest';
import {
  aggregate,
  atMost,
  dividedBy,
  firstOf,
  larger,
  quantile,
  select,
  zeroWhile,
} from '#manifests/serving/monitoring/promql.ts';
import { labelsOf } from '../../../support/promql.ts';

const busy = aggregate('sum', select('busy', {}));
const alive = aggregate('count', select('up', { job: 'a' }));
const late = quantile({ of: 0.9, window: '1m' }, 'seconds', { role: 'decode' });

describe('PromQL from parts', () => {
  it.each([
    { name: 'a sum', query: busy, promql: 'sum(busy)' },
    { name: 'a sum divided', query: dividedBy(busy, 16), promql: 'sum(busy) / 16' },
    { name: 'nothing to divide by', query: dividedBy(busy, 1), promql: 'sum(busy)' },
    {
      name: 'zero while somebody is heard',
      query: firstOf(busy, zeroWhile(alive)),
      promql: '(sum(busy) or 0 * count(up{job="a"}))',
    },
    {
      name: 'a fallback divided',
      query: dividedBy(firstOf(busy, alive), 2),
      promql: '(sum(busy) or count(up{job="a"})) / 2',
    },
    {
      name: 'the larger one of two',
      query: atMost(2, larger(dividedBy(late, 3), busy)),
      promql:
        'clamp_max(max(label_replace(histogram_quantile(0.9, sum by (le) (rate(seconds_bucket{role="decode"}[1m]))) / 3 >= 0, "of", "0", "", "") or label_replace(sum(busy) >= 0, "of", "1", "", "")), 2)',
    },
  ])('writes $name as one series', ({ query, promql }) => {
    expect(query.promql).toBe(promql);
    expect(labelsOf(promql)).toEqual([]);
  });

  it('quotes what labels are compared with', () => {
    expect(select('a', { name: 'say "no"', path: { matches: String.raw`a\.b-.*` } }).promql).toBe(
      String.raw`a{name="say \"no\"",path=~"a\\.b-.*"}`,
    );
  });
});
