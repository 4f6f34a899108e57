import type { Json } from '../domain/json.ts';

/** A part of what was read from JSON or YAML, where nothing else can stand; undefined: it is not there. */
export function asJson(value: unknown): Json | undefined {
  return value as Json | undefined; // Both parsers give unknown, or a type of their own that says less.
}
