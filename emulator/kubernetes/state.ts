import type { WorldBase } from '../world/base.ts';
import { KindTable, type ServedKind } from './kinds.ts';
import type { KubernetesObject } from './objects.ts';
import { ObjectStore } from './store.ts';

/** Where the objects of a kind are kept. All versions of a kind share one collection. */
export const collectionOf = (kind: Pick<ServedKind, 'group' | 'plural' | 'stored'>): string =>
  `${kind.stored?.group ?? kind.group}/${kind.plural}`;

/** One cluster's objects and kinds, with what writing needs: time, identities, addresses. */
export class ClusterState {
  readonly base: WorldBase;
  readonly cluster: string;
  readonly store = new ObjectStore();
  readonly kinds = new KindTable();
  readonly #births = new Map<string, number>();
  #serviceAddresses = 0;

  constructor(base: WorldBase, cluster: string) {
    this.base = base;
    this.cluster = cluster;
  }

  /** An object in the form of its kind. */
  read(kind: ServedKind, namespace: string, name: string): KubernetesObject | undefined {
    const found = this.store.get(collectionOf(kind), namespace, name);
    return found === undefined ? undefined : (kind.stored?.fromStored(found) ?? found);
  }

  /** Stores an object and returns what was stored, both in the form of its kind. */
  write(kind: ServedKind, object: KubernetesObject): KubernetesObject {
    const written = this.store.write(collectionOf(kind), kind.stored?.toStored(object) ?? object);
    return kind.stored?.fromStored(written) ?? written;
  }

  remove(kind: ServedKind, object: KubernetesObject): void {
    this.store.remove(collectionOf(kind), kind.stored?.toStored(object) ?? object);
  }

  /** World time as objects carry it: RFC 3339 with whole seconds. */
  now(): string {
    return rfc3339(this.base.clock.nowMs());
  }

  /** A UUID that depends on what is created and on how often that name was created before, not on the order of creations. */
  newUid(collection: string, namespace: string, name: string): string {
    const birth = this.#birth(`uid ${collection} ${namespace}/${name}`);
    const parts = [0, 1, 2, 3].map((part) => {
      const drawn = this.base.random.draw('uid', this.cluster, collection, namespace, name, birth, part);
      return Math.floor(drawn * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    });
    const hex = parts.join('');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    );
  }

  /** `generateName` plus five characters without vowels (apiserver pkg/storage/names, apimachinery pkg/util/rand). */
  newName(collection: string, namespace: string, prefix: string): string {
    const birth = this.#birth(`name ${collection} ${namespace}/${prefix}`);
    const suffix = [0, 1, 2, 3, 4].map((part) => {
      const drawn = this.base.random.draw('name', this.cluster, collection, namespace, prefix, birth, part);
      return suffixAlphabet[Math.floor(drawn * suffixAlphabet.length)];
    });
    return `${prefix}${suffix.join('')}`;
  }

  /** The next address of 34.118.224.0/20, GKE's default range for Services (page "Create a VPC-native cluster"). */
  newServiceAddress(): string {
    const number = ++this.#serviceAddresses;
    return `34.118.${224 + Math.floor(number / 256)}.${number % 256}`;
  }

  #birth(key: string): number {
    const birth = this.#births.get(key) ?? 0;
    this.#births.set(key, birth + 1);
    return birth;
  }
}

/** Without vowels and look-alikes, so that no name spells a word. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Whole seconds: `2026-01-01T00:00:00Z`. */
export function rfc3339(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
