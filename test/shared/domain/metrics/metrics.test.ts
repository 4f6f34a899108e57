import { describe, expect, it } from 'vitest';
import { readRate, rememberCounters } from '#shared/domain/metrics/counters.ts';
import { readGauge, withAgeLimit } from '#shared/domain/metrics/gauges.ts';
import { parsePrometheusText } from '#shared/domain/metrics/prometheus-text.ts';
import type { Sample } from '#shared/domain/scaling/signals.ts';

const parse = (text: string, ...names: string[]) => parsePrometheusText(text, new Set(names));

describe('the Prometheus text format', () => {
  it.each([
    ['a plain sample', 'a 3', [{ labels: {}, value: 3 }]],
    ['labels', 'a{x="1",y="b c"} 0.5', [{ labels: { x: '1', y: 'b c' }, value: 0.5 }]],
    ['an empty label set', 'a{} 1', [{ labels: {}, value: 1 }]],
    ['a label value with braces and quotes', String.raw`a{x="{\"}\n"} 1`, [{ labels: { x: '{"}\n' }, value: 1 }]],
    ['a timestamp', 'a 3 1700000000000', [{ labels: {}, value: 3 }]],
    ['exponents', 'a 1.5e+03', [{ labels: {}, value: 1500 }]],
    ['not a number', 'a NaN', [{ labels: {}, value: Number.NaN }]],
    [
      'infinity',
      'a +Inf\na -Inf',
      [
        { labels: {}, value: Infinity },
        { labels: {}, value: -Infinity },
      ],
    ],
    ['a value that is none', 'a many', [{ labels: {}, value: Number.NaN }]],
    ['windows line ends', 'a 1\r\n', [{ labels: {}, value: 1 }]],
    [
      'several series',
      'a{x="1"} 1\na{x="2"} 2',
      [
        { labels: { x: '1' }, value: 1 },
        { labels: { x: '2' }, value: 2 },
      ],
    ],
  ])('reads %s', (_what, text, series) => {
    expect(parse(text, 'a').get('a')).toEqual(series);
  });

  it.each([
    ['comments', '# TYPE a gauge\n# HELP a b'],
    ['other metrics, also those that begin alike', 'ab 1\na_total 2'],
    ['lines cut in the middle', 'a{x="1'],
    ['an HTML page', '<html><body>a 1</body></html>'],
    ['nothing', ''],
  ])('leaves out %s', (_what, text) => {
    expect(parse(text, 'a').size).toBe(0);
  });
});

describe('readGauge', () => {
  const read = (text: string, rule: Partial<Parameters<typeof readGauge>[1]> = {}) =>
    readGauge(
      { metrics: parse(text, 'new', 'old'), source: 'modelServer', atMs: 7 },
      { names: [{ name: 'new' }, { name: 'old' }], combine: 'sum', ...rule },
    );
  const value = (number: number): Sample => ({ kind: 'value', value: number, atMs: 7, source: 'modelServer' });

  it.each([
    ['the new name', 'new 2', value(2)],
    ['the old name where the new one is not there', 'old 3', value(3)],
    ['the new name only where both are there', 'new 2\nold 3', value(2)],
    ['the sum of several engines', 'new{engine="0"} 2\nnew{engine="1"} 3', value(5)],
    ['a zero', 'new 0', value(0)],
  ])('reads %s', (_what, text, sample) => {
    expect(read(text)).toEqual(sample);
  });

  it('takes the mean of ratios', () => {
    expect(read('new{engine="0"} 0.2\nnew{engine="1"} 0.6', { combine: 'mean', max: 1 })).toEqual(value(0.4));
  });

  it('is missing, not zero, where no name has a series', () => {
    expect(read('other 1')).toEqual({ kind: 'missing', reason: 'no series of new or old' });
  });

  it('passes over a name whose series do not have the labels asked for', () => {
    const names = [{ name: 'new', labels: { reason: 'capacity' } }, { name: 'old' }];

    expect(read('new{reason="deferred"} 9\nold 1', { names })).toEqual(value(1));
  });

  it.each([
    ['a negative value', 'new -1', 'new is -1'],
    ['no number', 'new NaN', 'new is NaN'],
    ['infinity', 'new +Inf', 'new is Infinity'],
    ['one bad series among good ones', 'new{a="1"} 1\nnew{a="2"} NaN', 'new is NaN'],
    ['a percentage where a ratio belongs', 'new 37', 'new is 37, above 1'],
  ])('is invalid for %s', (_what, text, reason) => {
    expect(read(text, { max: 1 })).toEqual({ kind: 'invalid', reason, source: 'modelServer' });
  });

  it.each([
    { combine: 'sum' as const, text: 'new{a="1"} -3\nnew{a="2"} 3', reason: 'new is -3' },
    { combine: 'mean' as const, text: 'new{a="1"} 0.1\nnew{a="2"} 1.5', reason: 'new is 1.5, above 1' },
    { combine: 'max' as const, text: 'new{a="1"} 0.5\nnew{a="2"} -1', reason: 'new is -1' },
  ])('is invalid where the $combine of untrue series could be true', ({ combine, text, reason }) => {
    const max = combine === 'sum' ? {} : { max: 1 };

    expect(read(text, { combine, ...max })).toEqual({ kind: 'invalid', reason, source: 'modelServer' });
  });
});

describe('withAgeLimit', () => {
  it.each([
    ['just young enough', 90_000, 'value'],
    ['a millisecond too old', 90_001, 'stale'],
    ['from a clock ahead of ours', -5_000, 'value'],
  ])('takes a sample that is %s as %#', (_what, ageMs, kind) => {
    const sample: Sample = { kind: 'value', value: 1, atMs: 1_000_000 - ageMs, source: 'monitoring' };

    expect(withAgeLimit(sample, 1_000_000, 90_000).kind).toBe(kind);
  });
});

describe('rates from counters', () => {
  const before = { atMs: 10_000, byPod: { a: 100, b: 50 } };
  const rate = (...now: { pod: string; value: number | undefined }[]) =>
    readRate(before, now, { atMs: 20_000, source: 'modelServer' });

  it.each([
    [
      'two pods that went on',
      [
        { pod: 'a', value: 120 },
        { pod: 'b', value: 60 },
      ],
      3,
    ],
    [
      'a pod that began anew',
      [
        { pod: 'a', value: 5 },
        { pod: 'b', value: 50 },
      ],
      0.5,
    ],
    [
      'a pod that is new',
      [
        { pod: 'a', value: 100 },
        { pod: 'b', value: 50 },
        { pod: 'c', value: 20 },
      ],
      2,
    ],
    ['a pod that is gone', [{ pod: 'a', value: 110 }], 1],
    [
      'nothing done',
      [
        { pod: 'a', value: 100 },
        { pod: 'b', value: 50 },
      ],
      0,
    ],
  ])('counts %s', (_what, now, perSecond) => {
    expect(rate(...now)).toMatchObject({ kind: 'value', value: perSecond });
  });

  it.each([
    ['at the first look', () => readRate(undefined, [], { atMs: 1, source: 'modelServer' })],
    ['when no time has passed', () => readRate(before, [], { atMs: 10_000, source: 'modelServer' })],
    ['while a pod is silent', () => rate({ pod: 'a', value: undefined })],
  ])('is missing %s', (_when, read) => {
    expect(read().kind).toBe('missing');
  });

  it('remembers of a silent pod what was known, and forgets pods that are gone', () => {
    const now = [
      { pod: 'a', value: undefined },
      { pod: 'c', value: 1 },
    ];

    expect(rememberCounters(before, now, 20_000)).toEqual({ atMs: 20_000, byPod: { a: 100, c: 1 } });
  });
});
