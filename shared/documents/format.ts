import type { Problem } from '../domain/problem.ts';

/** A value longer than this says less than its beginning does. */
const MAX_VALUE_LENGTH = 80;

/** One line: `spec.zone = "us-east4-b": must be a zone of us-central1; use us-central1-b`. */
export function formatProblem({ field, value, rule, fix }: Problem): string {
  const subject = value === undefined ? `${field} is missing` : `${field} = ${abbreviate(JSON.stringify(value))}`;
  return `${subject}: ${rule}; ${fix}`;
}

function abbreviate(text: string): string {
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}

/** `spec.gpuPools[0].name`. */
export function formatField(path: readonly PropertyKey[]): string {
  return path.reduce<string>(fieldUnder, '') || '(document)';
}

/** One level below `parent`; a key that is no plain word is quoted: `spec.labels["a/b"]`. */
export function fieldUnder(parent: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  const name = String(key);
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === '' ? name : `${parent}.${name}`;
}

/** `one of A, B`, or just `A`. */
export function oneOf(values: readonly string[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
}
