/** Numbers and switches that Go does not write at zero (`omitempty` without a pointer in the types of kubernetes/api). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap } from './objects.ts';

const omittedWhenZero = new Set([
  'active',
  'availableReplicas',
  'currentReplicas',
  'failed',
  'fullyLabeledReplicas',
  'minReadySeconds',
  'numberAvailable',
  'numberUnavailable',
  'observedGeneration',
  'paused',
  'readyReplicas',
  'succeeded',
  'unavailableReplicas',
  'unschedulable',
  'updatedNumberScheduled',
  'updatedReplicas',
]);

/** In the status of these kinds `replicas` is one of them, too. */
const countsReplicasUp = new Set(['Deployment']);

/** The parts of an object that hold such fields, without them. */
function withoutZeros(kind: string, part: JsonValue | undefined, name: string): JsonValue | undefined {
  if (!isMap(part)) return part;
  const isZero = ([key, value]: [string, JsonValue | undefined]): boolean =>
    (value === 0 || value === false) &&
    (omittedWhenZero.has(key) || (key === 'replicas' && name === 'status' && countsReplicasUp.has(kind)));
  const entries = Object.entries(part);
  return entries.some(isZero) ? Object.fromEntries(entries.filter((entry) => !isZero(entry))) : part;
}

/** From the specification and the status of a built-in object; changes the value given. */
export function dropZeros(kind: string, object: JsonMap): void {
  for (const part of ['spec', 'status']) {
    if (object[part] !== undefined) object[part] = withoutZeros(kind, object[part], part);
  }
}
