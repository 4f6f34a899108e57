/** Typed reading of a body whose field types have been checked already; a field of another type counts as absent. */
import type { JsonMap, JsonValue } from '../world/json.ts';

export function textField(body: JsonMap, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

/** Integers may come as text (proto3 JSON mapping). */
export function numberField(body: JsonMap, name: string): number | undefined {
  const value = body[name];
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Number(value) : undefined;
}

export function mapField(body: JsonMap, name: string): JsonMap | undefined {
  const value = body[name];
  return isMap(value) ? value : undefined;
}

export function mapsField(body: JsonMap, name: string): readonly JsonMap[] {
  const value = body[name];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

export function textsField(body: JsonMap, name: string): readonly string[] {
  const value = body[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
