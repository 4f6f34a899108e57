/**
 * Misspelt keys, read as the known ones that they were probably meant to be. What stands below them is then judged like everything
 * else, so that correcting the key does not bring a second round of problems to light.
 */
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts';
import { nearest } from './nearest.ts';
import type { Properties, SchemaNode } from './schema-node.ts';
import { nodeFor } from './union.ts';

export interface RenamedKey {
  /** Where the key is, in the spelling that was meant. */
  readonly path: readonly PropertyKey[];
  /** As it was written. */
  readonly key: string;
  readonly written: Json | undefined;
}

export interface MeantDocument {
  /** The document with these keys in place of those that were written. */
  readonly value: Json | undefined;
  readonly renamed: readonly RenamedKey[];
}

/** A key is not renamed where the known one stands as well. Goes down by recursion: `value` is not nested too deep. */
export function withMeantKeys(
  value: Json | undefined,
  schema: SchemaNode,
  path: readonly PropertyKey[] = [],
): MeantDocument {
  if (isList(value)) {
    const { items = {} } = nodeFor(schema, value);
    const entries = value.map((entry, index) => withMeantKeys(entry, items, [...path, index]));
    return { value: entries.map((entry) => entry.value ?? null), renamed: entries.flatMap(({ renamed }) => renamed) };
  }
  const { properties } = nodeFor(schema, value);
  if (!isJsonObject(value) || properties === undefined) return { value, renamed: [] };
  const taken = new Set(Object.keys(value));
  const renamed: RenamedKey[] = [];
  const entries = Object.entries(value).map(([key, written]): [string, Json | undefined] => {
    const isKnown = Object.hasOwn(properties, key);
    const meant = isKnown ? key : meantKey(key, written, properties);
    if (meant === undefined || (!isKnown && taken.has(meant))) return [key, written];
    taken.add(meant);
    const below = withMeantKeys(written, properties[meant] ?? {}, [...path, meant]);
    renamed.push(...(isKnown ? [] : [{ path, key, written }]), ...below.renamed);
    return [meant, below.value];
  });
  return { value: Object.fromEntries(entries), renamed };
}

/** `Array.isArray` does not tell a readonly list from the other kinds of JSON. */
function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The known key that this one stands for, by its letters, its first word (`for`, forSeconds) or what is below it. */
export function meantKey(key: string, written: Json | undefined, properties: Properties): string | undefined {
  const known = Object.keys(properties);
  return (
    nearest(key, known) ??
    only(known.filter((name) => /^[A-Z]/.test(name.slice(key.length)) && name.startsWith(key))) ??
    (isJsonObject(written) ? only(known.filter((name) => holds(properties[name]?.properties, written))) : undefined)
  );
}

/** Every field that was written is one of this mapping's. */
function holds(properties: Properties | undefined, written: JsonObject): boolean {
  const keys = Object.keys(written);
  return properties !== undefined && keys.length > 0 && keys.every((key) => Object.hasOwn(properties, key));
}

function only(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}
