import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../../emulator/monitoring/prometheus-text.ts';

const read = (line: string) => parsePrometheusText(line).samples[0];

describe('a line of a scrape', () => {
  const labels = { pod: 'a}b c', engine: '0' };
  const head = 'vllm:num_requests_running{pod="a}b c",engine="0"}';

  it.each([
    { line: `${head} 1`, value: 1 },
    // Known by now.
    { line: `${head} 2`, value: 2 },
    { line: `${head}   2.5e3`, value: 2500 },
    { line: `${head} +Inf`, value: Number.POSITIVE_INFINITY },
    { line: `${head} NaN`, value: Number.NaN },
    { line: `${head} 3 1767225600000`, value: 3 },
  ])('$line', ({ line, value }) => {
    expect(read(line)).toEqual({ name: 'vllm:num_requests_running', labels, value });
  });

  it.each(['up 1', 'up 2', 'up 3 1767225600000'])('%s has no labels', (line) => {
    expect(read(line)).toEqual({ name: 'up', labels: {}, value: Number(line.split(' ')[1]) });
  });

  it('has the very same labels each time, and others have their own', () => {
    expect(read(`${head} 1`)?.labels).toBe(read(`${head} 2`)?.labels);
    expect(read(`${head} 1`)?.labels).not.toBe(read(`x${head} 1`)?.labels);
  });

  it.each(['{a="b"} 1', 'name{a=b} 1', 'name{a="b"}'])('%s is refused, also the second time', (line) => {
    expect(() => read(line)).toThrow('parsing Prometheus text');
    expect(() => read(line)).toThrow('parsing Prometheus text');
  });
});
