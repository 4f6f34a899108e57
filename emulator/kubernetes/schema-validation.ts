/**
 * A custom resource against the schema of its definition (texts and order of kubernetes/kube-openapi pkg/validation; what oneOf,
 * allOf and not say is not looked at). The real server walks the properties of an object in random order, this one by name.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isEqual, isMap, listAt, mapAt, mapsAt, textAt } from './objects.ts';
import { type FieldError, fieldErrors } from './status.ts';

/** A value where it stands, and what stood there before: what has not changed is not held against a client. */
export interface Placed {
  readonly value: JsonValue;
  readonly path: string;
  readonly previous?: JsonValue | undefined;
}

export function validateSchema(placed: Placed, openApi: JsonMap): readonly FieldError[] {
  const { value, path, previous } = placed;
  if (previous !== undefined && isEqual(value, previous)) return [];
  const errors = [...typeErrors(value, openApi, path), ...alternativeErrors(value, openApi, path)];
  if (value === null) return [...errors, ...enumErrors(value, openApi, path)];
  if (typeof value === 'string') errors.push(...stringErrors(value, openApi, path));
  if (typeof value === 'number') errors.push(...numberErrors(value, openApi, path));
  if (Array.isArray(value)) errors.push(...listErrors(value, placed, openApi));
  errors.push(...enumErrors(value, openApi, path));
  if (isMap(value)) errors.push(...mapErrors(value, placed, openApi));
  return errors;
}

/** None of the alternatives fits: that, and what is wrong by the first of them. */
function alternativeErrors(value: JsonValue, openApi: JsonMap, path: string): readonly FieldError[] {
  const failures = mapsAt(openApi, 'anyOf').map((schema) => validateSchema({ value, path }, schema));
  const [first] = failures;
  if (value === null || first === undefined || failures.some((errors) => errors.length === 0)) return [];
  const text = `"${path}" must validate at least one schema (anyOf)`;
  return [fieldErrors.invalid('<nil>', '', text), ...first];
}

/** Properties first, then what is missing. */
function mapErrors(value: JsonMap, { path, previous }: Placed, openApi: JsonMap): readonly FieldError[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const properties = mapAt(openApi, 'properties');
  const values = openApi['additionalProperties'];
  const child = (key: string, schema: JsonValue | undefined): readonly FieldError[] => {
    const found = value[key];
    // Metadata is validated by the server itself, not by the schema.
    if (found === undefined || !isMap(schema) || (path === '' && key === 'metadata')) return [];
    const before = isMap(previous) ? previous[key] : undefined;
    return validateSchema({ value: found, path: below(key), previous: before }, schema);
  };
  const keys = Object.keys(value).sort();
  return [
    ...sizeErrors(keys.length, openApi, path),
    ...keys.filter((key) => properties[key] === undefined).flatMap((key) => child(key, values)),
    ...keys.filter((key) => properties[key] !== undefined).flatMap((key) => child(key, properties[key])),
    ...listAt(openApi, 'required')
      .filter((key) => typeof key === 'string')
      .filter((key) => value[key] === undefined)
      .map((key) => fieldErrors.required(below(key))),
  ];
}

function* sizeErrors(size: number, { minProperties, maxProperties }: JsonMap, path: string): Generator<FieldError> {
  if (typeof minProperties === 'number' && size < minProperties) {
    yield fieldErrors.invalid(path, size, `${path} in body should have at least ${minProperties} properties`);
  }
  if (typeof maxProperties === 'number' && size > maxProperties) yield fieldErrors.tooMany(path, size, maxProperties);
}

function* listErrors(value: JsonValue[], { path }: Placed, openApi: JsonMap): Generator<FieldError> {
  const { minItems, maxItems, uniqueItems } = openApi;
  const items = mapAt(openApi, 'items');
  for (const [at, item] of value.entries()) yield* validateSchema({ value: item, path: `${path}[${at}]` }, items);
  if (typeof minItems === 'number' && value.length < minItems) {
    yield fieldErrors.invalid(path, value.length, `${path} in body should have at least ${minItems} items`);
  }
  if (typeof maxItems === 'number' && value.length > maxItems) yield fieldErrors.tooMany(path, value.length, maxItems);
  if (uniqueItems === true && value.some((item, at) => value.findIndex((other) => isEqual(item, other)) < at)) {
    yield fieldErrors.invalid(path, '', `${path} in body shouldn't contain duplicates`);
  }
}

const DATE_TIME = 'date-time';
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** A value of the wrong type, and a text that is no date where one must be. */
function* typeErrors(value: JsonValue, openApi: JsonMap, path: string): Generator<FieldError> {
  const wanted = openApi['x-kubernetes-int-or-string'] === true ? 'integer,string' : textAt(openApi, 'type');
  const format = textAt(openApi, 'format');
  const found = typeOf(value);
  if (wanted === '') return;
  if (typeof value === 'string' && wanted === 'string') {
    if (format !== DATE_TIME || dateTime.test(value)) return;
    yield wrongType(path, DATE_TIME, value);
    return;
  }
  if (isOfType(found, wanted) || (value === null && openApi['nullable'] === true)) return;
  yield wrongType(path, wanted, found);
}

const isOfType = (found: string, wanted: string): boolean =>
  wanted.split(',').includes(found) || (wanted === 'number' && found === 'integer');

const wrongType = (path: string, wanted: string, found: string): FieldError =>
  fieldErrors.typeInvalid(path, found, `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`);

/** Names of JSON Schema, which tells integers from numbers. */
function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function enumErrors(value: JsonValue, openApi: JsonMap, path: string): readonly FieldError[] {
  const options = openApi['enum'];
  if (!Array.isArray(options) || options.some((option) => isEqual(option, value))) return [];
  return [fieldErrors.notSupported(path, value, options)];
}

function* numberErrors(value: number, openApi: JsonMap, path: string): Generator<FieldError> {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = openApi;
  if (typeof multipleOf === 'number' && !Number.isInteger(value / multipleOf)) {
    yield fieldErrors.invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`);
  }
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const words = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to';
    yield fieldErrors.invalid(path, value, `${path} in body should be ${words} ${minimum}`);
  }
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const words = exclusiveMaximum === true ? 'less than' : 'less than or equal to';
    yield fieldErrors.invalid(path, value, `${path} in body should be ${words} ${maximum}`);
  }
}

/** Only the first of these is reported. Lengths are in characters, not in UTF-16 units. */
function* stringErrors(value: string, openApi: JsonMap, path: string): Generator<FieldError> {
  const { maxLength, minLength } = openApi;
  const length = Array.from(value).length;
  if (typeof maxLength === 'number' && length > maxLength) {
    yield fieldErrors.tooLong(path, `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`);
    return;
  }
  if (typeof minLength === 'number' && length < minLength) {
    yield fieldErrors.invalid(path, value, `${path} in body should be at least ${minLength} chars long`);
    return;
  }
  const pattern = textAt(openApi, 'pattern');
  if (pattern === '' || new RegExp(pattern).test(value)) return;
  yield fieldErrors.invalid(path, value, `${path} in body should match '${pattern}'`);
}
