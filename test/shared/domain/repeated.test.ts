import { expect, it } from 'vitest';
import { repeated } from '#shared/domain/repeated.ts';

it.each([
  { name: 'nothing of a list without repetitions', values: ['a', 'b'], expected: [] },
  { name: 'what comes three times once', values: ['a', 'a', 'a'], expected: ['a'] },
  { name: 'in the order in which they come again', values: ['a', 'b', 'b', 'a'], expected: ['b', 'a'] },
  { name: 'what is not there, too', values: [undefined, 'a', undefined], expected: [undefined] },
])('tells $name', ({ values, expected }) => {
  expect(repeated<string | undefined>(values)).toEqual(expected);
});
