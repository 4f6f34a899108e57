import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../emulator/cron/schedule.ts';

const THURSDAY = '2026-01-01T12:00:00.000Z';

describe('a schedule', () => {
  it.each([
    { text: '* * * * *', next: '2026-01-01T12:01:00.000Z' },
    { text: '*/15 * * * *', next: '2026-01-01T12:15:00.000Z' },
    { text: '0 * * * *', next: '2026-01-01T13:00:00.000Z' },
    { text: '30 3,9 * * *', next: '2026-01-02T03:30:00.000Z' },
    { text: '0 8-10/2 * * 1-5', next: '2026-01-02T08:00:00.000Z' },
    { text: '0 0 * * 7', next: '2026-01-04T00:00:00.000Z' },
    { text: '0 0 29 2 *', next: '2028-02-29T00:00:00.000Z' },
    { text: '0 0 15 * 6', next: '2026-01-03T00:00:00.000Z' },
  ])('$text fires next at $next', ({ text, next }) => {
    const atMs = parseSchedule(text)?.(Date.parse(THURSDAY)) ?? Number.NaN;

    expect(new Date(atMs).toISOString()).toBe(next);
  });

  it.each(['', '* * * *', '60 * * * *', '* 24 * * *', '5-1 * * * *', '*/0 * * * *', 'every minute', '0 0 30 2 *'])(
    'is not %j',
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );
});
