/** For programs: one JSON or YAML text of an answer. */
import { stringify } from 'yaml';
import type { Format } from './command.ts';

export function formatStructured(value: unknown, format: Format): string {
  // Long strings stay on one line: folded ones are hard to search for.
  return format === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : stringify(value, { lineWidth: 0 });
}
