import { describe, expect, it } from 'vitest';
import { Fifo } from '#shared/simulation/fifo.ts';
import { Histogram, increaseOf, quantileOf } from '#shared/simulation/histogram.ts';

function histogramOf(...values: readonly number[]): Histogram {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of values) histogram.observe(value);
  return histogram;
}

describe('a histogram', () => {
  it('puts a value that equals an edge below it', () => {
    expect(histogramOf(0, 1, 1.5, 2, 4, 5).read()).toEqual({
      edges: [1, 2, 4],
      counts: [2, 2, 1, 1],
      sum: 13.5,
      count: 6,
    });
  });

  it('counts weights', () => {
    const histogram = histogramOf();
    histogram.observe(3, 5);
    histogram.observe(3, 0);

    expect(histogram.read()).toMatchObject({ counts: [0, 0, 5, 0], sum: 15, count: 5 });
  });

  it.each([
    { values: [1, 2], quantile: 0.75, expected: 1.5 },
    { values: [0.5, 0.5, 3, 3], quantile: 0.5, expected: 1 },
    { values: [3, 3], quantile: 0.5, expected: 3 },
    { values: [9], quantile: 0.5, expected: 4 },
    { values: [], quantile: 0.5, expected: undefined },
  ])('has $expected as the $quantile quantile of $values', ({ values, quantile, expected }) => {
    expect(quantileOf(histogramOf(...values).read(), quantile)).toBe(expected);
  });

  it('tells what came in between', () => {
    const histogram = histogramOf(1, 3);
    const before = histogram.read();
    histogram.observe(3);

    expect(increaseOf(before, histogram.read())).toEqual({ edges: [1, 2, 4], counts: [0, 0, 1, 0], sum: 3, count: 1 });
  });
});

describe('a queue', () => {
  it('gives back in order what was put in, however long it was', () => {
    const queue = new Fifo<number>();
    const taken: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (let index = 0; index < 500; index++) queue.push(round * 500 + index);
      for (let index = 0; index < 450; index++) taken.push(queue.take()!);
    }
    queue.unshift(-1);

    expect([...taken, ...queue.toArray().slice(1)]).toEqual(Array.from({ length: 5000 }, (_, index) => index));
    expect(queue.peek()).toBe(-1);
    expect(queue.length).toBe(501);
  });

  it('is empty after its last', () => {
    const queue = new Fifo<string>();
    queue.push('a');

    expect([queue.take(), queue.take(), queue.peek(), queue.length]).toEqual(['a', undefined, undefined, 0]);
  });
});
