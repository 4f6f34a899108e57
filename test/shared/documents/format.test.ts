import { describe, expect, it } from 'vitest';
import { formatField, formatProblem, formatProblems } from '#shared/documents/format.ts';

const problem = { field: 'spec.zone', value: 'x', rule: 'must be a zone', fix: 'use a' };
const line = 'spec.zone = "x": must be a zone; use a';

describe('many problems', () => {
  it.each([
    { count: 0, expected: [] },
    { count: 50, expected: Array.from({ length: 50 }, () => line) },
    { count: 51, expected: [...Array.from({ length: 50 }, () => line), 'and 1 more'] },
  ])('are shown up to fifty: $count', ({ count, expected }) => {
    expect(formatProblems(Array.from({ length: count }, () => problem))).toEqual(expected);
  });

  it('are shown as far as there is room', () => {
    const long = { ...problem, rule: '€'.repeat(1_000) };

    expect(formatProblems(Array.from({ length: 5 }, () => long))).toEqual([
      formatProblem(long),
      formatProblem(long),
      'and 3 more',
    ]);
  });

  it('are never none', () => {
    const huge = { ...problem, rule: 'x'.repeat(9_000) };

    expect(formatProblems([huge, problem])).toEqual([formatProblem(huge), 'and 1 more']);
  });
});

it.each([
  { path: [], expected: '(document)' },
  { path: ['spec', 'gpuPools', 0, 'name'], expected: 'spec.gpuPools[0].name' },
  { path: ['spec', 'labels', 'a/b'], expected: 'spec.labels["a/b"]' },
  { path: ['x'.repeat(80)], expected: 'x'.repeat(80) },
  { path: ['spec', 'x'.repeat(81)], expected: `spec["${'x'.repeat(80)}…"]` },
])('names the place $expected', ({ path, expected }) => {
  expect(formatField(path)).toBe(expected);
});
