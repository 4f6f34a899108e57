/** Plain data of the wires. Mutable: the world owns its objects and hands out copies. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonMap;
export type JsonMap = { [key: string]: JsonValue | undefined };

/** A JSON object; null and lists are none. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy that may be changed. Keys without a value disappear. Several times as fast as `structuredClone`, which also takes what is no JSON. */
export function copyOf<T extends JsonValue>(value: T): T;
export function copyOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => copyOf(item));
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) copy[key] = copyOf(item);
  return copy;
}
