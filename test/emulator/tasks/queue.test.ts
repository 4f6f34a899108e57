import { describe, expect, it } from 'vitest';
import { completeQueue, isExhausted, readRetryConfig, retryBackoffMs } from '../../../emulator/tasks/queue.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';

const retryOf = (retryConfig: JsonMap) => readRetryConfig(completeQueue({ retryConfig }));

describe('the retry interval', () => {
  it.each([
    {
      name: 'the example of the API reference',
      retryConfig: { minBackoff: '10s', maxBackoff: '300s', maxDoublings: 3 },
      seconds: [10, 20, 40, 80, 160, 240, 300, 300],
    },
    { name: 'the defaults', retryConfig: {}, seconds: [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8] },
    {
      name: 'no doubling',
      retryConfig: { minBackoff: '5s', maxBackoff: '60s', maxDoublings: 0 },
      seconds: [5, 10, 15, 20, 25, 30, 35, 40],
    },
  ])('follows $name', ({ retryConfig, seconds }) => {
    const retry = retryOf(retryConfig);

    expect(seconds.map((_, index) => retryBackoffMs(retry, index + 1) / 1000)).toEqual(
      seconds.map((value) => expect.closeTo(value, 9)),
    );
  });

  it('never exceeds the maximum', () => {
    expect(retryBackoffMs(retryOf({}), 1000)).toBe(3_600_000);
  });
});

describe('giving up', () => {
  it.each([
    { name: 'before the last attempt', retryConfig: { maxAttempts: 3 }, attempts: 2, seconds: 0, expected: false },
    { name: 'after the last attempt', retryConfig: { maxAttempts: 3 }, attempts: 3, seconds: 0, expected: true },
    {
      name: 'after the last attempt but within the duration',
      retryConfig: { maxAttempts: 3, maxRetryDuration: '60s' },
      attempts: 3,
      seconds: 59,
      expected: false,
    },
    {
      name: 'after the last attempt and the duration',
      retryConfig: { maxAttempts: 3, maxRetryDuration: '60s' },
      attempts: 4,
      seconds: 60,
      expected: true,
    },
    { name: 'without limits', retryConfig: { maxAttempts: -1 }, attempts: 9999, seconds: 1e9, expected: false },
    {
      name: 'with a limit of the duration only',
      retryConfig: { maxAttempts: -1, maxRetryDuration: '60s' },
      attempts: 1,
      seconds: 60,
      expected: true,
    },
  ])('$name: $expected', ({ retryConfig, attempts, seconds, expected }) => {
    expect(isExhausted(retryOf(retryConfig), attempts, seconds * 1000)).toBe(expected);
  });
});

it.each([{ maxAttempts: -2 }, { maxDoublings: -1 }, { minBackoff: '-1s' }, { minBackoff: '20s', maxBackoff: '10s' }])(
  'refuses %o',
  (retryConfig) => {
    expect(() => retryOf(retryConfig)).toThrow(expect.objectContaining({ id: 'tasks.invalidRetryConfig' }));
  },
);
