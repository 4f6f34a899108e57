/** Compares two JSON values and names every place in which they differ. */
import { isJsonObject, type Json, type JsonObject } from '#shared/domain/json.ts';

export interface Difference {
  /** E.g. `firewall llmd-net-0-internal`. */
  readonly resource: string;
  /** Dotted, with the names or numbers of list items: `nodePools.system.config.imageType`. */
  readonly path: string;
  /** What the official client’s commands led to; undefined: nothing. */
  readonly real: Json | undefined;
  /** What one message led to. */
  readonly ours: Json | undefined;
}

export function compare(resource: string, real: JsonObject, ours: JsonObject): readonly Difference[] {
  return walk({ resource, path: '', real, ours });
}

function walk(at: Difference): readonly Difference[] {
  const [real, ours] = [keyed(at.real), keyed(at.ours)];
  // An object that only one side has is one difference of each of its fields, so that each needs its own explanation.
  if (real !== undefined || ours !== undefined) {
    const [before, after] = [real ?? {}, ours ?? {}];
    const isOdd = (at.real !== undefined && real === undefined) || (at.ours !== undefined && ours === undefined);
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    if (!isOdd && keys.length > 0) {
      return keys.flatMap((key) =>
        walk({
          resource: at.resource,
          path: at.path === '' ? key : `${at.path}.${key}`,
          real: before[key],
          ours: after[key],
        }),
      );
    }
  }
  return JSON.stringify(at.real) === JSON.stringify(at.ours) ? [] : [at];
}

/** Objects by their keys, lists by the names of their items or else by position; undefined for everything else. */
function keyed(value: Json | undefined): JsonObject | undefined {
  if (isJsonObject(value)) return value;
  if (!Array.isArray(value)) return undefined;
  return Object.fromEntries(
    value.map((item: Json, index) => [
      isJsonObject(item) && typeof item['name'] === 'string' ? item['name'] : String(index),
      item,
    ]),
  );
}

/** As a line of a failure. */
export function lineOf({ resource, path, real, ours }: Difference): string {
  return `${resource} | ${path} | gcloud: ${JSON.stringify(real)} | ours: ${JSON.stringify(ours)}`;
}
