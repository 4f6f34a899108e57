/** What the rules of one kind of resource have in common: what they see, and how they read references and names. */
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { ComputeCollection, ComputePlace } from './collections.ts';
import type { ComputeFacts } from './facts.ts';
import { mapField, textField } from './fields.ts';
import {
  badName,
  crossProject,
  malformedUrl,
  missingField,
  namePattern,
  notFound,
  resourceNotReady,
} from './rejections.ts';
import type { BodyMessage } from './schema.ts';
import type { Resource, ResourceStore } from './store.ts';

/** What a rule can look at. */
export interface Scene {
  readonly base: WorldBase;
  readonly facts: ComputeFacts;
  readonly store: ResourceStore;
}

/** The resource that a call is about. */
export interface Target {
  readonly collection: ComputeCollection;
  readonly place: ComputePlace;
  readonly name: string;
  readonly path: string;
}

/** How one kind of resource is created and changed. */
export interface CollectionRules {
  readonly message: BodyMessage;
  /** Duration of an operation on one of them, ms of world time, from and to. */
  readonly changeMs: readonly [from: number, to: number];
  /** Checks a whole body and fills in what the server fills in. Throws a rejection. */
  readonly prepare: (body: JsonMap, target: Target, scene: Scene) => JsonMap;
  /** Fields that change when the creation is over. */
  readonly whenCreated?: JsonMap;
}

const wholeName = new RegExp(`^${namePattern}$`);

/** A name that is there and is an RFC 1035 label. */
export function requireName(field: string, value: string | undefined): string {
  if (value === undefined || !wholeName.test(value)) return reject(badName, field, value ?? '');
  return value;
}

export interface Reference {
  /** Where it stands in the request, for messages: `resource.network`. */
  readonly field: string;
  readonly value: string | undefined;
  readonly collection: ComputeCollection;
}

/**
 * The resource that a URL (of any host and API version), a `projects/…` path or a `global/…`/`regions/…` path points at.
 * It must exist and be ready: one whose creation or deletion is under way cannot be used.
 */
export function requireReady(reference: Reference, scene: Scene): Resource {
  const path = pathOf(reference, scene.base);
  const resource = scene.store.find(path);
  if (resource === undefined) return reject(notFound, path);
  if (resource.busy) return reject(resourceNotReady, path);
  return resource;
}

function pathOf({ field, value, collection }: Reference, base: WorldBase): string {
  if (value === undefined) return reject(missingField, field);
  const match =
    /^(?:https?:\/\/[^/]+\/compute\/[^/]+\/)?(?:projects\/([^/]+)\/)?((?:global|(?:regions|zones)\/[^/]+)\/([^/]+)\/[^/]+)$/.exec(
      value,
    );
  const [, project, rest, found] = match ?? [];
  if (rest === undefined || found !== collection) return reject(malformedUrl, field, value);
  if (project !== undefined && project !== base.project && project !== base.projectNumber)
    reject(crossProject, field, value);
  return `projects/${base.project}/${rest}`;
}

/** What the profile of a network says about one feature; undefined: no profile, or the profile does not say. */
export function profileFeature(network: Resource, feature: string, scene: Scene): string | undefined {
  const features = mapField(profileOf(network, scene)?.body ?? {}, 'features');
  return features && textField(features, feature);
}

/** The network profile that a network was created with. */
export function profileOf(network: Resource, scene: Scene): Resource | undefined {
  const value = textField(network.body, 'networkProfile');
  if (value === undefined) return undefined;
  return scene.store.find(pathOf({ field: 'networkProfile', value, collection: 'networkProfiles' }, scene.base));
}
