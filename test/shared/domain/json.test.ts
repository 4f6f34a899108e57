import { expect, it } from 'vitest';
import { mapValues, parseJson } from '#shared/domain/json.ts';

it('JSON that is none is undefined, and null is null', () => {
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('null')).toBeNull();
});

it('values change under the same keys', () => {
  expect(mapValues({ a: 1, b: 2 }, (value, key) => `${key}${value}`)).toEqual({ a: 'a1', b: 'b2' });
});
