import type { JsonMap } from '../world/json.ts';
import { type ComputeCollection, type ComputePlace, linkOf } from './collections.ts';

/** One resource as the world keeps it. */
export interface Resource {
  readonly collection: ComputeCollection;
  readonly place: ComputePlace;
  readonly name: string;
  /** From the project on; messages and links name the resource by it. */
  readonly path: string;
  /** What a GET shows, without the fields that are worked out on reading. */
  body: JsonMap;
  /** The body after the patch that is being carried out: rules that compare resources look at both. */
  pending?: JsonMap;
  /** An operation works on it: it can be read, and used or changed only when that is over. */
  busy: boolean;
}

/** Every resource of the project, found by path. */
export class ResourceStore {
  readonly #byPath = new Map<string, Resource>();

  add(resource: Resource): void {
    this.#byPath.set(resource.path, resource);
  }

  remove(path: string): void {
    this.#byPath.delete(path);
  }

  find(path: string): Resource | undefined {
    return this.#byPath.get(path);
  }

  /** Resources of one collection in all places, ordered by place and name, as lists show them. */
  all(collection: ComputeCollection): readonly Resource[] {
    return [...this.#byPath.values()]
      .filter((resource) => resource.collection === collection)
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Resources of one collection that are in, or belong to, the network of that path. */
  inNetwork(collection: 'subnetworks' | 'firewalls' | 'routers', networkPath: string): readonly Resource[] {
    const link = linkOf(networkPath);
    return this.all(collection).filter((resource) => resource.body['network'] === link);
  }
}
