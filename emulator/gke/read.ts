/** Reads values deep inside JSON. Absent means the default of the type, as in proto3: '', 0, false, {} or []. */
import type { JsonMap, JsonValue } from '../world/json.ts';

/** Value at a dotted path (`networkConfig.datapathProvider`). */
export function valueAt(json: JsonValue | undefined, path: string): JsonValue | undefined {
  let value = json;
  for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
  return value ?? undefined;
}

export function textAt(json: JsonValue | undefined, path: string): string {
  const value = valueAt(json, path);
  return typeof value === 'string' ? value : '';
}

/** Also reads 64-bit integers, which JSON carries as decimal text. */
export function numberAt(json: JsonValue | undefined, path: string): number {
  return Number(valueAt(json, path) ?? 0);
}

export function flagAt(json: JsonValue | undefined, path: string): boolean {
  return valueAt(json, path) === true;
}

export function mapAt(json: JsonValue | undefined, path: string): JsonMap {
  const value = valueAt(json, path);
  return isMap(value) ? value : {};
}

export function mapsAt(json: JsonValue | undefined, path: string): readonly JsonMap[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value.filter(isMap) : [];
}

export function textsAt(json: JsonValue | undefined, path: string): readonly string[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
