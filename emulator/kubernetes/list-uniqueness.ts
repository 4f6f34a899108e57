/** Lists that are declared as maps or sets hold nothing twice (kubernetes/apiextensions-apiserver pkg/apiserver/schema/listtype). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap, mapAt, textsAt } from './objects.ts';
import { type FieldError, fieldErrors } from './status.ts';

export function repeatedElements(value: JsonValue, openApi: JsonMap, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = mapAt(openApi, 'items');
    const below = value.flatMap((item, at) => repeatedElements(item, items, `${path}[${at}]`));
    return [...repeatedIn(value, openApi, path), ...below];
  }
  if (!isMap(value)) return [];
  const properties = mapAt(openApi, 'properties');
  const values = openApi['additionalProperties'];
  const keys = Object.keys(value).sort();
  return keys.flatMap((key) => {
    const schema = properties[key] ?? values;
    const child = value[key];
    if (!isMap(schema) || child === undefined) return [];
    const isNamed = properties[key] !== undefined;
    const below = path === '' ? key : isNamed ? `${path}.${key}` : `${path}[${key}]`;
    return repeatedElements(child, schema, below);
  });
}

/** Each of them once, at its second place. */
function repeatedIn(value: JsonValue[], openApi: JsonMap, path: string): readonly FieldError[] {
  const type = openApi['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return [];
  const keys = textsAt(openApi, 'x-kubernetes-list-map-keys');
  const identityOf = (item: JsonValue): JsonValue =>
    type === 'map' && isMap(item) ? Object.fromEntries(keys.toSorted().map((key) => [key, item[key]])) : item;
  const times = new Map<string, number>();
  return value.flatMap((item, at) => {
    const identity = identityOf(item);
    const text = JSON.stringify(identity);
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    return before === 1 ? [fieldErrors.duplicate(`${path}[${at}]`, identity)] : [];
  });
}
