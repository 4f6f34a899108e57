/** GKE keeps what was sent to its beta API; its v1 shows of that what v1 has. */
import protobuf from 'protobufjs';
import { isMap, type JsonMap, type JsonValue } from '../world/json.ts';

/** Drops what only the newer type has. What neither has stays, and is found to be wrong where the answer is written. */
export function withoutNewer(older: protobuf.Type, newer: protobuf.Type, json: JsonMap): JsonMap {
  const kept = Object.entries(json).flatMap(([name, value]) => {
    const [field, newerField] = [older.fields[name], newer.fields[name]];
    if (field === undefined && newerField !== undefined) return [];
    return [[name, value === undefined ? undefined : olderValue(field, newerField, value)] as const];
  });
  return Object.fromEntries(kept);
}

function olderValue(older: protobuf.Field | undefined, newer: protobuf.Field | undefined, value: JsonValue): JsonValue {
  const [type, newerType] = [older?.resolve().resolvedType, newer?.resolve().resolvedType];
  if (!(type instanceof protobuf.Type && newerType instanceof protobuf.Type)) return value;
  const shown = (item: JsonValue) => (isMap(item) ? withoutNewer(type, newerType, item) : item);
  if (Array.isArray(value)) return value.map(shown);
  if (older instanceof protobuf.MapField && isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item ?? null)]));
  return shown(value);
}
