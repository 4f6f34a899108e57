/** Reads one part of a document by itself, so that rules can judge it while something else has the wrong form. */
import type * as z from 'zod';

/** The part, its default when it was left out, or undefined when its form is wrong: rules that need it stay silent. */
export function read<T>(schema: z.ZodType<T>, value: unknown, whenAbsent?: T): T | undefined {
  if (value === undefined) return whenAbsent;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;

  // An unknown field is a problem of form, but no reason not to look at the known ones beside it.
  const known = schema.safeParse(withoutUnknownFields(value, parsed.error.issues));
  return known.success ? known.data : undefined;
}

function withoutUnknownFields(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = issue.path.reduce<unknown>(member, copy);
    if (typeof holder !== 'object' || holder === null) continue;
    for (const key of issue.keys) Reflect.deleteProperty(holder, key);
  }
  return copy;
}

/** One level down, whatever stands there. */
export function member(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
