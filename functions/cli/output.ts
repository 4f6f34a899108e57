/** For programs: one JSON or YAML text of an answer. */
import { stringify } from 'yaml';
import type { Format } from './command.ts';

export function formatStructured(value: unknown, format: Format): string {
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`;
  // Long strings stay on one line: folded ones are hard to search for. What stands twice is written twice: readers refuse many aliases.
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
