import { describe, expect, it } from 'vitest';
import { chatLengths, dailyStream, rateAt } from '#shared/simulation/arrivals.ts';
import { drawPoisson } from '#shared/simulation/random.ts';
import { traceStream } from '#shared/simulation/trace.ts';
import { chat, startMs } from './simulation-fixtures.ts';

const hour = 3_600_000;
const day = 24 * hour;
const curve = { seed: 'a', startMs, meanRequestsPerSecond: 10, swing: 0.5, ...chatLengths };

describe('the daily curve', () => {
  it('keeps its mean over the day and its swing within bounds', () => {
    const rates = Array.from({ length: 24 * 60 }, (_, minute) => rateAt(curve, startMs + minute * 60_000));

    expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeCloseTo(10, 1);
    expect(Math.min(...rates)).toBeGreaterThan(3.9);
    expect(Math.max(...rates)).toBeLessThan(15);
  });

  it('peaks before noon and in the evening, and is low at night', () => {
    const at = (hours: number) => rateAt(curve, startMs + hours * hour);
    const isPeak = (hours: number) => at(hours) > at(hours - 2) && at(hours) > at(hours + 2);

    expect([isPeak(11), isPeak(19)]).toEqual([true, true]);
    expect(at(3)).toBeLessThan(at(11) / 2);
  });

  it('has a spike where one is asked for', () => {
    const spike = { fromMs: startMs + hour, untilMs: startMs + 2 * hour, factor: 3 };

    expect(rateAt({ ...curve, spike }, startMs + hour)).toBeCloseTo(3 * rateAt(curve, startMs + hour));
    expect(rateAt({ ...curve, spike }, startMs + 2 * hour)).toBe(rateAt(curve, startMs + 2 * hour));
  });
});

describe('a drawn stream', () => {
  it('is the same however it is cut, and in whatever order it is asked', () => {
    const whole = chat(10).between(startMs, startMs + 600_000);
    const stream = chat(10);
    const cut = [437_123, 0, 12_345].map((from, index) =>
      stream.between(startMs + from, startMs + [600_000, 12_345, 437_123][index]!),
    );

    expect([...cut[1]!, ...cut[2]!, ...cut[0]!]).toEqual(whole);
  });

  it('differs by seed', () => {
    const [first, second] = ['a', 'b'].map((seed) => chat(10, { seed }).between(startMs, startMs + 60_000));

    expect(first).not.toEqual(second);
  });

  it('comes as a Poisson process at its rate', () => {
    const counts = Array.from(
      { length: 3000 },
      (_, second) => chat(10).between(startMs + second * 1000, startMs + (second + 1) * 1000).length,
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;

    expect(mean).toBeGreaterThan(9.7);
    expect(mean).toBeLessThan(10.3);
    expect(variance / mean).toBeGreaterThan(0.9);
    expect(variance / mean).toBeLessThan(1.1);
  });

  it('has the lengths that it was asked for', () => {
    const requests = chat(20).between(startMs, startMs + hour);
    const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

    expect(median(requests.map(({ promptTokens }) => promptTokens)) / 1020).toBeCloseTo(1, 1);
    expect(median(requests.map(({ outputTokens }) => outputTokens)) / 129).toBeCloseTo(1, 1);
    expect(Math.max(...requests.map(({ outputTokens }) => outputTokens))).toBeLessThanOrEqual(2000);
    expect(Math.min(...requests.map(({ promptTokens }) => promptTokens))).toBeGreaterThanOrEqual(1);
  });

  it('begins and ends when it should', () => {
    const stream = dailyStream({ ...curve, endMs: startMs + 60_000 });

    expect(stream.between(startMs - day, startMs)).toEqual([]);
    expect(stream.between(startMs + 60_000, startMs + day)).toEqual([]);
    expect(stream.between(startMs - day, startMs + day)).toEqual(stream.between(startMs, startMs + 60_000));
  });

  it.each([0.3, 5, 29, 31, 200])('draws Poisson counts of mean %s', (mean) => {
    const counts = Array.from({ length: 20_000 }, (_, index) => drawPoisson(mean, 1, index));

    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length / mean).toBeCloseTo(1, 1);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
  });
});

describe('a recorded trace', () => {
  const csv = 't_s,input_tokens,output_tokens\n0.0000,374,44\n4.3146,396,109\n\n';

  it('is read with its columns and played from a start', () => {
    const stream = traceStream(csv, { startMs });

    expect(stream.between(startMs, startMs + 10_000)).toEqual([
      { arrivalMs: startMs, promptTokens: 374, outputTokens: 44 },
      { arrivalMs: startMs + 4314.6, promptTokens: 396, outputTokens: 109 },
    ]);
    expect(stream.between(startMs + 1, startMs + 4314)).toEqual([]);
    expect(stream.endMs).toBe(startMs + 4315.6);
  });

  it('plays faster, from columns in another order, with others beside them', () => {
    const other = 'output_tokens,blocks_512,t_s,input_tokens\r\n0,7,2,100\r\n5,7,1,50\r\n';

    expect(traceStream(other, { startMs, speed: 2 }).between(startMs, startMs + 10_000)).toEqual([
      { arrivalMs: startMs + 500, promptTokens: 50, outputTokens: 5 },
      { arrivalMs: startMs + 1000, promptTokens: 100, outputTokens: 1 },
    ]);
  });

  it.each([
    ['a column is missing', 't_s,input_tokens\n', 'its header has no column output_tokens: t_s,input_tokens'],
    ['a number is none', 't_s,input_tokens,output_tokens\n1,x,3\n', 'line 2 is no request: 1,x,3'],
    ['a cell is empty', 't_s,input_tokens,output_tokens\n1,2,3\n1,,3\n', 'line 3 is no request: 1,,3'],
    ['a time is negative', 't_s,input_tokens,output_tokens\n-1,2,3\n', 'line 2 is no request: -1,2,3'],
  ])('is refused where %s', (_name, text, message) => {
    expect(() => traceStream(text, { startMs })).toThrow(`reading a trace: ${message}`);
  });
});
