/**
 * Bodies in protobuf, which typed clients in Go send: `kubectl auth can-i`, `kubectl create configmap`. Only the kinds that kubectl
 * writes this way and that are small; field numbers from `generated.proto` of each version in kubernetes/api and kubernetes/apimachinery.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, textAt } from './objects.ts';

/** How a field's bytes are read; a message is named by its fields. */
type FieldType = 'string' | 'bytes' | 'bool' | 'int64' | 'time' | Message;

interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Elements of a list, or values of a map by string, come one by one. */
  readonly repeated?: 'list' | 'map';
}

/** By field number. */
type Message = Readonly<Record<number, Field>>;

const text = (name: string): Field => ({ name, type: 'string' });
const texts = (name: string): Field => ({ name, type: 'string', repeated: 'list' });
const textMap = (name: string): Field => ({ name, type: 'string', repeated: 'map' });
const part = (name: string, type: Message): Field => ({ name, type });

const ownerReference: Message = {
  1: text('kind'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: { name: 'controller', type: 'bool' },
  7: { name: 'blockOwnerDeletion', type: 'bool' },
};

const metadata = part('metadata', {
  1: text('name'),
  2: text('generateName'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  7: { name: 'generation', type: 'int64' },
  8: { name: 'creationTimestamp', type: 'time' },
  11: textMap('labels'),
  12: textMap('annotations'),
  13: { name: 'ownerReferences', type: ownerReference, repeated: 'list' },
  14: texts('finalizers'),
});

const resourceAttributes = part('resourceAttributes', {
  1: text('namespace'),
  2: text('verb'),
  3: text('group'),
  4: text('version'),
  5: text('resource'),
  6: text('subresource'),
  7: text('name'),
});
const nonResourceAttributes = part('nonResourceAttributes', { 1: text('path'), 2: text('verb') });
const reference = { 3: text('name') } satisfies Message;

const messages: Readonly<Record<string, Message>> = {
  'v1 ConfigMap': {
    1: metadata,
    2: textMap('data'),
    3: { name: 'binaryData', type: 'bytes', repeated: 'map' },
    4: { name: 'immutable', type: 'bool' },
  },
  'v1 Namespace': { 1: metadata, 2: part('spec', { 1: texts('finalizers') }), 3: part('status', { 1: text('phase') }) },
  'v1 Secret': {
    1: metadata,
    2: { name: 'data', type: 'bytes', repeated: 'map' },
    3: text('type'),
    4: textMap('stringData'),
    5: { name: 'immutable', type: 'bool' },
  },
  'v1 ServiceAccount': {
    1: metadata,
    2: { name: 'secrets', type: reference, repeated: 'list' },
    4: { name: 'automountServiceAccountToken', type: 'bool' },
  },
  'authentication.k8s.io/v1 SelfSubjectReview': { 1: metadata },
  'authorization.k8s.io/v1 SelfSubjectAccessReview': {
    1: metadata,
    2: part('spec', { 1: resourceAttributes, 2: nonResourceAttributes }),
  },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': { 1: metadata, 2: part('spec', { 1: text('namespace') }) },
};

/** `runtime.Unknown`: the envelope of every message. */
const envelope: Message = {
  1: part('typeMeta', { 1: text('apiVersion'), 2: text('kind') }),
  2: { name: 'raw', type: 'bytes' },
};

/** In front of every body (apimachinery pkg/runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/** The object of a body; undefined: it is of a kind whose fields are not known here, or no protobuf of Kubernetes at all. */
export function readProtobuf(body: Buffer): JsonMap | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  const { typeMeta, raw } = readMessage(body.subarray(magic.length), envelope);
  if (!isMap(typeMeta) || typeof raw !== 'string') return undefined;
  const message = messages[`${textAt(typeMeta, 'apiVersion')} ${textAt(typeMeta, 'kind')}`];
  if (message === undefined) return undefined;
  return { ...typeMeta, ...readMessage(Buffer.from(raw, 'base64'), message) };
}

function readMessage(bytes: Buffer, message: Message): JsonMap {
  const object: JsonMap = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = message[number];
    if (field === undefined) continue;
    if (field.repeated === 'map') Object.assign(mapIn(object, field.name), readEntry(value, field.type));
    else if (field.repeated === 'list') listIn(object, field.name).push(readValue(value, field.type));
    // Go writes an empty string where nothing is set.
    else if (field.type !== 'string' || value.length > 0) object[field.name] = readValue(value, field.type);
  }
  return object;
}

function mapIn(object: JsonMap, name: string): JsonMap {
  const known = object[name];
  if (isMap(known)) return known;
  const created: JsonMap = {};
  object[name] = created;
  return created;
}

function listIn(object: JsonMap, name: string): JsonValue[] {
  const known = object[name];
  if (Array.isArray(known)) return known;
  const created: JsonValue[] = [];
  object[name] = created;
  return created;
}

/** An entry of a map is a message of key and value. */
function readEntry(bytes: Buffer, type: FieldType): JsonMap {
  const entry = readMessage(bytes, { 1: text('key'), 2: { name: 'value', type } });
  return { [textAt(entry, 'key')]: entry['value'] ?? '' };
}

/** Bytes are base64, as JSON writes them. */
function readValue(bytes: Buffer, type: FieldType): JsonValue {
  switch (type) {
    case 'string':
      return bytes.toString('utf8');
    case 'bytes':
      return bytes.toString('base64');
    case 'bool':
      return readVarint(bytes, 0).value !== 0n;
    case 'int64':
      return Number(readVarint(bytes, 0).value);
    case 'time':
      return readTime(bytes);
    default:
      return readMessage(bytes, type);
  }
}

/** Seconds since 1970; none at all is a time that is not set. */
function readTime(bytes: Buffer): JsonValue {
  const [seconds] = [...wireFields(bytes)].filter(({ number }) => number === 1);
  if (seconds === undefined) return null;
  return `${new Date(Number(readVarint(seconds.value, 0).value) * 1000).toISOString().slice(0, 19)}Z`;
}

interface WireField {
  readonly number: number;
  /** The payload; of a number its varint. */
  readonly value: Buffer;
}

/** Protocol Buffers documentation, "Encoding": a tag of field number and wire type, then the payload. */
function* wireFields(bytes: Buffer): Generator<WireField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    at = tag.end;
    const payload = payloadAt(bytes, at, Number(tag.value & 7n));
    yield { number: Number(tag.value >> 3n), value: bytes.subarray(payload.from, payload.end) };
    at = payload.end;
  }
}

function payloadAt(bytes: Buffer, at: number, wireType: number): { readonly from: number; readonly end: number } {
  if (wireType === 0) return { from: at, end: readVarint(bytes, at).end };
  if (wireType === 1) return { from: at, end: at + 8 };
  if (wireType === 5) return { from: at, end: at + 4 };
  const length = readVarint(bytes, at);
  return { from: length.end, end: length.end + Number(length.value) };
}

function readVarint(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } {
  let value = 0n;
  let shift = 0n;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, end: at + 1 };
    shift += 7n;
  }
  return { value, end: bytes.length };
}
