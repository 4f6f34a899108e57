/**
 * Checks a request body against the message types of the official client package. Its protos.json (12 MB) is read once, at
 * the first body that is checked (about 100 ms), and only the field lists that our bodies can reach are kept: building a
 * protobuf Root of it takes five times as long.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { JsonMap, JsonValue } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { isMap } from './fields.ts';

/** One front end reads the JSON of all these APIs; `errors[].reason` of its answers: google-wallet/rest-samples #22. */
const FRONT_END = 'the JSON front end that Google’s APIs share';

const unknownField = defineRejection({
  id: 'compute.unknownField',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: `${FRONT_END}: hashicorp/terraform-provider-google #17699, google-wallet/rest-samples #22`,
  message: (names: readonly (readonly [name: string, path: string])[]) =>
    names
      .map(([name, path]) => `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`)
      .join('\n'),
});

const wrongType = defineRejection({
  id: 'compute.wrongType',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: `${FRONT_END}: google-gemini/gemini-cli #4415, ansible/ansible #50252`,
  message: (path: string, type: string, value: JsonValue) =>
    `Invalid value at '${path}' (TYPE_${type.toUpperCase()}), ${JSON.stringify(value)}`,
});

const unknownEnumValue = defineRejection({
  id: 'compute.unknownEnumValue',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: `${FRONT_END}: google-wallet/rest-samples #22 (with the full name of the enum); values: compute.proto`,
  message: (path: string, enumName: string, value: string) =>
    `Invalid value at '${path}' (type.googleapis.com/google.cloud.compute.v1.${enumName}), "${value}"`,
});

interface Field {
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  /** Compute declares enum fields as strings and names the enum after the field. */
  readonly values: { readonly enumName: string; readonly known: ReadonlySet<string> } | undefined;
}

type Message = ReadonlyMap<string, Field>;

/** The part of protobufjs' JSON descriptors that we read. */
interface Descriptor {
  readonly fields?: Record<string, { readonly type: string; readonly rule?: string; readonly keyType?: string }>;
  readonly nested?: Record<string, Descriptor>;
  readonly values?: Record<string, number>;
}

/** Message types of the bodies that the served calls accept. */
const bodyMessages = [
  'Network',
  'Subnetwork',
  'Firewall',
  'Router',
  'Reservation',
  'ResourcePolicy',
  'InstanceGroupManagersDeleteInstancesRequest',
] as const;
export type BodyMessage = (typeof bodyMessages)[number];

const scalarTypes: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int32: isWholeNumber,
  uint32: isWholeNumber,
  int64: isWholeNumber,
  uint64: isWholeNumber,
  float: (value) => typeof value === 'number',
};

/** Refuses names and values that the message does not have. `message` is what the body must be. */
export function checkBody(message: BodyMessage, body: JsonMap): void {
  const unknown: [name: string, path: string][] = [];
  checkMessage(message, body, { path: 'resource', unknown });
  if (unknown.length > 0) reject(unknownField, unknown);
}

/** Where we are in the body, and the unknown names found so far: one answer names them all. */
interface Walk {
  readonly path: string;
  readonly unknown: [name: string, path: string][];
}

function checkMessage(type: string, body: JsonMap, { path, unknown }: Walk): void {
  const message = messages().get(type);
  for (const [name, value] of Object.entries(body)) {
    const field = message?.get(name);
    if (field === undefined) unknown.push([name, path]);
    else if (value !== undefined && value !== null) checkField(field, value, { path: `${path}.${name}`, unknown });
  }
}

function checkField(field: Field, value: JsonValue, walk: Walk): void {
  if (field.repeated) {
    if (!Array.isArray(value)) return reject(wrongType, walk.path, 'list', value);
    return value.forEach((item, index) => checkValue(field, item, { ...walk, path: `${walk.path}[${index}]` }));
  }
  if (field.map) {
    if (!isMap(value)) return reject(wrongType, walk.path, 'map', value);
    return Object.entries(value).forEach(([key, item]) =>
      checkValue(field, item ?? null, { ...walk, path: `${walk.path}.${key}` }),
    );
  }
  checkValue(field, value, walk);
}

function checkValue(field: Field, value: JsonValue, walk: Walk): void {
  const fits = scalarTypes[field.type];
  if (fits === undefined) {
    if (!isMap(value)) return reject(wrongType, walk.path, 'message', value);
    return checkMessage(field.type, value, walk);
  }
  if (!fits(value)) return reject(wrongType, walk.path, field.type, value);
  if (typeof value === 'string' && field.values?.known.has(value) === false)
    reject(unknownEnumValue, walk.path, field.values.enumName, value);
}

/** 64-bit numbers travel as strings, and the proto3 JSON mapping accepts strings for every integer. */
function isWholeNumber(value: JsonValue): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value));
}

let loaded: ReadonlyMap<string, Message> | undefined;

function messages(): ReadonlyMap<string, Message> {
  loaded ??= loadMessages();
  return loaded;
}

function loadMessages(): ReadonlyMap<string, Message> {
  const file = createRequire(import.meta.url).resolve('@google-cloud/compute/build/protos/protos.json');
  // The package generates the file from compute.proto; its form is protobufjs' and is not declared as a type.
  const root = JSON.parse(readFileSync(file, 'utf8')) as Descriptor;
  const path = ['google', 'cloud', 'compute', 'v1'];
  const types = path.reduce<Descriptor>((at, name) => at.nested?.[name] ?? {}, root).nested ?? {};
  const found = new Map<string, Message>();
  const wanted: string[] = [...bodyMessages];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (found.has(name)) continue;
    const message = readMessage(name, types[name] ?? {});
    found.set(name, message);
    for (const field of message.values()) if (types[field.type]?.fields !== undefined) wanted.push(field.type);
  }
  return found;
}

function readMessage(message: string, descriptor: Descriptor): Message {
  return new Map(
    Object.entries(descriptor.fields ?? {}).map(([name, field]) => {
      const enumName = name.charAt(0).toUpperCase() + name.slice(1);
      const values = Object.keys(descriptor.nested?.[enumName]?.values ?? {});
      return [
        name,
        {
          type: field.type,
          repeated: field.rule === 'repeated',
          map: field.keyType !== undefined,
          // An enum of nothing but UNDEFINED_… has its values in a comment (bgpInterRegionCost): anything goes.
          values: values.length > 1 ? { enumName: `${message}.${enumName}`, known: new Set(values) } : undefined,
        },
      ];
    }),
  );
}
