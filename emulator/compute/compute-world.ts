import type { WorldBase } from '../world/base.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { copyOf, type JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type ChangeOptions, ComputeChanges } from './changes.ts';
import {
  type ComputeCollection,
  type ComputePlace,
  collectionPath,
  collectionShapes,
  linkOf,
  regionOfZone,
  resourcePath,
  scopeText,
} from './collections.ts';
import { type ComputeFacts, defaultComputeFacts } from './facts.ts';
import { mapField, numberField } from './fields.ts';
import { type DeletionRequest, type GroupSource, InstanceGroups } from './instance-groups.ts';
import { makeInventory } from './inventory.ts';
import { type ListItem, type ListOptions, makeAggregatedList, makeList } from './listing.ts';
import { OperationBook } from './operations.ts';
import { notFound, unknownPlace } from './rejections.ts';
import type { Scene } from './rules.ts';
import { type Resource, ResourceStore } from './store.ts';
import { Attachments } from './usage.ts';

export type { ComputeCollection, ComputePlace } from './collections.ts';

/**
 * The Compute Engine of the world: the VPC layer, and what zones offer. Calls are synchronous and take effect at once or by
 * an operation that ends later; objects have the form of the REST API and are copies.
 */
export class ComputeWorld {
  readonly clock: WorldClock;
  readonly project: string;
  readonly projectNumber: string;
  readonly #scene: Scene;
  readonly #operations: OperationBook;
  readonly #attachments = new Attachments();
  readonly #changes: ComputeChanges;
  readonly #groups: InstanceGroups;

  constructor(base: WorldBase, facts: ComputeFacts = defaultComputeFacts) {
    this.clock = base.clock;
    this.project = base.project;
    this.projectNumber = base.projectNumber;
    this.#scene = { base, facts, store: new ResourceStore() };
    for (const resource of makeInventory(base, facts)) this.#scene.store.add(resource);
    this.#operations = new OperationBook(base);
    this.#changes = new ComputeChanges(this.#scene, this.#operations, this.#attachments);
    this.#groups = new InstanceGroups(base, this.#operations);
  }

  /** Whose machines the instance groups are; without it there are none. Told once, because GKE is made after Compute Engine. */
  connectGroups(source: GroupSource): void {
    this.#groups.connect(source);
  }

  /** Every operation so far, oldest first, with its times in world time. */
  get operations(): readonly JsonMap[] {
    return this.#operations.all().map(({ view }) => view);
  }

  insert(collection: ComputeCollection, place: ComputePlace, body: JsonMap, options: ChangeOptions = {}): JsonMap {
    this.#checkPlace(place);
    return this.#changes.insert(collection, place, structuredClone(body), options);
  }

  patch(target: ResourceName, body: JsonMap, options: ChangeOptions = {}): JsonMap {
    return this.#changes.patch({ ...target, path: this.#path(target) }, structuredClone(body), options);
  }

  remove(target: ResourceName, options: ChangeOptions = {}): JsonMap {
    return this.#changes.remove({ ...target, path: this.#path(target) }, options);
  }

  listManagedInstances(place: ComputePlace, group: string, options: Pick<ListOptions, 'filter'> = {}): JsonMap {
    this.#checkPlace(place);
    return this.#groups.listManaged(place, group, options.filter);
  }

  deleteInstances(place: ComputePlace, group: string, request: DeletionRequest): JsonMap {
    this.#checkPlace(place);
    return this.#groups.deleteInstances(place, group, request);
  }

  get(collection: ComputeCollection, place: ComputePlace, name: string): JsonMap {
    const path = this.#path({ collection, place, name });
    const resource = this.#all(collection).find((one) => one.path === path);
    return resource === undefined ? reject(notFound, path) : this.#view(resource);
  }

  list(collection: ComputeCollection, place: ComputePlace, options: ListOptions = {}): JsonMap {
    this.#checkPlace(place);
    const scope = scopeText(place);
    const items = this.#items(collection).filter((item) => item.scope === scope);
    const kind = `${collectionShapes[collection].kind}List`;
    return makeList({ kind, path: collectionPath(this.project, collection, place) }, items, options);
  }

  aggregatedList(collection: ComputeCollection, options: ListOptions = {}): JsonMap {
    const kind = `${collectionShapes[collection].kind}AggregatedList`;
    const scopes = this.#scopes(collectionShapes[collection].scope === 'zone' ? 'zone' : 'region');
    return this.#aggregate(kind, collection, { scopes, items: this.#items(collection) }, options);
  }

  /** The project itself. */
  describeProject(): JsonMap {
    const selfLink = linkOf(`projects/${this.project}`);
    return { kind: 'compute#project', id: this.projectNumber, name: this.project, selfLink };
  }

  operation(place: ComputePlace, name: string): JsonMap {
    this.#checkPlace(place);
    const path = `projects/${this.project}/${scopeText(place)}/operations/${name}`;
    return this.#operations.find(place, name) ?? reject(notFound, path);
  }

  /** Calls back once when the operation ends; at once if it is over. */
  onOperationEnd(place: ComputePlace, name: string, listener: () => void): Cancel {
    return this.#operations.onEnd(place, name, listener);
  }

  listOperations(place: ComputePlace, options: ListOptions = {}): JsonMap {
    this.#checkPlace(place);
    const scope = scopeText(place);
    const items = this.#operationItems().filter((item) => item.scope === scope);
    return makeList(
      { kind: 'compute#operationList', path: `projects/${this.project}/${scope}/operations` },
      items,
      options,
    );
  }

  aggregatedOperations(options: ListOptions = {}): JsonMap {
    const scopes = ['global', ...this.#scopes('region'), ...this.#scopes('zone')];
    const kind = 'compute#operationAggregatedList';
    return this.#aggregate(kind, 'operations', { scopes, items: this.#operationItems() }, options);
  }

  /** A network that can be used now: one whose creation or deletion is under way is none. */
  findNetwork(nameOrUrl: string): JsonMap | undefined {
    return this.#findReady('networks', {}, nameOrUrl);
  }

  /** A subnetwork that can be used now. */
  findSubnetwork(region: string, nameOrUrl: string): JsonMap | undefined {
    return this.#findReady('subnetworks', { region }, nameOrUrl);
  }

  /**
   * A reservation whatever its status: consuming one that is not READY has an answer of its own. Its `inUseCount` is what others than
   * node pools use, whose machines GKE counts itself, those that are still to come included.
   */
  findReservation(zone: string, name: string): JsonMap | undefined {
    const resource = this.#scene.store.find(resourcePath(this.project, 'reservations', { zone }, name));
    return resource && structuredClone(resource.body);
  }

  /** From now on the subnetwork (by link or by place and name) is in use by `user`, a path, and cannot be deleted. */
  attach(subnetwork: string | { readonly region: string; readonly name: string }, user: string): void {
    const path =
      typeof subnetwork === 'string'
        ? subnetwork.slice(subnetwork.indexOf('projects/'))
        : resourcePath(this.project, 'subnetworks', { region: subnetwork.region }, subnetwork.name);
    if (this.#scene.store.find(path) === undefined) throw new Error(`attaching ${user}: there is no ${path}`);
    this.#attachments.attach(path, user);
  }

  /** `user` no longer uses any subnetwork. */
  detach(user: string): void {
    this.#attachments.detach(user);
  }

  #findReady(collection: ComputeCollection, place: ComputePlace, nameOrUrl: string): JsonMap | undefined {
    const path = resourcePath(this.project, collection, place, lastPart(nameOrUrl));
    const resource = this.#scene.store.find(path);
    return resource === undefined || resource.busy ? undefined : this.#view(resource);
  }

  #items(collection: ComputeCollection): readonly ListItem[] {
    return this.#all(collection).map((resource) => ({ scope: scopeText(resource.place), view: this.#view(resource) }));
  }

  /** Instance groups are a view of somebody else's machines; everything else is kept here. */
  #all(collection: ComputeCollection): readonly Resource[] {
    return collection === 'instanceGroupManagers' ? this.#groups.resources() : this.#scene.store.all(collection);
  }

  #operationItems(): readonly ListItem[] {
    return this.#operations.all().map(({ place, view }) => ({ scope: scopeText(place), view }));
  }

  #aggregate(
    kind: string,
    collection: string,
    found: { readonly scopes: readonly string[]; readonly items: readonly ListItem[] },
    options: ListOptions,
  ): JsonMap {
    const path = `projects/${this.project}/aggregated/${collection}`;
    return makeAggregatedList({ kind, collection, path, scopes: found.scopes }, found.items, options);
  }

  #scopes(kind: 'region' | 'zone'): readonly string[] {
    const zones = this.#scene.facts.zones.map(({ name }) => name);
    if (kind === 'zone') return zones.map((zone) => scopeText({ zone }));
    return [...new Set(zones.map(regionOfZone))].map((region) => scopeText({ region }));
  }

  #view(resource: Resource): JsonMap {
    const view = copyOf(resource.body);
    if (resource.collection === 'reservations')
      return withUse(view, this.#groups.inReservation(resource.place.zone ?? '', resource.name));
    if (resource.collection !== 'networks') return view;
    const subnetworks = this.#scene.store.inNetwork('subnetworks', resource.path);
    return { ...view, subnetworks: subnetworks.map(({ path }) => linkOf(path)) };
  }

  #path({ collection, place, name }: ResourceName): string {
    this.#checkPlace(place);
    return resourcePath(this.project, collection, place, name);
  }

  #checkPlace({ region, zone }: ComputePlace): void {
    if (region !== undefined && !this.#scopes('region').includes(scopeText({ region })))
      reject(unknownPlace, 'region', region);
    if (zone !== undefined && !this.#scopes('zone').includes(scopeText({ zone }))) reject(unknownPlace, 'zone', zone);
  }
}

/** Names one resource. */
export interface ResourceName {
  readonly collection: ComputeCollection;
  readonly place: ComputePlace;
  readonly name: string;
}

/** `in_use_count`: how many instances are in use (compute.proto, AllocationSpecificSKUReservation). */
function withUse(reservation: JsonMap, machines: number): JsonMap {
  const specific = mapField(reservation, 'specificReservation') ?? {};
  const inUseCount = String((numberField(specific, 'inUseCount') ?? 0) + machines);
  return { ...reservation, specificReservation: { ...specific, inUseCount } };
}

function lastPart(nameOrUrl: string): string {
  return nameOrUrl.slice(nameOrUrl.lastIndexOf('/') + 1);
}
