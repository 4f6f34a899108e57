import { expect, it } from 'vitest';
import { cutToBytes } from '#shared/domain/cut.ts';

it.each([
  { name: 'a text that fits is left alone', text: 'abcdef', maxBytes: 6, expected: 'abcdef' },
  { name: 'a longer one ends in a mark', text: 'abcdefg', maxBytes: 6, expected: 'abc…' },
  { name: 'a character of two bytes is not cut in two', text: 'éééé', maxBytes: 6, expected: 'é…' },
  { name: 'a character of four bytes is not cut in two', text: 'a😀😀', maxBytes: 7, expected: 'a…' },
  { name: 'bytes count, not characters', text: '€€', maxBytes: 6, expected: '€€' },
])('$name', ({ text, maxBytes, expected }) => {
  const cut = cutToBytes(text, maxBytes);

  expect(cut).toBe(expected);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
});
