/** Writing a status only when it says something new. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KindRef } from '../kubernetes/client-types.ts';
import { isEqual, type KubernetesObject, mapAt, mapsAt, nameOf, namespaceOf, textAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';

/** Replaces the whole status; counts of zero are left out as the real API leaves them out. */
export function writeStatus(client: KubernetesClient, kind: KindRef, object: KubernetesObject, status: JsonMap): void {
  const wanted = Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0 && value !== undefined));
  const before = mapAt(object, 'status');
  if (isEqual(withoutZeros(before), wanted)) return;
  // A merge patch keeps what it does not name, so that what is gone must be named.
  const gone = Object.fromEntries(Object.keys(before).map((field) => [field, null]));
  client.patchStatus(
    { apiVersion: kind.apiVersion, kind: kind.kind, name: nameOf(object), namespace: namespaceOf(object) },
    { ...gone, ...wanted },
  );
}

/** A few kinds always write some of their zeros (`replicas` of a ReplicaSet). */
function withoutZeros(status: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0));
}

export interface ConditionState {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

/** A condition as it was, if it still says the same; the times tell since when it is what it is. */
export function condition(
  object: KubernetesObject,
  type: string,
  state: ConditionState & { readonly now: string },
): JsonMap {
  const status = state.isTrue ? 'True' : 'False';
  const before = mapsAt(object, 'status', 'conditions').find((known) => known['type'] === type);
  const isSame = before?.['status'] === status;
  const { reason, message, now } = state;
  if (isSame && before['reason'] === reason && before['message'] === message) return before;
  return { type, status, reason, message, lastTransitionTime: isSame ? textAt(before, 'lastTransitionTime') : now };
}
