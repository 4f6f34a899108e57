/**
 * An object of a built-in kind as Go reads it: fields that its type does not have are dropped and named, a value of another type is
 * a mistake (sigs.k8s.io/json, and encoding/json whose words it keeps).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap } from './objects.ts';
import { canonicalQuantity, quantityMistake } from './quantities.ts';
import type { Shape, StructShape } from './shapes.ts';

export interface Decoded {
  /** The object given, where nothing had to be dropped or rewritten. */
  readonly object: JsonMap;
  /** `spec.template.spec.containers[0].imag`, in the order of the document. */
  readonly unknownFields: readonly string[];
  /** The first value of a wrong type. */
  readonly mistake?: string;
}

/** How the walk came to a value; paths are written only when something is wrong there. */
interface Place {
  readonly parent: Place | undefined;
  readonly step: string | number;
  /** An element of a map is named in one kind of path and not in the other. */
  readonly isKey?: true;
}

interface Findings {
  readonly unknownFields: string[];
  mistake?: string;
}

export function decodeAs(shape: StructShape, object: JsonMap): Decoded {
  const findings: Findings = { unknownFields: [] };
  const decoded = decodeStruct(object, shape, { findings, place: undefined });
  return { ...findings, object: decoded };
}

interface Context {
  readonly findings: Findings;
  readonly place: Place | undefined;
  /** The struct around the value. */
  readonly struct?: string;
}

function decodeStruct(value: JsonMap, shape: StructShape, { findings, place }: Context): JsonMap {
  return replaced(value, (child, name) => {
    const step = { parent: place, step: name };
    const field = shape.field(name);
    if (field !== undefined) return decodeValue(child, field, { findings, place: step, struct: shape.name });
    findings.unknownFields.push(textOf(step));
    return undefined;
  });
}

/** The very map, unless a value changed; what becomes undefined is left out. */
function replaced(map: JsonMap, change: (value: JsonValue, key: string) => JsonValue | undefined): JsonMap {
  let result: JsonMap | undefined;
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const changed = change(value, key);
    if (changed === value) continue;
    result ??= { ...map };
    if (changed === undefined) delete result[key];
    else result[key] = changed;
  }
  return result ?? map;
}

/** A null stands for a field that is not there. */
function decodeValue(value: JsonValue, shape: Shape, context: Context): JsonValue {
  if (value === null || shape.kind === 'any') return value;
  const composed = decodeComposed(value, shape, context);
  if (composed !== undefined) return composed;
  if (shape.kind === 'quantity' || shape.kind === 'bytes') return decodeText(value, shape, context);
  return isOfKind(value, shape) ? value : refused(value, shape, context);
}

/** What holds other values; undefined for everything else. */
function decodeComposed(value: JsonValue, shape: Shape, context: Context): JsonValue | undefined {
  if (Array.isArray(value)) return shape.kind === 'list' ? decodeList(value, shape.items, context) : undefined;
  if (!isMap(value)) return undefined;
  if (shape.kind === 'struct') return decodeStruct(value, shape, context);
  return shape.kind === 'map' ? decodeMap(value, shape.values, context) : undefined;
}

function refused(value: JsonValue, { goType }: Shape, context: Context): JsonValue {
  context.findings.mistake ??= wrongType(value, goType, context);
  return value;
}

function decodeMap(value: JsonMap, values: Shape, context: Context): JsonMap {
  const below = (step: string): Context => ({ ...context, place: { parent: context.place, step, isKey: true } });
  return replaced(value, (child, key) => decodeValue(child, values, below(key)));
}

function decodeList(value: JsonValue[], items: Shape, context: Context): JsonValue[] {
  const below = (step: number): Context => ({ ...context, place: { parent: context.place, step } });
  const decoded = value.map((item, step) => decodeValue(item, items, below(step)));
  return decoded.some((item, at) => item !== value[at]) ? decoded : value;
}

/** Texts with a form of their own. */
function decodeText(value: JsonValue, shape: Shape, context: Context): JsonValue {
  const { findings } = context;
  if (shape.kind === 'quantity' && (typeof value === 'string' || typeof value === 'number')) {
    const canonical = canonicalQuantity(String(value));
    if (canonical === undefined) findings.mistake ??= quantityMistake;
    return canonical ?? value;
  }
  if (typeof value !== 'string') findings.mistake ??= wrongType(value, shape.goType, context);
  else if (shape.kind === 'bytes') {
    const at = wrongBase64At(value);
    if (at !== undefined) findings.mistake ??= `illegal base64 data at input byte ${at}`;
  }
  return value;
}

/** Where Go stops reading base64; undefined: it is well formed. */
function wrongBase64At(text: string): number | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) return undefined;
  const at = text.search(/[^A-Za-z0-9+/\r\n]/);
  return at < 0 ? Math.floor(text.length / 4) * 4 : at;
}

/** Bounds of Go's integers; beyond 2^53 a double is as near as it gets. */
const limits: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function isOfKind(value: JsonValue, { kind, goType }: Shape): boolean {
  if (kind === 'string' || kind === 'boolean' || kind === 'number') return typeof value === kind;
  if (kind !== 'integer' || typeof value !== 'number') return false;
  const limit = limits[goType] ?? Number.POSITIVE_INFINITY;
  return Number.isInteger(value) && value >= -limit && value < limit;
}

function wrongType(value: JsonValue, goType: string, { place, struct = '' }: Context): string {
  const found = foundType(value, goType);
  return `json: cannot unmarshal ${found} into Go struct field ${struct}.${fieldsTo(place)} of type ${goType}`;
}

/** In the words of encoding/json; a number that does not fit is quoted. */
function foundType(value: JsonValue, goType: string): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return goType.startsWith('int') ? `number ${value}` : 'number';
  return typeof value;
}

/** `spec.containers[0].imag` */
function textOf(place: Place | undefined): string {
  if (place === undefined) return '';
  const before = textOf(place.parent);
  if (typeof place.step === 'number') return `${before}[${place.step}]`;
  return before === '' ? place.step : `${before}.${place.step}`;
}

/** `spec.containers.imag`: fields alone, without the elements of lists and maps. */
function fieldsTo(place: Place | undefined): string {
  if (place === undefined) return '';
  const before = fieldsTo(place.parent);
  if (typeof place.step === 'number' || place.isKey === true) return before;
  return before === '' ? place.step : `${before}.${place.step}`;
}
