/**
 * Walks objects along their schema: which fields an object sets, what changed between two, what an applied configuration makes
 * of a live object. Follows `typed/` of kubernetes-sigs/structured-merge-diff.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { type FieldSchema, deduced, fieldSchema } from './field-schema.ts';
import { FieldSet } from './field-set.ts';
import { isEqual, isMap } from './objects.ts';

type Value = JsonValue | undefined;
type Children = ReadonlyMap<string, { readonly value: JsonValue; readonly schema: FieldSchema }>;

/** The elements of a map, keyed list or set by their written path element; undefined for what is owned as a whole. */
function childrenOf(value: Value, schema: FieldSchema): Children | undefined {
  if (schema.atomic === true) return undefined;
  if (isMap(value)) return mapChildren(value, schema);
  if (!Array.isArray(value)) return undefined;
  if (schema.set === true)
    return new Map(value.map((item) => [`v:${JSON.stringify(item)}`, { value: item, schema: deduced }]));
  if (schema.keys === undefined) return undefined;
  return new Map(value.map((item) => [listElement(item, schema), { value: item, schema: schema.items ?? deduced }]));
}

function mapChildren(value: JsonMap, schema: FieldSchema): Children {
  const children = new Map<string, { value: JsonValue; schema: FieldSchema }>();
  for (const [name, child] of Object.entries(value)) {
    if (child !== undefined) children.set(`f:${name}`, { value: child, schema: fieldSchema(schema, name) });
  }
  return children;
}

/** `k:{"containerPort":80,"protocol":"TCP"}`: key fields in alphabetical order, left-out ones with their default. */
export function listElement(item: JsonValue, schema: FieldSchema): string {
  const keys = [...(schema.keys ?? [])].sort();
  const fields = isMap(item) ? item : {};
  const written = keys.flatMap((key) => {
    const value = fields[key] ?? schema.keyDefaults?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(written))}`;
}

/** Every field that an applied configuration sets (`typed/toset.go`). */
export function fieldsOf(value: JsonValue, schema: FieldSchema): FieldSet {
  const set = new FieldSet();
  for (const [element, child] of childrenOf(value, schema) ?? []) {
    const below = fieldsOf(child.value, child.schema);
    below.member = isOwnField(element, child.value, child.schema) || schema.values !== undefined;
    set.children.set(element, below);
  }
  return set;
}

/** A struct is owned through its fields, unless it is empty; list elements are owned themselves, too. */
function isOwnField(element: string, value: JsonValue, schema: FieldSchema): boolean {
  if (!element.startsWith('f:')) return true;
  const children = childrenOf(value, schema);
  return children === undefined || (children.size === 0 && isMap(value));
}

/** Paths that one side does not have, and paths whose value differs. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What changed between two objects of one type (`typed/compare.go`). */
export function compare(before: JsonValue, after: JsonValue, schema: FieldSchema): Comparison {
  const changes = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compareInto(changes, { before, after, schema });
  return changes;
}

interface Pair {
  readonly before: Value;
  readonly after: Value;
  readonly schema: FieldSchema;
}

function compareInto(changes: Comparison, at: Pair): void {
  const before = childrenOf(at.before, at.schema);
  const after = childrenOf(at.after, at.schema);
  if (at.before === undefined) changes.added.member = true;
  if (at.after === undefined) changes.removed.member = true;
  if (isLeaf(at.before, before) || isLeaf(at.after, after)) {
    const isKept = at.before !== undefined && at.after !== undefined;
    if (isKept && !isEqual(at.before, at.after)) changes.modified.member = true;
    return;
  }
  for (const [element, pair] of pairsOf(before ?? new Map(), after ?? new Map())) {
    // Most writes touch one half of an object: the other one is the very same value.
    if (pair.before === pair.after) continue;
    const below = {
      added: changes.added.child(element),
      modified: changes.modified.child(element),
      removed: changes.removed.child(element),
    };
    compareInto(below, pair);
  }
}

/** The elements of both sides, matched. */
function pairsOf(before: Children, after: Children): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const [element, { value, schema }] of before) pairs.set(element, { before: value, after: undefined, schema });
  for (const [element, { value, schema }] of after) {
    pairs.set(element, { before: before.get(element)?.value, after: value, schema });
  }
  return pairs;
}

/** A present value that is owned as a whole. */
function isLeaf(value: Value, children: Children | undefined): boolean {
  return value !== undefined && children === undefined;
}

/**
 * The live object with an applied configuration laid over it: structs and keyed lists merge, everything else is replaced.
 * Elements that are new to a list follow the ones it has (`typed/merge.go`).
 */
export function merge(live: Value, applied: JsonValue, schema: FieldSchema): JsonValue {
  const before = childrenOf(live, schema);
  const after = childrenOf(applied, schema);
  if (before === undefined || after === undefined) return applied;
  const merged = new Map([...before].map(([element, child]) => [element, child.value]));
  for (const [element, child] of after) {
    merged.set(element, merge(before.get(element)?.value, child.value, child.schema));
  }
  return collect(merged, isMap(applied));
}

/** Back from path elements to a map or a list. */
function collect(elements: ReadonlyMap<string, JsonValue>, asMap: boolean): JsonValue {
  if (!asMap) return [...elements.values()];
  return Object.fromEntries([...elements].map(([element, value]) => [element.slice(2), value]));
}

/** The value without the fields of a set; a removed field takes everything below it along. */
export function withoutFields(value: JsonValue, removed: FieldSet, schema: FieldSchema): JsonValue {
  const children = childrenOf(value, schema);
  if (children === undefined || removed.isEmpty) return value;
  const kept = new Map<string, JsonValue>();
  for (const [element, child] of children) {
    const below = removed.children.get(element);
    if (below?.member === true) continue;
    kept.set(element, below === undefined ? child.value : withoutFields(child.value, below, child.schema));
  }
  return collect(kept, isMap(value));
}
