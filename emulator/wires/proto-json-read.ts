/** Reads proto3 JSON by a message descriptor and says what does not fit, in the words of Google's HTTP front end. */
import protobuf from 'protobufjs';
import { isMap, type JsonMap, type JsonValue } from '../world/json.ts';
import { jsonFormOf } from './proto-well-known.ts';

/** One wrong name or value of a JSON body. */
export interface JsonProblem {
  /** Path in proto names with indexes: `cluster.node_pools[0].config`; empty for the body itself. */
  readonly field: string;
  readonly description: string;
}

/**
 * What is wrong with a JSON body: all problems at once, one a line
 * (danny-avila/LibreChat #11761 and QuantumNous/new-api #766 quote whole answers; ansible/ansible #50252 one of GKE).
 */
export class JsonFormError extends Error {
  override readonly name = 'JsonFormError';
  readonly problems: readonly JsonProblem[];

  constructor(problems: readonly JsonProblem[]) {
    super(problems.map(({ description }) => description).join('\n'));
    this.problems = problems;
  }
}

/** Fields of a message as protobufjs takes them. */
export type Fields = Record<string, unknown>;

/** Fields of a message from its JSON form. Throws `JsonFormError`. */
export function readMessage(type: protobuf.Type, json: JsonMap): Fields {
  const reader = new MessageReader();
  const fields = reader.message(type, json, '');
  if (reader.problems.length > 0) throw new JsonFormError(reader.problems);
  return fields;
}

/** Goes on after a problem, so that one answer names them all. */
class MessageReader {
  readonly problems: JsonProblem[] = [];

  message(type: protobuf.Type, json: JsonMap, path: string): Fields {
    const fields: Fields = {};
    for (const [name, value] of Object.entries(json)) {
      const { field, protoName = name } = fieldByJsonName(type, name);
      if (field === undefined) {
        this.#unknownName(name, path, 'Cannot find field.');
      } else if (Array.isArray(value) && !field.repeated) {
        this.#unknownName(name, path, 'Proto field is not repeating, cannot start list.');
      } else if (value !== null && value !== undefined) {
        fields[field.name] = this.#field(field, value, path === '' ? protoName : `${path}.${protoName}`);
      }
    }
    return fields;
  }

  #field(field: protobuf.Field, value: JsonValue, path: string): unknown {
    if (field instanceof protobuf.MapField) {
      if (!isMap(value)) return this.#invalid(path, 'Map', value);
      const entries = Object.entries(value).map(([key, entry], index) => [
        key,
        this.#single(field, entry ?? null, `${path}[${index}].value`),
      ]);
      return Object.fromEntries(entries);
    }
    if (!field.repeated) return this.#single(field, value, path);
    if (!Array.isArray(value)) return this.#invalid(path, 'list', value);
    return value.map((item, index) => this.#single(field, item, `${path}[${index}]`));
  }

  #single(field: protobuf.Field, value: JsonValue, path: string): unknown {
    const resolved = field.resolve().resolvedType;
    if (resolved instanceof protobuf.Enum) return this.#enumNumber(resolved, value, path);
    if (resolved instanceof protobuf.Type) return this.#nested(resolved, value, path);
    return fitsScalar(field.type, value) ? value : this.#invalid(path, `TYPE_${field.type.toUpperCase()}`, value);
  }

  #nested(type: protobuf.Type, value: JsonValue, path: string): unknown {
    const form = jsonFormOf(type);
    const fields = form === undefined ? undefined : form.read(value);
    if (fields !== undefined) return fields;
    if (form === undefined && isMap(value)) return this.message(type, value, path);
    return this.#invalid(path, `type.googleapis.com/${type.fullName.slice(1)}`, value);
  }

  #enumNumber(type: protobuf.Enum, value: JsonValue, path: string): unknown {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    const known = typeof value === 'string' ? type.values[value] : undefined;
    return known ?? this.#invalid(path, `type.googleapis.com/${type.fullName.slice(1)}`, value);
  }

  #unknownName(name: string, field: string, why: string): void {
    const place = field === '' ? '' : ` at '${field}'`;
    this.problems.push({ field, description: `Invalid JSON payload received. Unknown name "${name}"${place}: ${why}` });
  }

  #invalid(field: string, type: string, value: JsonValue): undefined {
    this.problems.push({ field, description: `Invalid value at '${field}' (${type}), ${JSON.stringify(value)}` });
    return undefined;
  }
}

interface NamedField {
  /** Absent: the type has no such field. */
  readonly field?: protobuf.Field;
  /** As the definition spells it: `node_pools`. */
  readonly protoName?: string;
}

/** By type, then by the name in JSON: a page of time series names the same few fields thousands of times. */
const namedFields = new WeakMap<protobuf.Type, Map<string, NamedField>>();

function fieldByJsonName(type: protobuf.Type, name: string): NamedField {
  const ofType = namedFields.get(type) ?? new Map<string, NamedField>();
  namedFields.set(type, ofType);
  const named = ofType.get(name) ?? findField(type, name);
  // Whatever a client may write is not remembered.
  if (named.field !== undefined) ofType.set(name, named);
  return named;
}

function findField(type: protobuf.Type, name: string): NamedField {
  // Both spellings are accepted (proto3 JSON mapping): `nodePool` and `node_pool`.
  const camelCase = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const field = Object.hasOwn(type.fields, camelCase) ? type.fields[camelCase] : undefined;
  return field === undefined ? {} : { field, protoName: toSnakeCase(field.name) };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** 64-bit integers travel as decimal text, but numbers are accepted too. */
function fitsScalar(type: string, value: JsonValue): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'string' || type === 'bytes') return typeof value === 'string';
  if (type === 'double' || type === 'float') return typeof value === 'number' || typeof value === 'string';
  return (typeof value === 'number' && Number.isInteger(value)) || (typeof value === 'string' && /^-?\d+$/.test(value));
}
