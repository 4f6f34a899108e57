/**
 * The structural schema of a custom resource at work: pruning, defaults and validation
 * (kubernetes/apiextensions-apiserver pkg/apiserver/schema; texts from kube-openapi pkg/validation). Rules in CEL are not run.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { copyOf, isMap, listAt, mapAt, numberAt, textAt } from './objects.ts';
import { type FieldError, fieldErrors } from './status.ts';

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
  if (target[key] === null && schema['nullable'] !== true && standard !== undefined) delete target[key];
  if (target[key] === undefined && standard !== undefined) target[key] = copyOf(standard);
  applyDefaults(target[key] ?? null, schema);
}

/** What is wrong with the value, by the order of the schema's properties. */
export function validateSchema(value: JsonValue, openApi: JsonMap, path = ''): readonly FieldError[] {
  const wrongType = typeError(value, openApi, path);
  if (wrongType !== undefined) return [wrongType];
  if (value === null) return [];
  const own = [...valueErrors(value, openApi, path)];
  if (Array.isArray(value)) {
    const items = mapAt(openApi, 'items');
    return [...own, ...value.flatMap((item, at) => validateSchema(item, items, `${path}[${at}]`))];
  }
  return isMap(value) ? [...own, ...validateMap(value, openApi, path)] : own;
}

/** Missing fields first, by name, then the wrong ones: the order in which the real server reports. */
function validateMap(value: JsonMap, openApi: JsonMap, path: string): readonly FieldError[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const missing = listAt(openApi, 'required')
    .filter((key) => typeof key === 'string')
    .filter((key) => value[key] === undefined)
    .sort()
    .map((key) => fieldErrors.required(below(key)));
  const properties = mapAt(openApi, 'properties');
  const values = openApi['additionalProperties'];
  const nested = Object.entries(value).flatMap(([key, child]) => {
    const schema = properties[key] ?? values;
    // Metadata is validated by the server itself, not by the schema.
    if (child === undefined || !isMap(schema) || (path === '' && key === 'metadata')) return [];
    return validateSchema(child, schema, below(key));
  });
  return [...missing, ...nested];
}

/** A value of the wrong type is reported alone; nothing below it is looked at. */
function typeError(value: JsonValue, openApi: JsonMap, path: string): FieldError | undefined {
  const found = typeOf(value);
  const wanted = openApi['x-kubernetes-int-or-string'] === true ? '' : textAt(openApi, 'type');
  if (wanted === '' || found === wanted || (wanted === 'number' && found === 'integer')) return undefined;
  if (found === 'null' && openApi['nullable'] === true) return undefined;
  return fieldErrors.typeInvalid(path, found, `${path} in body must be of type ${wanted}: "${found}"`);
}

/** Names of JSON Schema, which tells integers from numbers. */
function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Rules for a value that has the right type. */
function* valueErrors(value: JsonValue, openApi: JsonMap, path: string): Generator<FieldError> {
  const options = openApi['enum'];
  if (Array.isArray(options) && !options.includes(value)) yield fieldErrors.notSupported(path, value, options);
  if (typeof value === 'number') yield* numberErrors(value, openApi, path);
  if (typeof value === 'string') yield* stringErrors(value, openApi, path);
  if (!Array.isArray(value)) return;
  const minItems = numberAt(openApi, 'minItems');
  if (value.length < minItems) {
    yield fieldErrors.invalid(path, value.length, `${path} in body should have at least ${minItems} items`);
  }
}

function* numberErrors(value: number, openApi: JsonMap, path: string): Generator<FieldError> {
  const { minimum, maximum } = openApi;
  if (typeof minimum === 'number' && value < minimum) {
    yield fieldErrors.invalid(path, value, `${path} in body should be greater than or equal to ${minimum}`);
  }
  if (typeof maximum === 'number' && value > maximum) {
    yield fieldErrors.invalid(path, value, `${path} in body should be less than or equal to ${maximum}`);
  }
}

function* stringErrors(value: string, openApi: JsonMap, path: string): Generator<FieldError> {
  const pattern = textAt(openApi, 'pattern');
  if (pattern !== '' && !new RegExp(pattern).test(value)) {
    yield fieldErrors.invalid(path, value, `${path} in body should match '${pattern}'`);
  }
  const minLength = numberAt(openApi, 'minLength');
  if (value.length < minLength) {
    yield fieldErrors.invalid(path, value, `${path} in body should be at least ${minLength} chars long`);
  }
}
