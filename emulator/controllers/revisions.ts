/** ControllerRevisions: what an object looked like, so that an old template can still be made pods of. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KindRef } from '../kubernetes/client-types.ts';
import {
  type KubernetesObject,
  mapAt,
  nameOf,
  namespaceOf,
  numberAt,
  stringsAt,
  textAt,
} from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { ownedBy } from './pods.ts';

export const revisionKind = { apiVersion: 'apps/v1', kind: 'ControllerRevision' };

export interface NewRevision {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: JsonMap;
}

/** Makes a revision with the next number; the names of an owner's revisions are its own. */
export function addRevision(
  client: KubernetesClient,
  owner: KubernetesObject,
  kind: KindRef,
  { name, labels, data, known }: NewRevision & { readonly known: readonly KubernetesObject[] },
): void {
  client.create({
    ...revisionKind,
    metadata: { name, namespace: namespaceOf(owner), labels: { ...labels }, ownerReferences: [ownedBy(kind, owner)] },
    data,
    revision: nextNumber(known),
  });
}

export const nextNumber = (revisions: readonly KubernetesObject[]): number =>
  1 + Math.max(0, ...revisions.map((one) => numberAt(one, 'revision')));

/** What a revision kept. */
export const dataOf = (revision: KubernetesObject | undefined): JsonMap => mapAt(revision, 'data');

export function deleteRevisions(client: KubernetesClient, revisions: readonly KubernetesObject[]): void {
  for (const one of revisions) {
    client.delete({ ...revisionKind, name: nameOf(one), namespace: namespaceOf(one) });
  }
}

export const labelOf = (object: KubernetesObject | undefined, label: string): string =>
  textAt(object, 'metadata', 'labels', label);

/** Labels of an object as a plain record. */
export const labelsOf = (object: KubernetesObject): Readonly<Record<string, string>> =>
  stringsAt(object, 'metadata', 'labels');
