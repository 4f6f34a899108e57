import { expect, it } from 'vitest';
import { canonicalQuantity } from '../../../emulator/kubernetes/quantities.ts';

it.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5', '1500m'],
  ['100000', '100k'],
  ['1200', '1200'],
  ['1024Mi', '1Gi'],
  ['1000Mi', '1000Mi'],
  ['512', '512'],
  ['0.5Gi', '512Mi'],
  ['1Ki', '1Ki'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['0', '0'],
  ['0Gi', '0'],
  ['-1000m', '-1'],
  ['0.0000000001', '1n'],
])('%s is kept as %s', (given, canonical) => {
  expect(canonicalQuantity(given)).toBe(canonical);
});

it.each(['x', '', '1x', '1.2.3', 'Gi'])('%j is no quantity', (given) => {
  expect(canonicalQuantity(given)).toBeUndefined();
});
