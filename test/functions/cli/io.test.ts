import { expect, it } from 'vitest';
import { columnsUpTo } from '../../../functions/cli/io.ts';

it.each([
  { name: 'those of a narrow terminal', isTerminal: true, columns: 60, expected: 60 },
  { name: 'no more of a wide one than can be read', isTerminal: true, columns: 240, expected: 100 },
  { name: 'as many in a file, which has none of its own', isTerminal: false, columns: 60, expected: 100 },
])('sentences have $name', ({ isTerminal, columns, expected }) => {
  expect(columnsUpTo(100, { isTerminal, columns: () => columns })).toBe(expected);
});
