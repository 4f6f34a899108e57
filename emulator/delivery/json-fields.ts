/** Typed looks into wire JSON. A field of another type than asked for counts as absent: the wires have checked types before. */
import type { JsonMap, JsonValue } from '../world/json.ts';

export function textOf(map: JsonMap, field: string): string | undefined {
  const value = map[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** int64 and, from some clients, int32 arrive as decimal text. */
export function numberOf(map: JsonMap, field: string): number | undefined {
  const value = map[field];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

export function mapOf(map: JsonMap, field: string): JsonMap | undefined {
  const value = map[field];
  return isMap(value) ? value : undefined;
}

export function listOf(map: JsonMap, field: string): readonly JsonMap[] {
  const value = map[field];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A map of texts, such as labels, attributes or headers. */
export function textsOf(map: JsonMap, field: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(mapOf(map, field) ?? {})) {
    if (typeof value === 'string') texts[key] = value;
  }
  return texts;
}

/** Milliseconds of a duration as proto3 JSON writes it (`3.5s`). */
export function durationMsOf(map: JsonMap, field: string): number | undefined {
  const text = textOf(map, field);
  if (text === undefined || !/^-?\d+(\.\d+)?s$/.test(text)) return undefined;
  return Number(text.slice(0, -1)) * 1000;
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
