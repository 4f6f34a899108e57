import type { JsonMap, JsonValue } from '../world/json.ts';

/**
 * The resource after an update: fields of the mask (`displayName,userLabels.team`) are taken over from the supplied one or, where it
 * has none, cleared; an empty mask takes over everything (comment of UpdateAlertPolicyRequest.update_mask).
 */
export function applyMask(current: JsonMap, supplied: JsonMap, mask: string): JsonMap {
  if (mask === '') return structuredClone(supplied);
  const updated = structuredClone(current);
  for (const path of mask.split(',')) copyPath(updated, supplied, path.split('.'));
  return updated;
}

function copyPath(to: JsonMap, from: JsonMap, [name = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    if (from[name] === undefined) Reflect.deleteProperty(to, name);
    else Object.assign(to, { [name]: structuredClone(from[name]) });
    return;
  }
  const inner = isMap(to[name]) ? to[name] : {};
  Object.assign(to, { [name]: inner });
  copyPath(inner, isMap(from[name]) ? from[name] : {}, rest);
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
