/** Bounds what JSON from outside may hold. Nothing here, nor `JSON.parse`, uses a stack frame per level; most other code does. */

/**
 * Levels of arrays and objects inside one another. No document, alert or command of ours has a dozen; a few thousand, which 10 KB
 * of brackets hold, exhaust the stack of `JSON.stringify` and of every validator.
 */
const MAX_NESTING = 64;

/**
 * Entries of all arrays and objects together; 64 pools with everything written out have about 3,000. Validators hand the problems of
 * a list on as arguments of one call, of which Node's stack holds about 100,000, and one value can have several problems.
 */
const MAX_VALUES = 10_000;

/** A bound that a value does not keep, in the words of a problem. */
export interface BrokenBound {
  readonly found: string;
  readonly rule: string;
  readonly fix: string;
}

const tooDeep: BrokenBound = {
  found: `more than ${MAX_NESTING} levels`,
  rule: `must not be nested deeper than ${MAX_NESTING} levels`,
  fix: 'remove what is nested so deep',
};

const tooMany: BrokenBound = {
  found: `more than ${MAX_VALUES} values`,
  rule: `must not hold more than ${MAX_VALUES} values in all`,
  fix: 'remove what is not needed, or split it',
};

/** Level by level. An object that contains itself is too deep. */
export function brokenBoundOf(value: unknown): BrokenBound | undefined {
  let containers = [value].filter(isContainer);
  let values = 0;
  for (let level = 1; level <= MAX_NESTING && containers.length > 0; level++) {
    const entries = containers.flatMap((container): readonly unknown[] => Object.values(container));
    values += entries.length;
    if (values > MAX_VALUES) return tooMany;
    containers = entries.filter(isContainer);
  }
  return containers.length > 0 ? tooDeep : undefined;
}

/** JSON of anything that was read from JSON; what is nested too deep to be written is shown as `…`. */
export function stringifyBounded(value: unknown): string {
  return JSON.stringify(clip(value, MAX_NESTING)) ?? '';
}

/** The value down to so many levels; recursion is safe because they are few. */
function clip(value: unknown, levels: number): unknown {
  if (!isContainer(value)) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.map((entry) => clip(entry, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clip(entry, levels - 1)]));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
