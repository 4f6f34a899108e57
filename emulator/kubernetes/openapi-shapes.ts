/** The fields of a custom resource as its definition declares them. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, mapAt, textAt } from './objects.ts';
import { anything, metadataShape, type Shape, type StructShape } from './shapes.ts';

const known = new WeakMap<JsonMap, StructShape>();

/** Of the `openAPIV3Schema` of a version. Metadata is the same for every kind. */
export function definedShape(openApi: JsonMap): StructShape {
  const found = known.get(openApi);
  if (found !== undefined) return found;
  const properties = mapAt(openApi, 'properties');
  const text: Shape = { kind: 'string', goType: 'string' };
  const fixed: Readonly<Record<string, Shape>> = { apiVersion: text, kind: text, metadata: metadataShape() };
  const keepsUnknown = openApi['x-kubernetes-preserve-unknown-fields'] === true;
  const field = (name: string): Shape | undefined =>
    fixed[name] ?? propertyShape(properties[name] ?? (keepsUnknown ? true : undefined));
  const shape = { kind: 'struct', goType: '', name: '', field } as const;
  known.set(openApi, shape);
  return shape;
}

function propertyShape(property: JsonValue | undefined): Shape | undefined {
  if (!isMap(property)) return property === true ? anything : undefined;
  if (property['x-kubernetes-int-or-string'] === true) return anything;
  const type = textAt(property, 'type');
  switch (type) {
    case 'array':
      return { kind: 'list', goType: '', items: propertyShape(property['items']) ?? anything };
    case 'object':
      return objectShape(property);
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { kind: type, goType: '' };
    default:
      return anything;
  }
}

function objectShape(openApi: JsonMap): Shape {
  const values = propertyShape(openApi['additionalProperties']);
  if (values !== undefined) return { kind: 'map', goType: '', values };
  const properties = mapAt(openApi, 'properties');
  const keepsUnknown = openApi['x-kubernetes-preserve-unknown-fields'] === true;
  const field = (name: string): Shape | undefined =>
    propertyShape(properties[name] ?? (keepsUnknown ? true : undefined));
  return { kind: 'struct', goType: '', name: '', field };
}
