import { expect, it } from 'vitest';
import { nearest } from '#shared/documents/nearest.ts';

const known = ['machineType', 'maxPodsPerNode', 'size', 'spot'];

it.each([
  { name: 'machinetyp', expected: 'machineType' },
  { name: 'MACHINETYPE', expected: 'machineType' },
  { name: 'maxPodPerNodes', expected: 'maxPodsPerNode' },
  { name: 'sizes', expected: 'size' },
  { name: 'post', expected: undefined },
  { name: 'zone', expected: undefined },
  { name: '', expected: undefined },
  { name: 'x'.repeat(1_000_000), expected: undefined },
])('takes "$name" for $expected', ({ name, expected }) => {
  expect(nearest(name, known)).toBe(expected);
});

it.each([
  { length: 64, expected: 'a'.repeat(60) },
  { length: 65, expected: undefined },
])('looks for names of $length letters: $expected', ({ length, expected }) => {
  expect(nearest('a'.repeat(length), ['a'.repeat(60)])).toBe(expected);
});

it('finds nothing where nothing is known', () => {
  expect(nearest('size', [])).toBeUndefined();
});
