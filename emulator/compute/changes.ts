/** The mutating calls: insert, patch and delete. Each checks at once and answers an operation that ends later. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type ComputeCollection, type ComputePlace, collectionShapes, linkOf, resourcePath } from './collections.ts';
import { isMap, textField } from './fields.ts';
import { firewallRules } from './firewalls.ts';
import { identify } from './inventory.ts';
import { networkRules } from './networks.ts';
import type { OperationBook, OperationFailure } from './operations.ts';
import { alreadyExists, missingBody, notFound, notServed, resourceInUse, resourceNotReady } from './rejections.ts';
import { reservationRules } from './reservations.ts';
import { resourcePolicyRules } from './resource-policies.ts';
import { routerRules } from './routers.ts';
import { type CollectionRules, requireName, type Scene, type Target } from './rules.ts';
import { checkBody } from './schema.ts';
import type { Resource } from './store.ts';
import { subnetworkRules } from './subnetworks.ts';
import { type Attachments, usersOf } from './usage.ts';

export interface ChangeOptions {
  /** UUID; a repetition of the call with the same id answers the first call's operation and changes nothing. */
  readonly requestId?: string;
}

const rulesOf: Readonly<Partial<Record<ComputeCollection, CollectionRules>>> = {
  networks: networkRules,
  subnetworks: subnetworkRules,
  firewalls: firewallRules,
  routers: routerRules,
  reservations: reservationRules,
  resourcePolicies: resourcePolicyRules,
};

/** Fields that only the server sets: what a client sends in them is ignored (compute.proto, "Output only"). */
const outputFields = ['kind', 'id', 'creationTimestamp', 'selfLink', 'selfLinkWithId', 'region', 'zone', 'fingerprint'];

/** A deletion that is refused ends after ms of this span: 2.4 s in kubernetes/kubernetes #64858. */
const refusalMs = [2_000, 3_000] as const;

export class ComputeChanges {
  readonly #scene: Scene;
  readonly #operations: OperationBook;
  readonly #attachments: Attachments;

  constructor(scene: Scene, operations: OperationBook, attachments: Attachments) {
    this.#scene = scene;
    this.#operations = operations;
    this.#attachments = attachments;
  }

  /**
   * The resource can be read from now on, and used when the operation has ended. That a GET shows it so early is assumed:
   * the other reading of "already exists" and "is not ready" answers would be a resource that exists and cannot be seen.
   */
  insert(collection: ComputeCollection, place: ComputePlace, body: JsonMap, options: ChangeOptions): JsonMap {
    const rules = rulesFor(collection, 'insert');
    if (Object.keys(body).length === 0) reject(missingBody);
    checkBody(rules.message, body);
    const target = this.#target(collection, place, requireName('resource.name', textField(body, 'name')));
    const earlier = this.#operations.repeated('insert', target.path, options.requestId);
    if (earlier !== undefined) return earlier;
    const { base, store } = this.#scene;
    if (store.find(target.path) !== undefined) reject(alreadyExists, target.path);

    const generation = this.#operations.countOn(target.path);
    const identity = identify(base, collection, target.path, generation);
    const draft = { ...identity, ...withoutOutputFields(body), ...this.#region(place) };
    const resource: Resource = { ...target, busy: true, body: rules.prepare(draft, target, this.#scene) };
    store.add(resource);
    return this.#operations.start({ type: 'insert', target: resource, durationMs: rules.changeMs, ...options }, () => {
      Object.assign(resource, { busy: false, body: { ...resource.body, ...rules.whenCreated } });
      return undefined;
    });
  }

  /** JSON merge patch. The change shows when the operation has ended (assumed). */
  patch(target: Target, body: JsonMap, options: ChangeOptions): JsonMap {
    if (target.collection !== 'routers') return reject(notServed, `patch of ${target.collection}`);
    const earlier = this.#operations.repeated('patch', target.path, options.requestId);
    if (earlier !== undefined) return earlier;
    const resource = this.#idle(target.path);
    checkBody(routerRules.message, body);

    const wanted = mergePatch(resource.body, withoutOutputFields(body));
    const pending = routerRules.prepare(wanted, target, this.#scene);
    Object.assign(resource, { busy: true, pending });
    return this.#operations.start(
      { type: 'patch', target: resource, durationMs: routerRules.changeMs, ...options },
      () => {
        Object.assign(resource, { busy: false, body: pending });
        delete resource.pending;
        return undefined;
      },
    );
  }

  /**
   * Something in use stays: a subnetwork is refused at once, of a network the operation fails (genevieve/leftovers #6).
   */
  remove(target: Target, options: ChangeOptions): JsonMap {
    const { changeMs } = rulesFor(target.collection, 'delete');
    const earlier = this.#operations.repeated('delete', target.path, options.requestId);
    if (earlier !== undefined) return earlier;
    const resource = this.#idle(target.path);
    const [user] = this.#usersOf(resource);
    const { noun } = collectionShapes[target.collection];
    if (user !== undefined && target.collection !== 'networks') reject(resourceInUse, noun, target.path, user);

    resource.busy = true;
    const durationMs = user === undefined ? changeMs : refusalMs;
    return this.#operations.start({ type: 'delete', target: resource, durationMs, ...options }, () => {
      const [late] = this.#usersOf(resource);
      if (late === undefined) {
        this.#scene.store.remove(resource.path);
        return undefined;
      }
      resource.busy = false;
      return inUseFailure(resourceInUse.message(noun, resource.path, late));
    });
  }

  #idle(path: string): Resource {
    const resource = this.#scene.store.find(path);
    if (resource === undefined) return reject(notFound, path);
    if (resource.busy) reject(resourceNotReady, path);
    return resource;
  }

  #usersOf(resource: Resource): readonly string[] {
    return usersOf(resource, this.#scene.store, this.#attachments);
  }

  #target(collection: ComputeCollection, place: ComputePlace, name: string): Target {
    return { collection, place, name, path: resourcePath(this.#scene.base.project, collection, place, name) };
  }

  #region({ region }: ComputePlace): JsonMap {
    return region === undefined ? {} : { region: linkOf(`projects/${this.#scene.base.project}/regions/${region}`) };
  }
}

function rulesFor(collection: ComputeCollection, verb: string): CollectionRules {
  return rulesOf[collection] ?? reject(notServed, `${verb} of ${collection}`);
}

function withoutOutputFields(body: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !outputFields.includes(name)));
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
function mergePatch(target: JsonMap, patch: JsonMap): JsonMap {
  const merged = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const before = merged[name];
    if (value === null) delete merged[name];
    else merged[name] = isMap(value) && isMap(before) ? mergePatch(before, value) : value;
  }
  return merged;
}

function inUseFailure(message: string): OperationFailure {
  return { code: 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE', message, httpStatus: 400, httpMessage: 'BAD REQUEST' };
}
