/** Between the objects of the Compute Engine clients and the JSON of its REST API. */
import type { Json, JsonObject } from '../domain/json.ts';

/**
 * A resource as the REST API shows it. The clients return it with a marker per set field (`_mtu: 'mtu'`) and with an empty list or
 * map for everything that was not sent.
 */
export function toRestJson(resource: object): JsonObject {
  const shown: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    const json = name.startsWith('_') ? undefined : toJson(value);
    if (json !== undefined) shown[name] = json;
  }
  return shown;
}

function toJson(value: unknown): Json | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item: unknown) => toJson(item) ?? {});
  if (typeof value === 'object' && value !== null) {
    const json = toRestJson(value);
    return Object.keys(json).length === 0 ? undefined : json;
  }
  // Whatever else the clients return is a string (also for 64-bit numbers and enums), a number or a boolean.
  return value === null ? undefined : (value as string | number | boolean);
}
