import { describe, expect, it } from 'vitest';
import { compareReleases, isAtLeast } from '#shared/domain/serving/release.ts';

describe('compareReleases', () => {
  it('compares numbers, not letters', () => {
    expect(['0.9.2', '0.30.0', '0.18.10', '0.18.9', '1.0.0'].toSorted(compareReleases)).toEqual([
      '0.9.2',
      '0.18.9',
      '0.18.10',
      '0.30.0',
      '1.0.0',
    ]);
  });
});

describe('isAtLeast', () => {
  it.each([
    { release: '0.30.0', least: '0.30.0', expected: true },
    { release: '0.30.1', least: '0.30.0', expected: true },
    { release: '0.9.9', least: '0.30.0', expected: false },
  ])('$release is at least $least: $expected', ({ release, least, expected }) => {
    expect(isAtLeast(release, least)).toBe(expected);
  });
});
