/** What the Common Expression Language does with values: its operators and functions (doc/langdef.md, "List of Standard Definitions"). */
import type { JsonValue } from '../world/json.ts';
import { isEqual, isMap } from './objects.ts';

/** Durations are seconds; nothing tells them from numbers once they are compared. */
export type CelValue = JsonValue;

/** What a rule asked of a value that it does not have. */
export class CelError extends Error {
  override readonly name = 'CelError';
}

/** A rule uses what is not known here. */
export class CelUnsupported extends Error {
  override readonly name = 'CelUnsupported';
}

type Apply = (...args: readonly CelValue[]) => CelValue;

const numbers =
  (name: string, calculate: (left: number, right: number) => number | boolean): Apply =>
  (left = null, right = null) => {
    if (typeof left === 'number' && typeof right === 'number') return calculate(left, right);
    throw new CelError(`no such overload: ${name}`);
  };

/** Of texts and numbers alike. */
const ordered =
  (name: string, holds: (order: number) => boolean): Apply =>
  (left = null, right = null) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left - right);
    if (typeof left === 'string' && typeof right === 'string') return holds(left < right ? -1 : left === right ? 0 : 1);
    throw new CelError(`no such overload: ${name}`);
  };

function text(value: CelValue | undefined, name: string): string {
  if (typeof value === 'string') return value;
  throw new CelError(`no such overload: ${name}`);
}

const texts =
  (name: string, apply: (first: string, second: string) => CelValue): Apply =>
  (first, second = '') =>
    apply(text(first, name), text(second, name));

function divided(left: number, right: number): number {
  if (right === 0) throw new CelError('division by zero');
  return Number.isInteger(left) && Number.isInteger(right) ? Math.trunc(left / right) : left / right;
}

function sum(left: CelValue = null, right: CelValue = null): CelValue {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  return numbers('_+_', (a, b) => a + b)(left, right);
}

function size(value: CelValue = null): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new CelError('no such overload: size');
}

function contains(value: CelValue = null, collection: CelValue = null): boolean {
  if (Array.isArray(collection)) return collection.some((item) => isEqual(item, value));
  return isMap(collection) && typeof value === 'string' && collection[value] !== undefined;
}

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** `1h30m` in seconds. */
function duration(value: CelValue = null): number {
  const given = text(value, 'duration');
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)/g)];
  if (given !== '0' && parts.map(([part]) => part).join('') !== given.replace(/^[+-]/, '')) {
    throw new CelError(`invalid duration ${JSON.stringify(given)}`);
  }
  const seconds = parts.reduce((all, [, number = '', unit = '']) => all + Number(number) * (unitSeconds[unit] ?? 0), 0);
  return given.startsWith('-') ? -seconds : seconds;
}

/** By name; operators under their sign. A method gets its target first. */
export const celFunctions: Readonly<Record<string, Apply>> = {
  '==': (left, right) => isEqual(left, right),
  '!=': (left, right) => !isEqual(left, right),
  '<': ordered('_<_', (order) => order < 0),
  '<=': ordered('_<=_', (order) => order <= 0),
  '>': ordered('_>_', (order) => order > 0),
  '>=': ordered('_>=_', (order) => order >= 0),
  '+': sum,
  '-': numbers('_-_', (left, right) => left - right),
  '*': numbers('_*_', (left, right) => left * right),
  '/': numbers('_/_', divided),
  '%': numbers('_%_', (left, right) => left % right),
  in: contains,
  'unary !': (value) => value !== true,
  'unary -': (value) => numbers('-_', (left, right) => left - right)(0, value ?? null),
  size,
  matches: texts('matches', (value, pattern) => new RegExp(pattern).test(value)),
  startsWith: texts('startsWith', (value, start) => value.startsWith(start)),
  endsWith: texts('endsWith', (value, end) => value.endsWith(end)),
  contains: texts('contains', (value, part) => value.includes(part)),
  split: texts('split', (value, separator) => value.split(separator)),
  lowerAscii: texts('lowerAscii', (value) => value.toLowerCase()),
  upperAscii: texts('upperAscii', (value) => value.toUpperCase()),
  trim: texts('trim', (value) => value.trim()),
  isURL: texts('isURL', (value) => URL.canParse(value)),
  string: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  int: (value) => Math.trunc(Number(value)),
  double: (value) => Number(value),
  duration,
};
