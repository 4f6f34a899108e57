import type { Problem } from '../domain/problem.ts';

/** A value longer than this says less than its beginning does. */
const MAX_VALUE_LENGTH = 80;

/** One line: `spec.zone = "us-east4-b": must be a zone of us-central1; use us-central1-b`. */
export function formatProblem({ field, value, isDefault, rule, fix }: Problem): string {
  const mark = isDefault === true ? ' (default)' : '';
  const subject =
    value === undefined ? `${field} is missing` : `${field} = ${abbreviate(JSON.stringify(value))}${mark}`;
  return `${subject}: ${rule}; ${fix}`;
}

function abbreviate(text: string): string {
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}

/** So many problems are enough to begin with; a document with thousands is wrong in one thing. */
const MAX_PROBLEMS_SHOWN = 50;

/** Bytes of all lines; with the last one they stay within the 8 KiB that the record of a refused message has for its reason. */
const MAX_SHOWN_BYTES = 8_000;

/** One line per problem, the first fifty at most; a last line counts the others. */
export function formatProblems(problems: readonly Problem[]): readonly string[] {
  const lines: string[] = [];
  let bytes = 0;
  for (const problem of problems.slice(0, MAX_PROBLEMS_SHOWN)) {
    const line = formatProblem(problem);
    bytes += Buffer.byteLength(line) + 1;
    if (lines.length > 0 && bytes > MAX_SHOWN_BYTES) break;
    lines.push(line);
  }
  const left = problems.length - lines.length;
  return left === 0 ? lines : [...lines, `and ${left} more`];
}

/** `spec.gpuPools[0].name`. */
export function formatField(path: readonly PropertyKey[]): string {
  return path.reduce<string>(fieldUnder, '') || '(document)';
}

/** One level below `parent`; a key that is no plain word is quoted: `spec.labels["a/b"]`. */
export function fieldUnder(parent: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  const name = abbreviate(String(key));
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === '' ? name : `${parent}.${name}`;
}

/** `one of A, B`, or just `A`. */
export function oneOf(values: readonly string[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
}
