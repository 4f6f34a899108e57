/**
 * JSON forms of the well-known types that the served APIs use.
 * Source: Protocol Buffers documentation, "ProtoJSON Format".
 */
import type protobuf from 'protobufjs';
import type { JsonMap, JsonValue } from '../world/json.ts';

interface JsonForm {
  /** Fields of the message, undefined if the value is not of this form. */
  read(value: JsonValue): Record<string, unknown> | undefined;
  /** `fields` are those of the decoded message. */
  write(fields: ReadonlyMap<string, unknown>): JsonValue;
}

const timestamp: JsonForm = {
  read(value) {
    const match = typeof value === 'string' ? /^(.+T[\d:]+)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(value) : null;
    const wholeMs = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
    return Number.isNaN(wholeMs) ? undefined : { seconds: String(wholeMs / 1000), nanos: toNanos(match?.[2]) };
  },
  write(fields) {
    const seconds = Number(fields.get('seconds') ?? 0);
    return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction(Number(fields.get('nanos') ?? 0))}Z`;
  },
};

const duration: JsonForm = {
  read(value) {
    const match = typeof value === 'string' ? /^(-?)(\d+)(\.\d{1,9})?s$/.exec(value) : null;
    if (match === null) return undefined;
    const nanos = toNanos(match[3]);
    return { seconds: `${match[1]}${match[2]}`, nanos: match[1] === '-' ? -nanos : nanos };
  },
  write(fields) {
    // Up to ±10,000 years: exact as a number.
    const seconds = Number(fields.get('seconds') ?? 0);
    const nanos = Number(fields.get('nanos') ?? 0);
    const sign = seconds < 0 || nanos < 0 ? '-' : '';
    return `${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s`;
  },
};

const fieldMask: JsonForm = {
  read: (value) =>
    typeof value === 'string'
      ? {
          paths: value
            .split(',')
            .filter((path) => path !== '')
            .map(toSnakePath),
        }
      : undefined,
  write(fields) {
    const paths = fields.get('paths');
    return Array.isArray(paths) ? paths.map((path) => toCamelPath(String(path))).join(',') : '';
  },
};

/** Wrappers (`BoolValue` …) are their bare value; absent means the default. */
function wrapper(fallback: JsonValue, toJson: (value: unknown) => JsonValue): JsonForm {
  return {
    read: (value) => (typeof value === 'object' ? undefined : { value }),
    write: (fields) => (fields.has('value') ? toJson(fields.get('value')) : fallback),
  };
}

const emptyForm: JsonForm = {
  read: (value) => (isEmptyMap(value) ? {} : undefined),
  write: () => ({}),
};

const jsonForms: ReadonlyMap<string, JsonForm> = new Map([
  ['.google.protobuf.Timestamp', timestamp],
  ['.google.protobuf.Duration', duration],
  ['.google.protobuf.FieldMask', fieldMask],
  ['.google.protobuf.Empty', emptyForm],
  ['.google.protobuf.BoolValue', wrapper(false, Boolean)],
  ['.google.protobuf.StringValue', wrapper('', String)],
  ['.google.protobuf.Int32Value', wrapper(0, Number)],
  ['.google.protobuf.UInt32Value', wrapper(0, Number)],
  ['.google.protobuf.Int64Value', wrapper('0', String)],
  ['.google.protobuf.UInt64Value', wrapper('0', String)],
  ['.google.protobuf.DoubleValue', wrapper(0, Number)],
  ['.google.protobuf.FloatValue', wrapper(0, Number)],
]);

/** Undefined: none of its own. Remembered, since protobufjs puts a type's full name together anew whenever it is asked. */
export function jsonFormOf(type: protobuf.Type): JsonForm | undefined {
  const known = formsByType.get(type);
  if (known !== undefined) return known.form;
  const form = jsonForms.get(type.fullName);
  formsByType.set(type, { form });
  return form;
}

const formsByType = new WeakMap<protobuf.Type, { readonly form: JsonForm | undefined }>();

/** `.25` → 250000000 */
function toNanos(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(1).padEnd(9, '0'));
}

/** 250000000 → `.250`; 3, 6 or 9 digits, as the mapping prescribes. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '')}`;
}

function toSnakePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCamelPath(path: string): string {
  return path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function isEmptyMap(value: JsonValue): value is JsonMap {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
