/** Pruning and defaults by the structural schema of a custom resource (kubernetes/apiextensions-apiserver pkg/apiserver/schema). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { copyOf, isMap, mapAt } from './objects.ts';

/** The object without fields that the schema does not know, and the paths of those. */
export interface Pruned {
  readonly object: JsonMap;
  /** `spec.replicaz`, in document order. */
  readonly unknownFields: readonly string[];
}

/** Drops what the schema does not declare; metadata stays, as the server knows it better than any schema. */
export function prune(object: JsonMap, openApi: JsonMap): Pruned {
  const unknownFields: string[] = [];
  // Every object has these three, whatever its schema says.
  const root = { ...mapAt(openApi, 'properties'), apiVersion: {}, kind: {}, metadata: keepAll };
  const pruned = pruneMap(object, { ...openApi, properties: root }, { path: '', unknownFields });
  return { object: pruned, unknownFields };
}

const keepAll: JsonMap = { 'x-kubernetes-preserve-unknown-fields': true };

/** Where the walk is, and what it has found unknown so far. */
interface PruneContext {
  readonly path: string;
  readonly unknownFields: string[];
}

function pruneValue(value: JsonValue, openApi: JsonMap, context: PruneContext): JsonValue {
  if (Array.isArray(value)) {
    const items = mapAt(openApi, 'items');
    return value.map((item, at) => pruneValue(item, items, { ...context, path: `${context.path}[${at}]` }));
  }
  return isMap(value) ? pruneMap(value, openApi, context) : value;
}

/** A key is known by its property or by `additionalProperties`. */
function pruneMap(value: JsonMap, openApi: JsonMap, context: PruneContext): JsonMap {
  const kept: JsonMap = {};
  const properties = mapAt(openApi, 'properties');
  const keepsUnknown = openApi['x-kubernetes-preserve-unknown-fields'] === true;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const path = context.path === '' ? key : `${context.path}.${key}`;
    const schema = properties[key] ?? openApi['additionalProperties'];
    if (isMap(schema)) kept[key] = pruneValue(item, schema, { ...context, path });
    else if (schema === true || keepsUnknown) kept[key] = item;
    else context.unknownFields.push(path);
  }
  return kept;
}

/** Sets `default` values inside objects that are there; a null that may not be null counts as absent. Changes the value given. */
export function applyDefaults(value: JsonValue, openApi: JsonMap): void {
  if (Array.isArray(value)) {
    for (const item of value) applyDefaults(item, mapAt(openApi, 'items'));
    return;
  }
  if (!isMap(value)) return;
  for (const [key, schema] of Object.entries(mapAt(openApi, 'properties'))) {
    if (isMap(schema)) defaultField(value, key, schema);
  }
  const values = openApi['additionalProperties'];
  if (!isMap(values)) return;
  for (const child of Object.values(value)) applyDefaults(child ?? null, values);
}

/** Sets one field, then goes into it: a default can contain objects that have defaults of their own. */
function defaultField(target: JsonMap, key: string, schema: JsonMap): void {
  const standard = schema['default'];
  if (target[key] === null && schema['nullable'] !== true) delete target[key];
  if (target[key] === undefined && standard !== undefined) target[key] = copyOf(standard);
  applyDefaults(target[key] ?? null, schema);
}
