/** Who uses a network or a subnetwork: what Compute refuses a deletion for. */
import { linkOf } from './collections.ts';
import { mapsField } from './fields.ts';
import type { Resource, ResourceStore } from './store.ts';

/** Subnetworks that something outside these collections uses: machines, and with them node pools and clusters. */
export class Attachments {
  readonly #usersBySubnet = new Map<string, Set<string>>();

  /** `user` is a path, as messages name it: `projects/demo/zones/us-central1-b/instances/node-1`. */
  attach(subnetPath: string, user: string): void {
    this.#usersBySubnet.set(subnetPath, (this.#usersBySubnet.get(subnetPath) ?? new Set()).add(user));
  }

  /** From every subnetwork. */
  detach(user: string): void {
    for (const users of this.#usersBySubnet.values()) users.delete(user);
  }

  of(subnetPath: string): readonly string[] {
    return [...(this.#usersBySubnet.get(subnetPath) ?? [])];
  }
}

/** Paths of the resources that stand in the way of deleting this one; empty: nothing does. */
export function usersOf(resource: Resource, store: ResourceStore, attachments: Attachments): readonly string[] {
  if (resource.collection === 'networks') {
    const kinds = ['subnetworks', 'firewalls', 'routers'] as const;
    return kinds.flatMap((kind) => store.inNetwork(kind, resource.path).map((user) => user.path));
  }
  if (resource.collection !== 'subnetworks') return [];
  // A NAT that lists the subnetwork uses it (hashicorp/terraform-provider-google #26776).
  const link = linkOf(resource.path);
  const routers = store.all('routers').filter((router) =>
    mapsField(router.pending ?? router.body, 'nats')
      .flatMap((nat) => mapsField(nat, 'subnetworks'))
      .some((listed) => listed['name'] === link),
  );
  return [...attachments.of(resource.path), ...routers.map((router) => router.path)];
}
