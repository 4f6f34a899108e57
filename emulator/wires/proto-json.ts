/** Translates between protobuf messages and proto3 JSON by the message descriptors, as Google's HTTP front end does. */
import protobuf from 'protobufjs';
import type { JsonMap, JsonValue } from '../world/json.ts';
import { readMessage } from './proto-json-read.ts';
import { jsonFormOf } from './proto-well-known.ts';

/** Enum values as names, or as numbers (`$alt=json;enum-encoding=int`, which gax asks for). */
export type EnumForm = 'name' | 'number';

/** Bytes of a JSON form. Throws `JsonFormError` for names and values that the message does not have. */
export function encodeJson(type: protobuf.Type, json: JsonMap): Buffer {
  return Buffer.from(type.encode(type.fromObject(readMessage(type, json))).finish());
}

/** JSON form of encoded bytes. Fields without presence are left out when they hold their default (proto3 JSON mapping). */
export function decodeJson(type: protobuf.Type, bytes: Uint8Array, enums: EnumForm = 'name'): JsonMap {
  const json = new MessageWriter(enums).message(type, type.decode(bytes));
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}

/**
 * The one spelling of a JSON form that both wires produce: lowerCamelCase names, enum names, defaults left out
 * (`httpLoadBalancing: {disabled: false}` becomes `httpLoadBalancing: {}`).
 */
export function canonicalJson(type: protobuf.Type, json: JsonMap, enums: EnumForm = 'name'): JsonMap {
  return decodeJson(type, encodeJson(type, json), enums);
}

/** Follows the fields of the type, not of the message: unknown ones are dropped, as a server of that version would. */
class MessageWriter {
  readonly #enums: EnumForm;

  constructor(enums: EnumForm) {
    this.#enums = enums;
  }

  message(type: protobuf.Type, message: object): JsonValue {
    const fields = new Map<string, unknown>(Object.entries(message));
    const form = jsonFormOf(type);
    if (form !== undefined) return form.write(fields);
    const json: JsonMap = {};
    for (const field of type.fieldsArray) {
      const value = fields.get(field.name);
      const written = value === undefined || value === null ? undefined : this.#field(field, value);
      if (written !== undefined) json[field.name] = written;
    }
    return json;
  }

  #field(field: protobuf.Field, value: unknown): JsonValue | undefined {
    if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => this.#single(field, item));
    if (field instanceof protobuf.MapField) {
      const entries = Object.entries(value ?? {}).map(([key, entry]) => [key, this.#single(field, entry)] as const);
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    const written = this.#single(field, value);
    // `partOf` is set for real oneofs and for proto3 `optional`: those keep a default that was sent.
    return field.partOf === null && isDefault(field, value) ? undefined : written;
  }

  #single(field: protobuf.Field, value: unknown): JsonValue {
    const resolved = field.resolve().resolvedType;
    if (resolved instanceof protobuf.Enum) return this.#enum(resolved, Number(value));
    if (resolved instanceof protobuf.Type) return this.message(resolved, Object(value));
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    // 64-bit integers are decimal text in JSON; protobufjs holds them as Long objects.
    if (field.type.endsWith('64')) return String(value);
    return typeof value === 'string' || typeof value === 'boolean' ? value : Number(value);
  }

  #enum(type: protobuf.Enum, value: number): JsonValue {
    return this.#enums === 'number' ? value : (type.valuesById[value] ?? value);
  }
}

/** Numbers may be Long objects, whose text is compared. */
function isDefault(field: protobuf.Field, value: unknown): boolean {
  if (field.resolvedType instanceof protobuf.Type) return false;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === '' || value === false || String(value) === '0';
}
