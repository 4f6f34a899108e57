/**
 * Deletes what depends on deleted objects, and empties namespaces on their way out (pkg/controller/garbagecollector and
 * pkg/controller/namespace of kubernetes/kubernetes).
 */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { KubernetesCallError, type KindRef, refOf } from '../kubernetes/client-types.ts';
import {
  isTerminating,
  type KubernetesObject,
  listAt,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
  uidOf,
} from '../kubernetes/objects.ts';
import type { ChangeType } from '../kubernetes/store.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { WorkQueue } from './informer.ts';

export function runGarbageCollector(client: KubernetesClient, clock: WorldClock): Cancel {
  const collector = new GarbageCollector(client, clock);
  return () => collector.stop();
}

const definitions: KindRef = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** Kinds that own nothing and are owned by nothing here; following every event would only cost time. */
const ignoredKinds = new Set([
  'Event',
  'Lease',
  'SelfSubjectAccessReview',
  'SelfSubjectReview',
  'SelfSubjectRulesReview',
]);

type FollowedKind = ReturnType<KubernetesClient['kinds']>[number];

/** Follows every kind, and knows who belongs to whom, so that a deletion costs a look at the dependents alone. */
class GarbageCollector {
  readonly #client: KubernetesClient;
  readonly #queue: WorkQueue;
  readonly #watches = new Map<string, Cancel>();
  /** Objects that are gone or going, by uid. */
  readonly #leaving = new Map<string, KubernetesObject>();
  /** Everything there is, by uid. */
  readonly #objects = new Map<string, KubernetesObject>();
  /** Uids of dependents by the uid of their owner. */
  readonly #dependents = new Map<string, Set<string>>();
  #kinds: readonly FollowedKind[] = [];

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#watchAll();
  }

  stop(): void {
    this.#queue.stop();
    for (const cancel of this.#watches.values()) cancel();
  }

  /** Watches each kind once; a new definition is looked for whenever one changes. */
  #watchAll(): void {
    this.#kinds = this.#client.kinds().filter((known) => !ignoredKinds.has(known.kind));
    for (const kind of this.#kinds) {
      const key = `${kind.apiVersion}/${kind.kind}`;
      if (this.#watches.has(key)) continue;
      this.#watches.set(
        key,
        this.#client.watch(kind, (type, object) => {
          if (kind.kind === definitions.kind) this.#watchAll();
          this.#index(type, object);
          if (type === 'DELETED' || isTerminating(object) || this.#isAbandoned(object)) this.#look(object);
        }),
      );
    }
  }

  #look(object: KubernetesObject): void {
    this.#leaving.set(uidOf(object), object);
    this.#queue.add(uidOf(object));
  }

  #index(type: ChangeType, object: KubernetesObject): void {
    const uid = uidOf(object);
    for (const owner of ownersOf(this.#objects.get(uid))) this.#dependents.get(owner)?.delete(uid);
    if (type === 'DELETED') {
      this.#objects.delete(uid);
      return;
    }
    this.#objects.set(uid, object);
    for (const owner of ownersOf(object)) {
      const dependents = this.#dependents.get(owner) ?? new Set();
      this.#dependents.set(owner, dependents.add(uid));
    }
  }

  /** Made for an owner that was gone already: nobody else would notice. */
  #isAbandoned(object: KubernetesObject): boolean {
    const references = mapsAt(object, 'metadata', 'ownerReferences');
    return references.length > 0 && references.every((reference) => !this.#exists(object, reference));
  }

  #exists(dependent: KubernetesObject, reference: JsonMap): boolean {
    const uid = textAt(reference, 'uid');
    if (this.#objects.has(uid)) return true;
    const kind = { apiVersion: textAt(reference, 'apiVersion'), kind: textAt(reference, 'kind') };
    const name = textAt(reference, 'name');
    const owner = this.#client.get({ ...kind, name, namespace: namespaceOf(dependent) });
    return owner !== undefined && uidOf(owner) === uid;
  }

  #reconcile(uid: string): void {
    const object = this.#leaving.get(uid);
    if (object === undefined) return;
    this.#leaving.delete(uid);
    const current = this.#client.get(refOf(object));
    if (current === undefined || uidOf(current) !== uid) this.#deleteDependents(object);
    else if (current['kind'] === 'Namespace') this.#emptyNamespace(current);
    else if (isTerminating(current)) this.#serveFinalizers(current);
    else if (this.#isAbandoned(current)) this.#client.delete(refOf(current), { uid });
  }

  /** `foregroundDeletion` waits until the dependents are gone, `orphan` until they have forgotten their owner. */
  #serveFinalizers(owner: KubernetesObject): void {
    const finalizers = listAt(owner, 'metadata', 'finalizers');
    if (finalizers.includes('orphan')) {
      for (const dependent of this.#dependentsOf(owner)) this.#disown(dependent, owner);
      this.#removeFinalizer(owner, 'orphan');
      return;
    }
    if (!finalizers.includes('foregroundDeletion')) return;
    const blocking = this.#dependentsOf(owner).filter(
      (dependent) => referenceTo(dependent, owner)?.['blockOwnerDeletion'] === true,
    );
    if (blocking.length === 0) this.#removeFinalizer(owner, 'foregroundDeletion');
    this.#deleteDependents(owner);
  }

  #deleteDependents(owner: KubernetesObject): void {
    for (const dependent of this.#dependentsOf(owner)) {
      const others = mapsAt(dependent, 'metadata', 'ownerReferences').filter(
        (reference) => reference['uid'] !== uidOf(owner),
      );
      if (others.length > 0) this.#disown(dependent, owner);
      else this.#client.delete(refOf(dependent), { uid: uidOf(dependent) });
    }
    this.#wakeOwners(owner);
  }

  /** The last dependent of an object that waits for them is what it waited for. */
  #wakeOwners(gone: KubernetesObject): void {
    for (const uid of ownersOf(gone)) {
      const owner = this.#objects.get(uid);
      if (owner !== undefined && isTerminating(owner)) this.#look(owner);
    }
    const namespace = this.#client.get({ apiVersion: 'v1', kind: 'Namespace', name: refOf(gone).namespace ?? '' });
    if (namespace === undefined || !isTerminating(namespace)) return;
    this.#look(namespace);
  }

  #disown(dependent: KubernetesObject, owner: KubernetesObject): void {
    const references = mapsAt(dependent, 'metadata', 'ownerReferences').filter(
      (reference) => reference['uid'] !== uidOf(owner),
    );
    this.#client.patch(refOf(dependent), {
      metadata: { ownerReferences: references.length === 0 ? null : [...references] },
    });
  }

  #removeFinalizer(object: KubernetesObject, finalizer: string): void {
    const finalizers = listAt(object, 'metadata', 'finalizers').filter((one) => one !== finalizer);
    this.#client.patch(refOf(object), { metadata: { finalizers } });
  }

  #emptyNamespace(namespace: KubernetesObject): void {
    const content = this.#inNamespace(nameOf(namespace));
    for (const object of content.filter((one) => !isTerminating(one))) this.#client.delete(refOf(object));
    if (this.#inNamespace(nameOf(namespace)).length > 0) return;
    try {
      this.#client.updateSubresource({ ...namespace, spec: {} }, 'finalize');
    } catch (thrown) {
      // Somebody finished it meanwhile; there is nothing left to do.
      if (!(thrown instanceof KubernetesCallError) || thrown.reason !== 'NotFound') throw thrown;
    }
  }

  #inNamespace(namespace: string): readonly KubernetesObject[] {
    return this.#kinds
      .filter((kind) => kind.namespaced)
      .flatMap(({ apiVersion, kind }) =>
        this.#client.list({ apiVersion, kind }, { namespace }).map((item) => ({ ...item, apiVersion, kind })),
      );
  }

  /** As they are now: what the watch has told of them may be older than the call that is made next. */
  #dependentsOf(owner: KubernetesObject): readonly KubernetesObject[] {
    return [...(this.#dependents.get(uidOf(owner)) ?? [])]
      .map((uid) => this.#objects.get(uid))
      .map((known) => (known === undefined ? undefined : this.#client.get(refOf(known))))
      .filter((object) => object !== undefined)
      .filter((object) => referenceTo(object, owner) !== undefined);
  }
}

function ownersOf(object: KubernetesObject | undefined): readonly string[] {
  return mapsAt(object, 'metadata', 'ownerReferences').map((reference) => textAt(reference, 'uid'));
}

function referenceTo(object: KubernetesObject, owner: KubernetesObject): KubernetesObject | undefined {
  return mapsAt(object, 'metadata', 'ownerReferences').find((reference) => reference['uid'] === uidOf(owner));
}
