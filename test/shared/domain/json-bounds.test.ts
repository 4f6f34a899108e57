import { describe, expect, it } from 'vitest';
import { brokenBoundOf, stringifyBounded } from '#shared/domain/json-bounds.ts';

const arrays = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const objects = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
const list = (length: number, entry: unknown) => Array.from({ length }, () => entry);
const itself: unknown[] = [];
itself.push(itself);

const deep = 'must not be nested deeper than 64 levels';
const many = 'must not hold more than 10000 values in all';

describe('the bounds of JSON from outside', () => {
  it.each([
    { name: 'nothing', value: undefined, rule: undefined },
    { name: 'null', value: null, rule: undefined },
    { name: 'text', value: 'text', rule: undefined },
    { name: 'arrays up to the limit', value: arrays(64), rule: undefined },
    { name: 'arrays one beyond it', value: arrays(65), rule: deep },
    { name: 'objects up to the limit', value: objects(64), rule: undefined },
    { name: 'objects one beyond it', value: objects(65), rule: deep },
    { name: 'a million arrays', value: arrays(1_000_000), rule: deep },
    { name: 'an array that contains itself', value: itself, rule: deep },
    { name: 'as many values as there may be', value: list(10_000, 1), rule: undefined },
    { name: 'one more', value: list(10_001, 1), rule: many },
    { name: 'as many, over two levels', value: list(5_000, [1]), rule: undefined },
    { name: 'more, over two levels', value: list(5_001, { a: 1 }), rule: many },
  ])('are kept or not by $name', ({ value, rule }) => {
    expect(brokenBoundOf(value)?.rule).toBe(rule);
  });
});

describe('bounded JSON', () => {
  it.each([undefined, null, 'a', [1, { a: [] }], arrays(64), JSON.parse('{"__proto__":{"a":1}}')])(
    'is plain JSON within the limit',
    (value) => {
      expect(stringifyBounded(value)).toBe(JSON.stringify(value) ?? '');
    },
  );

  it('shows what is too deep as a mark, and everything else', () => {
    const written = stringifyBounded({ why: 'x', deep: arrays(100_000) });

    expect(written).toBe(`{"why":"x","deep":${'['.repeat(63)}"…"${']'.repeat(63)}}`);
  });
});
