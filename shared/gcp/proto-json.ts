/**
 * Messages of Google's APIs as proto3 JSON: enum names, int64 as decimal text, timestamps as RFC 3339, defaults absent.
 * It is the form of the documentation, of `gcloud --format=json` and of every other part of this project.
 */
import { protobuf, serializer } from 'google-gax';
import { isJsonObject, type Json, type JsonObject, mapValues } from '../domain/json.ts';

const parsed = new Map<object, protobuf.Root>();

/** The descriptors of one `protos.json`. Parsing takes 80 ms (GKE) to 500 ms (Compute) of CPU, so it happens once per process. */
export function parseProtos(json: protobuf.INamespace): protobuf.Root {
  const known = parsed.get(json);
  if (known !== undefined) return known;
  const root = protobuf.Root.fromJSON(json);
  parsed.set(json, root);
  return root;
}

/** A message type of any descriptors parsed so far; the client that knows it must have been made before. */
export function messageType(fullName: string): protobuf.Type {
  for (const root of parsed.values()) {
    const found = root.lookup(fullName);
    if (found instanceof protobuf.Type) return found;
  }
  throw new Error(`looking up message type ${fullName}: no client that knows it has been made`);
}

/** Throws for a field that the message does not have: gax itself would drop it without a word, and build something else. */
export function assertKnownFields(type: protobuf.Type, json: JsonObject, path: string): void {
  for (const [name, value] of Object.entries(json)) {
    if (value === undefined) continue;
    const field = type.fields[name];
    if (field === undefined) throw new UnknownFieldError(`${path}.${name} is not a field of ${type.name}`);
    const inner = innerType(field);
    if (inner === undefined) continue;
    for (const [key, item] of itemsOf(field, value)) assertKnownFields(inner, item, `${path}.${name}${key}`);
  }
}

/** A field that the message does not have: serialising would leave it out in silence. */
export class UnknownFieldError extends Error {
  override readonly name = 'UnknownFieldError';
}

export function encodeProtoJson(type: protobuf.Type, json: JsonObject): Buffer {
  assertKnownFields(type, json, type.name);
  // The serializer's JSON type is the mutable form of ours; it only reads.
  const message = serializer.fromProto3JSON(type, json as Parameters<typeof serializer.fromProto3JSON>[1]);
  if (message === null) throw new Error(`encoding ${type.name}: the serializer returned nothing`);
  return Buffer.from(type.encode(message).finish());
}

export function decodeProtoJson(type: protobuf.Type, bytes: Uint8Array): JsonObject {
  return toJson(type, type.toObject(type.decode(bytes), { longs: String, enums: String, bytes: String }));
}

/** protobufjs's plain object has the JSON form already (no defaults, no empty lists or maps) but for the well-known types. */
function toJson(type: protobuf.Type, plain: JsonObject): JsonObject {
  const json: Record<string, Json | undefined> = {};
  for (const [name, value] of Object.entries(plain)) {
    const field = type.fields[name];
    const inner = field?.resolve().resolvedType;
    const change = inner instanceof protobuf.Type ? (item: Json) => messageToJson(inner, item) : undefined;
    json[name] =
      field === undefined || change === undefined || value === undefined ? value : mapItems(field, value, change);
  }
  return json;
}

function messageToJson(type: protobuf.Type, plain: Json): Json {
  if (!isJsonObject(plain)) return plain;
  if (!isWellKnown(type)) return toJson(type, plain);
  const form = wellKnownForms[type.name];
  if (form === undefined) throw new Error(`decoding ${type.fullName}: it has no JSON form here`);
  return form(plain);
}

/** The well-known types that the answers we read contain (protobuf documentation, "ProtoJSON Format"). */
const wellKnownForms: Readonly<Record<string, (plain: JsonObject) => Json>> = {
  Timestamp: ({ seconds, nanos }) =>
    `${new Date(Number(seconds ?? 0) * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`,
  Duration: ({ seconds, nanos }) => `${Number(seconds ?? 0)}${fraction(nanos)}s`,
  BoolValue: ({ value }) => value === true,
  // Details of an error. Their types (RequestInfo, …) are not among a service's own descriptors, so only their name can be told.
  Any: (any) => ({ '@type': any['type_url'] }),
};

/** Nanoseconds as three, six or nine decimals, or none. */
function fraction(nanos: Json | undefined): string {
  const digits = String(Number(nanos ?? 0))
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '');
  return digits === '' ? '' : `.${digits}`;
}

/** The message type inside a field, unless its JSON is not an object of its own fields (well-known types). */
function innerType(field: protobuf.Field): protobuf.Type | undefined {
  const type = field.resolve().resolvedType;
  return type instanceof protobuf.Type && !isWellKnown(type) ? type : undefined;
}

function isWellKnown(type: protobuf.Type): boolean {
  return type.fullName.startsWith('.google.protobuf.');
}

/** The messages in a field's value, each with its place in words: `` (single), `[0]` (repeated), `.key` (map). */
function itemsOf(field: protobuf.Field, value: Json): readonly (readonly [string, JsonObject])[] {
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => (isJsonObject(item) ? [[`[${index}]`, item] as const] : []));
  if (!isJsonObject(value)) return [];
  if (field.map !== true) return [['', value]];
  return Object.entries(value).flatMap(([key, item]) => (isJsonObject(item) ? [[`.${key}`, item] as const] : []));
}

function mapItems(field: protobuf.Field, value: Json, change: (item: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(change);
  if (field.map !== true || !isJsonObject(value)) return change(value);
  return mapValues(value, (item) => (item === undefined ? null : change(item)));
}
