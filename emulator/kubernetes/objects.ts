/** Reading and comparing plain Kubernetes objects. Stored objects are frozen: whoever changes one copies it first. */
import { isMap, type JsonMap, type JsonValue } from '../world/json.ts';

export { copyOf, isMap } from '../world/json.ts';

/** `{ apiVersion, kind, metadata, … }` in wire form. */
export type KubernetesObject = JsonMap;

/** The value at a path of field names; undefined as soon as a step is missing. */
export function valueAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const step of path) {
    if (!isMap(current)) return undefined;
    current = current[step];
  }
  return current;
}

/** The map at a path, an empty one if there is none. For reading only. */
export function mapAt(value: JsonValue | undefined, ...path: readonly string[]): JsonMap {
  const found = valueAt(value, ...path);
  return isMap(found) ? found : {};
}

/** The list at a path, an empty one if there is none. For reading only. */
export function listAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The strings of the list at a path; other elements are left out. */
export function textsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string');
}

/** The maps of the list at a path; other elements are left out. */
export function mapsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonMap[] {
  const list = listAt(value, ...path);
  return list.every(isMap) ? list : list.filter(isMap);
}

/** The string at a path, the empty string if there is none (as Go reads it). */
export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path, 0 if there is none (as Go reads it). */
export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export const nameOf = (object: KubernetesObject): string => textAt(object, 'metadata', 'name');
export const namespaceOf = (object: KubernetesObject): string => textAt(object, 'metadata', 'namespace');
export const uidOf = (object: KubernetesObject): string => textAt(object, 'metadata', 'uid');
export const isTerminating = (object: KubernetesObject): boolean =>
  valueAt(object, 'metadata', 'deletionTimestamp') !== undefined;

/** Labels (or another string map) with whatever is not a string left out. */
export function stringsAt(value: JsonValue | undefined, ...path: readonly string[]): Readonly<Record<string, string>> {
  const entries = Object.entries(mapAt(value, ...path));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Freezes a value all the way down, so that nobody changes the store behind its back. */
export function freeze<T extends JsonValue>(value: T): T {
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const item of value) freeze(item);
  else if (isMap(value)) for (const item of Object.values(value)) if (item !== undefined) freeze(item);
  return Object.freeze(value);
}

/** Deep equality; the order of keys does not matter, a key without a value counts as absent. */
export function isEqual(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => isEqual(item, right[at]));
  }
  if (!isMap(left) || !isMap(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isEqual(left[key], right[key]));
}

/** The object without some of its top-level fields. */
export function without(object: JsonMap, ...fields: readonly string[]): JsonMap {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}
