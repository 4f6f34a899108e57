/** What must hold of any value before it is held against the schema of a kind. */
import type { Json } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import type { BrokenBound } from '../domain/json-bounds.ts';
import { formatField } from './format.ts';

/** The only problem of a document that does not keep its bounds: looking at its parts could exhaust the stack. */
export function outOfBounds({ found, rule, fix }: BrokenBound): Problem {
  return { field: '(document)', value: found, rule, fix };
}

/** zod drops this key from a mapping of free keys (labels) without a word; `constructor` and `prototype` it keeps. */
const DROPPED_KEY = '__proto__';

export function isDroppedKey(key: string): boolean {
  return key === DROPPED_KEY;
}

/** Keys anywhere in a document that would vanish unseen. Goes down by recursion: `value` is not nested too deep. */
export function droppedKeys(value: unknown, path: readonly PropertyKey[] = []): readonly Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => droppedKeys(entry, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (!isDroppedKey(key)) return droppedKeys(inner, [...path, key]);
    const rule = 'is a key that cannot be kept: JavaScript gives it a meaning of its own';
    return [{ field: formatField([...path, key]), value: inner as Json, rule, fix: 'use another key' }]; // read from JSON or YAML
  });
}
