/**
 * Deletes what depends on deleted objects, and empties namespaces on their way out (pkg/controller/garbagecollector and
 * pkg/controller/namespace of kubernetes/kubernetes).
 */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { KubernetesCallError, type KindRef, refOf } from '../kubernetes/client-types.ts';
import { isTerminating, type KubernetesObject, listAt, mapsAt, nameOf, uidOf } from '../kubernetes/objects.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { WorkQueue } from './informer.ts';

export function runGarbageCollector(client: KubernetesClient, clock: WorldClock): Cancel {
  const collector = new GarbageCollector(client, clock);
  return () => collector.stop();
}

const definitions: KindRef = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** Kinds that own nothing and are owned by nothing here; following every event would only cost time. */
const ignoredKinds = new Set(['Event', 'Lease', 'SelfSubjectAccessReview', 'SelfSubjectReview']);

type FollowedKind = ReturnType<KubernetesClient['kinds']>[number];

/** Follows deletions of every kind, and looks up the dependents only then. */
class GarbageCollector {
  readonly #client: KubernetesClient;
  readonly #queue: WorkQueue;
  readonly #watches = new Map<string, Cancel>();
  /** Objects that are gone or going, by uid. */
  readonly #leaving = new Map<string, KubernetesObject>();
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
          if (type !== 'DELETED' && !isTerminating(object)) return;
          this.#leaving.set(uidOf(object), object);
          this.#queue.add(uidOf(object));
        }),
      );
    }
  }

  #reconcile(uid: string): void {
    const object = this.#leaving.get(uid);
    if (object === undefined) return;
    this.#leaving.delete(uid);
    const current = this.#client.get(refOf(object));
    if (current === undefined || uidOf(current) !== uid) this.#deleteDependents(object);
    else if (current['kind'] === 'Namespace') this.#emptyNamespace(current);
    else this.#serveFinalizers(current);
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
    for (const reference of mapsAt(gone, 'metadata', 'ownerReferences')) {
      for (const owner of this.#everything(gone)) {
        if (uidOf(owner) !== reference['uid'] || !isTerminating(owner)) continue;
        this.#leaving.set(uidOf(owner), owner);
        this.#queue.add(uidOf(owner));
      }
    }
    const namespace = this.#client.get({ apiVersion: 'v1', kind: 'Namespace', name: refOf(gone).namespace ?? '' });
    if (namespace === undefined || !isTerminating(namespace)) return;
    this.#leaving.set(uidOf(namespace), namespace);
    this.#queue.add(uidOf(namespace));
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
    return this.#list(
      this.#kinds.filter((kind) => kind.namespaced),
      namespace,
    );
  }

  /** Objects that can be related to this one: of its namespace, or anywhere for a cluster-scoped one. */
  #everything(object: KubernetesObject): readonly KubernetesObject[] {
    const { namespace } = refOf(object);
    const kinds = this.#kinds.filter((kind) => namespace === undefined || kind.namespaced);
    return this.#list(kinds, namespace);
  }

  #list(kinds: readonly KindRef[], namespace: string | undefined): readonly KubernetesObject[] {
    return kinds.flatMap((kind) =>
      this.#client
        .list(kind, namespace === undefined ? {} : { namespace })
        .map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind })),
    );
  }

  #dependentsOf(owner: KubernetesObject): readonly KubernetesObject[] {
    return this.#everything(owner).filter((object) => referenceTo(object, owner) !== undefined);
  }
}

function referenceTo(object: KubernetesObject, owner: KubernetesObject): KubernetesObject | undefined {
  return mapsAt(object, 'metadata', 'ownerReferences').find((reference) => reference['uid'] === uidOf(owner));
}
