/**
 * The fields of the built-in kinds and their types. They come from the models of the official client, which are generated from the
 * API's own OpenAPI document (`attributeTypeMap`); a model is loaded when an object of its kind is first read.
 */
import { createRequire } from 'node:module';

/** What may stand somewhere in an object. `goType` is how the server names the type when something else stands there. */
export type Shape =
  | StructShape
  | { readonly kind: 'map'; readonly goType: string; readonly values: Shape }
  | { readonly kind: 'list'; readonly goType: string; readonly items: Shape }
  | { readonly kind: 'string' | 'boolean' | 'integer' | 'number'; readonly goType: string }
  /** `1Gi`; kept in one of many ways to write it. */
  | { readonly kind: 'quantity'; readonly goType: string }
  /** Base64. */
  | { readonly kind: 'bytes'; readonly goType: string }
  /** Not looked into. */
  | { readonly kind: 'any'; readonly goType: string };

export interface StructShape {
  readonly kind: 'struct';
  /** `v1.DeploymentSpec`, and `DeploymentSpec` alone. */
  readonly goType: string;
  readonly name: string;
  /** Undefined: there is no such field. */
  readonly field: (name: string) => Shape | undefined;
}

/** What of a model is read. */
interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

const require = createRequire(import.meta.url);
const known = new Map<string, StructShape>();

export const anything: Shape = { kind: 'any', goType: 'interface {}' };

/** Kinds of one name in two groups carry their group in the model's name. */
const groupPrefix: Readonly<Record<string, string>> = { '/Event': 'Core', 'events.k8s.io/Event': 'Events' };

/** The shape of a built-in kind. */
export function kindShape(group: string, version: string, kind: string): StructShape {
  const prefix = groupPrefix[`${group}/${kind}`] ?? '';
  return modelShape(`${prefix}${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`);
}

/** What all objects have. */
export const metadataShape = (): StructShape => modelShape('V1ObjectMeta');

/** The shape of a model by the name of its class: `V1DeploymentSpec`, `CoreV1Event`. */
function modelShape(model: string): StructShape {
  const found = known.get(model);
  if (found !== undefined) return found;
  const [, , version = '', name = model] = /^([A-Z][a-z]+)??(V\d+(?:alpha\d+|beta\d+)?)(.+)$/.exec(model) ?? [];
  const shape = {
    kind: 'struct',
    goType: `${version.toLowerCase()}.${name}`,
    name,
    field: fieldsOf(model, name),
  } as const;
  known.set(model, shape);
  return shape;
}

/** The fields, made when the first of them is asked for: models refer to each other, JSON schemas even to themselves. */
function fieldsOf(model: string, name: string): StructShape['field'] {
  let fields: ReadonlyMap<string, Shape> | undefined;
  return (field) => {
    fields ??= new Map(
      attributesOf(model).map((attribute) => [attribute.baseName, shapeOf(attribute, `${name}.${attribute.baseName}`)]),
    );
    return fields.get(field);
  };
}

function attributesOf(model: string): readonly Attribute[] {
  // A generated module exports one class under the file's name; whatever else comes is refused below.
  const loaded = require(`@kubernetes/client-node/dist/gen/models/${model}.js`) as Readonly<
    Record<string, { readonly attributeTypeMap?: readonly Attribute[] }>
  >;
  const attributes = loaded[model]?.attributeTypeMap;
  if (attributes === undefined) throw new Error(`reading the fields of ${model}: the client has no such model`);
  return attributes;
}

/** Whose values are quantities, although the model says text (`resource.Quantity` in k8s.io/api). */
const quantityMaps =
  /\.(limits|requests|capacity|allocatable|hard|used|overhead|podFixed|allocatedResources|default|defaultRequest|max|min)$/;
const quantityFields = new Set([
  'EmptyDirVolumeSource.sizeLimit',
  'ResourceFieldSelector.divisor',
  'MetricTarget.averageValue',
  'MetricTarget.value',
  'MetricValueStatus.averageValue',
  'MetricValueStatus.value',
]);
const quantity: Shape = { kind: 'quantity', goType: 'resource.Quantity' };
const bytes: Shape = { kind: 'bytes', goType: '[]uint8' };

/** @param place struct and field, which decide where the type alone does not */
function shapeOf({ type, format }: Pick<Attribute, 'type' | 'format'>, place: string): Shape {
  const [, item] = /^Array<(.+)>$/.exec(type) ?? [];
  if (item !== undefined) {
    const items = shapeOf({ type: item, format }, '');
    return { kind: 'list', goType: `[]${items.goType}`, items };
  }
  const [, value] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
  if (value !== undefined) {
    const values = value === 'string' && quantityMaps.test(place) ? quantity : shapeOf({ type: value, format }, place);
    return { kind: 'map', goType: `map[string]${values.goType}`, values };
  }
  // Times are texts with a form of their own; wrong ones are taken as they are.
  if (format.startsWith('date-time')) return anything;
  return scalarOf(type, format, place) ?? (/^([A-Z][a-z]+)?V\d/.test(type) ? modelShape(type) : anything);
}

function scalarOf(type: string, format: string, place: string): Shape | undefined {
  if (type === 'boolean') return { kind: 'boolean', goType: 'bool' };
  if (type === 'number')
    return format.startsWith('int') ? { kind: 'integer', goType: format } : { kind: 'number', goType: 'float64' };
  if (type !== 'string') return undefined;
  if (format === 'byte') return bytes;
  if (quantityFields.has(place)) return quantity;
  return format === 'int-or-string' ? anything : { kind: 'string', goType: 'string' };
}
