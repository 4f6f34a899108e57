import { describe, expect, it } from 'vitest';
import { at, differences, instantMsAt, listAt, numberAt, objectAt, pick, textAt } from '#shared/domain/compare.ts';

describe('differences', () => {
  it.each([
    { name: 'equal values', wanted: { a: 1, b: ['x'] }, found: { a: 1, b: ['x'] } },
    { name: 'what the server added', wanted: { a: 1 }, found: { a: 1, selfLink: 'x' } },
    { name: 'int64 as text', wanted: { count: 8 }, found: { count: '8' } },
    {
      name: 'defaults that proto3 JSON leaves out',
      wanted: { a: false, b: 0, c: '', d: [], e: { f: false } },
      found: {},
    },
    {
      name: 'a name and its full link',
      wanted: 'demo-net-0',
      found: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/demo-net-0',
    },
    {
      name: 'a partial link and its full link',
      wanted: 'projects/p/global/networks/a',
      found: 'https://x/compute/v1/projects/p/global/networks/a',
    },
    { name: 'what is not wanted', wanted: { a: undefined }, found: { a: 5 } },
  ])('are none for $name', ({ wanted, found }) => {
    expect(differences(wanted, found)).toEqual([]);
  });

  it.each([
    { name: 'another value', wanted: { a: { b: 1 } }, found: { a: { b: 2 } }, expected: ['a.b: wanted 1, found 2'] },
    { name: 'a missing value', wanted: { a: 1 }, found: {}, expected: ['a: wanted 1, found nothing'] },
    {
      name: 'another order',
      wanted: { nics: ['a', 'b'] },
      found: { nics: ['b', 'a'] },
      expected: ['nics[0]: wanted "a", found "b"', 'nics[1]: wanted "b", found "a"'],
    },
    {
      name: 'another length',
      wanted: { nics: ['a'] },
      found: { nics: ['a', 'b'] },
      expected: ['nics: wanted ["a"], found ["a","b"]'],
    },
    {
      name: 'a name that only ends alike',
      wanted: 'net',
      found: 'https://x/projects/p/global/networks/other-net',
      expected: [': wanted "net", found "https://x/projects/p/global/networks/other-net"'],
    },
    {
      name: 'a link of another project',
      wanted: 'projects/p/global/networks/a',
      found: 'https://x/projects/q/global/networks/a',
      expected: [': wanted "projects/p/global/networks/a", found "https://x/projects/q/global/networks/a"'],
    },
    {
      name: 'an object where a list is wanted',
      wanted: { a: ['x'] },
      found: { a: { 0: 'x' } },
      expected: ['a: wanted ["x"], found {"0":"x"}'],
    },
    {
      name: 'several at once',
      wanted: { a: 1, b: 2 },
      found: { a: 2, b: 1 },
      expected: ['a: wanted 1, found 2', 'b: wanted 2, found 1'],
    },
  ])('name $name by path', ({ wanted, found, expected }) => {
    expect(differences(wanted, found)).toEqual(expected);
  });
});

describe('paths', () => {
  const value = { a: { b: [1, 2], c: 'text', d: 0, e: '7', f: { 'x.y/z': 1 } }, n: null };

  it.each([
    { path: 'a.c', expected: 'text' },
    { path: 'a.x', expected: undefined },
    { path: 'n.x', expected: undefined },
    { path: 'a.c.x', expected: undefined },
  ])('$path leads to $expected', ({ path, expected }) => {
    expect(at(value, path)).toBe(expected);
  });

  it('give text and lists only where they stand', () => {
    expect([textAt(value, 'a.c'), textAt(value, 'a.b'), listAt(value, 'a.b'), listAt(value, 'a.c')]).toEqual([
      'text',
      undefined,
      [1, 2],
      [],
    ]);
  });

  it('give numbers and objects only where they stand', () => {
    expect([numberAt(value, 'a.d'), numberAt(value, 'a.e'), objectAt(value, 'a.f'), objectAt(value, 'a.b')]).toEqual([
      0,
      undefined,
      { 'x.y/z': 1 },
      {},
    ]);
  });

  it.each([
    { text: '2026-01-01T00:00:00Z', expected: 1_767_225_600_000 },
    { text: '2026-01-01T01:00:00.5+01:00', expected: 1_767_225_600_500 },
    { text: 'soon', expected: undefined },
    { text: 7, expected: undefined },
  ])('give the instant $expected for $text', ({ text, expected }) => {
    expect(instantMsAt({ at: text }, 'at')).toBe(expected);
  });

  it('pick what is there', () => {
    expect(pick(value, ['a.c', 'a.x'])).toEqual({ 'a.c': 'text' });
  });
});
