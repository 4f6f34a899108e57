import { describe, expect, it } from 'vitest';
import { formatDuration, formatInstant } from '#shared/domain/time-text.ts';

describe('a duration', () => {
  it.each([
    { ms: 0, text: '0s' },
    { ms: 45_400, text: '45s' },
    { ms: 60_000, text: '1m00s' },
    { ms: 185_000, text: '3m05s' },
    { ms: 4_325_000, text: '1h12m05s' },
    { ms: 273_600_000, text: '3d04h' },
    { ms: -5, text: '0s' },
  ])('of $ms ms reads $text', ({ ms, text }) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

it('writes an instant in UTC', () => {
  expect(formatInstant(Date.UTC(2026, 7, 10, 12, 4, 5, 999))).toBe('2026-08-10 12:04:05Z');
});
