import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { freeze, type KubernetesObject, mapAt, nameOf, namespaceOf } from './objects.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One change of one object, in the order of resource versions. */
export interface StoreEvent {
  readonly revision: number;
  readonly type: ChangeType;
  /** Which collection, `<group>/<plural>`. */
  readonly collection: string;
  readonly object: KubernetesObject;
  /** The object as it was; absent for ADDED. */
  readonly previous?: KubernetesObject;
}

/** Changes kept for watches that start in the past; older ones are forgotten as by the periodic compaction of etcd. */
const maxLogLength = 20_000;

/** A fresh cluster has a history already, so that `resourceVersion=1` is too old to watch from, as recorded. */
const firstRevision = 1000;

/**
 * The objects of one cluster with one revision counter for all of them, like etcd. Objects are frozen; a write replaces them.
 */
export class ObjectStore {
  readonly #collections = new Map<string, Map<string, KubernetesObject>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #log: StoreEvent[] = [];
  #revision = firstRevision;
  #compactedRevision = firstRevision;

  get revision(): number {
    return this.#revision;
  }

  /** Changes up to this revision are forgotten. */
  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get(collection: string, namespace: string, name: string): KubernetesObject | undefined {
    return this.#collections.get(collection)?.get(keyOf(namespace, name));
  }

  /** All objects of a collection, or those of one namespace, by namespace and name as the real server lists them. */
  list(collection: string, namespace?: string): readonly KubernetesObject[] {
    return inOrder(this.#collections.get(collection) ?? new Map(), namespace);
  }

  /** As `list` answered when the store was at a revision that is not compacted. */
  listAt(collection: string, revision: number, namespace?: string): readonly KubernetesObject[] {
    if (revision >= this.#revision) return this.list(collection, namespace);
    const objects = new Map(this.#collections.get(collection));
    // Backwards: what was before a change is what its event says of it.
    for (const { object, previous } of this.eventsAfter(collection, revision).toReversed()) {
      const key = keyOf(namespaceOf(object), nameOf(object));
      if (previous === undefined) objects.delete(key);
      else objects.set(key, previous);
    }
    return inOrder(objects, namespace);
  }

  /** Stores the object under the next resource version and returns what was stored. */
  write(collection: string, object: KubernetesObject): KubernetesObject {
    const revision = ++this.#revision;
    const objects = this.#collections.get(collection) ?? new Map<string, KubernetesObject>();
    this.#collections.set(collection, objects);
    const key = keyOf(namespaceOf(object), nameOf(object));
    const previous = objects.get(key);
    const stored = freeze(atRevision(object, revision));
    objects.set(key, stored);
    this.#publish({
      revision,
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      collection,
      object: stored,
      ...(previous !== undefined && { previous }),
    });
    return stored;
  }

  /** Removes the object; its last state is published under the next resource version. */
  remove(collection: string, object: KubernetesObject): void {
    const revision = ++this.#revision;
    this.#collections.get(collection)?.delete(keyOf(namespaceOf(object), nameOf(object)));
    const last = freeze(atRevision(object, revision));
    this.#publish({ revision, type: 'DELETED', collection, object: last, previous: object });
  }

  /** Changes of a collection after a revision that is not compacted. */
  eventsAfter(collection: string, revision: number): readonly StoreEvent[] {
    return this.#log.filter((event) => event.collection === collection && event.revision > revision);
  }

  /** Calls back synchronously with every later change of every collection. */
  subscribe(listener: (event: StoreEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all changes up to now. */
  compact(): void {
    this.#log = [];
    this.#compactedRevision = this.#revision;
  }

  #publish(event: StoreEvent): void {
    this.#log.push(event);
    if (this.#log.length > maxLogLength) {
      const dropped = this.#log.splice(0, maxLogLength / 2);
      this.#compactedRevision = dropped.at(-1)?.revision ?? this.#compactedRevision;
    }
    // A listener may leave or join while it is called; a set allows both.
    for (const listener of this.#listeners) listener(event);
  }
}

function inOrder(objects: ReadonlyMap<string, KubernetesObject>, namespace?: string): readonly KubernetesObject[] {
  const entries = [...objects];
  const wanted = namespace === undefined ? entries : entries.filter(([key]) => key.startsWith(`${namespace}/`));
  return wanted.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

function atRevision(object: KubernetesObject, revision: number): JsonMap {
  return { ...object, metadata: { ...mapAt(object, 'metadata'), resourceVersion: String(revision) } };
}
