/** JSON merge patch (RFC 7386), JSON patch (RFC 6902) and strategic merge patch, as pure functions. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { type FieldSchema, fieldSchema } from './field-schema.ts';
import { copyOf, isEqual, isMap, textAt, without } from './objects.ts';

/** Null deletes, maps merge, everything else replaces. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMap(patch)) return patch;
  const result: JsonMap = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/**
 * Like a merge patch, but keyed lists merge element by element: `$patch: delete` removes the element, `$patch: replace` replaces
 * a map, directives about the order of elements are ignored (apimachinery pkg/util/strategicpatch).
 */
export function strategicMergePatch(target: JsonValue | undefined, patch: JsonValue, schema: FieldSchema): JsonValue {
  if (Array.isArray(patch)) return strategicList(target, patch, schema);
  if (!isMap(patch)) return patch;
  if (patch['$patch'] === 'replace') return without(patch, '$patch');
  const result: JsonMap = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = strategicMergePatch(result[key], value, fieldSchema(schema, key));
  }
  return result;
}

/** A keyed list merges, a set grows, every other list is replaced. */
function strategicList(target: JsonValue | undefined, patch: JsonValue[], schema: FieldSchema): JsonValue {
  const before = Array.isArray(target) ? target : [];
  if (schema.set === true) return [...before, ...patch.filter((item) => !before.some((known) => isEqual(known, item)))];
  const keys = schema.keys;
  if (keys === undefined) return patch;
  const result = [...before];
  for (const item of patch) {
    if (!isMap(item)) continue;
    const at = result.findIndex((known) => isMap(known) && hasSameKeys(known, item, keys));
    if (item['$patch'] === 'delete') result.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) result.push(item);
    else result[at] = strategicMergePatch(result[at], item, schema.items ?? {});
  }
  return result;
}

/** Keys that the patch leaves out do not count: a port is found by its number alone. */
function hasSameKeys(known: JsonMap, item: JsonMap, keys: readonly string[]): boolean {
  return keys.every((key) => item[key] === undefined || isEqual(known[key], item[key]));
}

/** A JSON patch that does not fit the object: a failed test or a path that is not there. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** All operations or none: works on a copy, and throws `PatchError` at the first that does not fit. */
export function jsonPatch(target: JsonMap, operations: readonly JsonValue[]): JsonValue {
  return operations.reduce<JsonValue>((document, operation) => applyOperation(document, operation), copyOf(target));
}

function applyOperation(document: JsonValue, operation: JsonValue): JsonValue {
  if (!isMap(operation)) throw new PatchError('applying a JSON patch: an operation is not an object');
  const path = pointer(operation['path']);
  const op = textAt(operation, 'op');
  switch (op) {
    case 'test':
      if (!isEqual(read(document, path), operation['value']))
        throw new PatchError('applying a JSON patch: a test failed');
      return document;
    case 'add':
      return write(document, path, { value: operation['value'] ?? null, insert: true });
    case 'replace':
      read(document, path);
      return write(document, path, { value: operation['value'] ?? null, insert: false });
    case 'remove':
      return remove(document, path);
    case 'move': {
      const from = pointer(operation['from']);
      const moved = read(document, from);
      return write(remove(document, from), path, { value: moved, insert: true });
    }
    case 'copy':
      return write(document, path, { value: read(document, pointer(operation['from'])), insert: true });
    default:
      throw new PatchError(`applying a JSON patch: operation ${JSON.stringify(op)} is unknown`);
  }
}

/** RFC 6901: `~1` is a slash, `~0` a tilde. */
function pointer(text: JsonValue | undefined): readonly string[] {
  if (typeof text !== 'string') throw new PatchError('applying a JSON patch: an operation has no path');
  if (text === '') return [];
  return text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: JsonValue, path: readonly string[]): JsonValue {
  let current: JsonValue | undefined = document;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else current = isMap(current) ? current[step] : undefined;
    if (current === undefined) throw new PatchError(`applying a JSON patch: path /${path.join('/')} does not exist`);
  }
  return current;
}

function write(
  document: JsonValue,
  path: readonly string[],
  change: { readonly value: JsonValue; readonly insert: boolean },
): JsonValue {
  const last = path.at(-1);
  if (last === undefined) return change.value;
  const parent = read(document, path.slice(0, -1));
  const value = copyOf(change.value);
  if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : Number(last), change.insert ? 0 : 1, value);
  else if (isMap(parent)) parent[last] = value;
  else throw new PatchError(`applying a JSON patch: /${path.join('/')} is below a scalar`);
  return document;
}

function remove(document: JsonValue, path: readonly string[]): JsonValue {
  read(document, path);
  const last = path.at(-1) ?? '';
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isMap(parent)) delete parent[last];
  return document;
}
