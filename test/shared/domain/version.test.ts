import { expect, it } from 'vitest';
import { compareVersions, highestVersion } from '#shared/domain/version.ts';

it.each([
  { left: '1.33.4-gke.1134000', right: '1.31.4-gke.1183000', expected: 1 },
  { left: '1.9.0-gke.1', right: '1.31.0-gke.1', expected: -1 },
  { left: '1.33.4-gke.999', right: '1.33.4-gke.1134000', expected: -1 },
  { left: '1.33.4-gke.1', right: '1.33.4-gke.1', expected: 0 },
])('orders $left against $right by number, not by letter', ({ left, right, expected }) => {
  expect(Math.sign(compareVersions(left, right) ?? Number.NaN)).toBe(expected);
});

it('does not compare what is no full version', () => {
  expect(compareVersions('1.33', '1.31.4-gke.1183000')).toBeUndefined();
});

it.each([
  { versions: ['1.31.4-gke.1183000', '1.32.2-gke.1475000', '1.9.9-gke.9'], expected: '1.32.2-gke.1475000' },
  { versions: ['latest', '1.31.4-gke.1183000'], expected: '1.31.4-gke.1183000' },
  { versions: ['latest'], expected: undefined },
])('finds $expected as the highest of $versions', ({ versions, expected }) => {
  expect(highestVersion(versions)).toBe(expected);
});
