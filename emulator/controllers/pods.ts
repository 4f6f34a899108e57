/** What controllers ask about pods, and pods found by their owner. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { ObjectRef } from '../kubernetes/client-types.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
  uidOf,
} from '../kubernetes/objects.ts';
import type { ChangeType } from '../kubernetes/store.ts';
import type { JsonMap } from '../world/json.ts';
import { Informer, type WorkQueue } from './informer.ts';

export const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** Ready is what every workload counts; running alone is not enough. */
export function isReady(pod: KubernetesObject): boolean {
  const known = readiness.get(pod);
  if (known !== undefined) return known;
  const found = conditionOf(pod, 'Ready')?.['status'] === 'True';
  readiness.set(pod, found);
  return found;
}

/** Looked up once for each version of a pod: sets of a thousand pods are counted at each of their changes. */
const readiness = new WeakMap<KubernetesObject, boolean>();

export const isRunningAndReady = (pod: KubernetesObject): boolean =>
  textAt(pod, 'status', 'phase') === 'Running' && isReady(pod);

/** Neither finished nor going: what a controller counts as one of its replicas. */
export function isActive(pod: KubernetesObject): boolean {
  return !isTerminating(pod) && !isFinished(pod);
}

export function isFinished(pod: KubernetesObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
}

export function conditionOf(object: KubernetesObject, type: string): JsonMap | undefined {
  return mapsAt(object, 'status', 'conditions').find((one) => one['type'] === type);
}

/** By uid: a successor of the same name owns nothing of its predecessor. */
export function isOwnedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  return mapsAt(object, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === uidOf(owner));
}

export const nodeNameOf = (pod: KubernetesObject): string => textAt(pod, 'spec', 'nodeName');

/** The reference of the controller, of which an object has at most one. */
export function controllerOf(object: KubernetesObject): JsonMap | undefined {
  return mapsAt(object, 'metadata', 'ownerReferences').find((reference) => reference['controller'] === true);
}

/** What an object that a controller made says of its owner. */
export function ownedBy(
  kind: { readonly apiVersion: string; readonly kind: string },
  owner: KubernetesObject,
): JsonMap {
  return { ...kind, name: nameOf(owner), uid: uidOf(owner), controller: true, blockOwnerDeletion: true };
}

export const podRef = (pod: KubernetesObject): ObjectRef => ({
  ...podKind,
  name: nameOf(pod),
  namespace: namespaceOf(pod),
});

/** Deletes by uid: names of StatefulSet pods come back within moments. */
export function removePod(client: KubernetesClient, pod: KubernetesObject): void {
  client.delete(podRef(pod), { uid: uidOf(pod) });
}

/** For `OwnedObjects`: a change of one leads to a look at its owner, if that is of this kind. */
export function wakeOwner(
  queue: WorkQueue,
  kind: { readonly kind: string },
): (object: KubernetesObject, owner: JsonMap | undefined) => void {
  return (object, owner) => {
    if (owner?.['kind'] === kind.kind) queue.add(`${namespaceOf(object)}/${textAt(owner, 'name')}`);
  };
}

/** Objects of a kind by the controller that owns them, so that a look at one owner does not cost a look at all objects. */
export class OwnedObjects {
  readonly #informer: Informer;
  readonly #byOwner = new Map<string, Map<string, KubernetesObject>>();
  readonly #ownerOf = new Map<string, string>();

  /** @param onChange called with the controller reference of the changed object, if it has one */
  constructor(
    client: KubernetesClient,
    kind: { readonly apiVersion: string; readonly kind: string },
    onChange: (object: KubernetesObject, owner: JsonMap | undefined, type: ChangeType) => void,
  ) {
    this.#informer = new Informer(client, kind, (type, object) => {
      const owner = controllerOf(object);
      this.#index(type, object, textAt(owner, 'uid'));
      onChange(object, owner, type);
    });
  }

  /** Objects that this one controls, in the order of their creation. */
  of(owner: KubernetesObject): readonly KubernetesObject[] {
    return [...(this.#byOwner.get(uidOf(owner))?.values() ?? [])];
  }

  get(key: string): KubernetesObject | undefined {
    return this.#informer.get(key);
  }

  stop(): void {
    this.#informer.stop();
  }

  #index(type: ChangeType, object: KubernetesObject, ownerUid: string): void {
    const uid = uidOf(object);
    const before = this.#ownerOf.get(uid);
    // An orphan has forgotten its owner.
    if (before !== undefined && (before !== ownerUid || type === 'DELETED')) this.#forget(uid, before);
    if (ownerUid === '' || type === 'DELETED') return;
    const owned = this.#byOwner.get(ownerUid) ?? new Map<string, KubernetesObject>();
    this.#byOwner.set(ownerUid, owned.set(uid, object));
    this.#ownerOf.set(uid, ownerUid);
  }

  #forget(uid: string, ownerUid: string): void {
    const owned = this.#byOwner.get(ownerUid);
    owned?.delete(uid);
    if (owned?.size === 0) this.#byOwner.delete(ownerUid);
    this.#ownerOf.delete(uid);
  }
}
