import type { HttpRequest } from '../wires/http.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import {
  type ApiDoor,
  type DeleteOptions,
  KubernetesCallError,
  type KindRef,
  type ListOptions,
  type ObjectRef,
  refOf,
  type WatchListener,
} from './client-types.ts';
import { type KubernetesObject, listAt, mapsAt, textAt } from './objects.ts';
import type { KubernetesReply } from './reply.ts';
import { controllerTokenPrefix } from './users.ts';
import type { WatchEvent } from './watch.ts';

/**
 * A client inside the world: it makes the same requests as one outside, discovery included, only without a socket. Watch events
 * reach the listener after the call that caused them has returned, and hold the world's clock until it has seen them (D8).
 * Objects it hands out are frozen.
 */
export class KubernetesClient {
  readonly #api: ApiDoor;
  readonly #name: string;
  readonly #paths = new Map<string, { readonly base: string; readonly plural: string; readonly namespaced: boolean }>();

  /** @param name of the controller; it owns the fields that it changes */
  constructor(api: ApiDoor, name: string) {
    this.#api = api;
    this.#name = name;
  }

  /** The object; undefined if it, or its kind, does not exist. */
  get(ref: ObjectRef): KubernetesObject | undefined {
    const path = this.#findPath(ref, ref.namespace);
    if (path === undefined) return undefined;
    const reply = this.#request('GET', `${path}/${ref.name}`);
    return reply.status === 404 ? undefined : this.#body(reply, `reading ${ref.kind} ${ref.name}`);
  }

  /** All matching objects; none if the kind is not served. Items carry no kind for built-in kinds. */
  list(ref: KindRef, options: ListOptions = {}): readonly KubernetesObject[] {
    const path = this.#findPath(ref, options.namespace);
    if (path === undefined) return [];
    const query = new URLSearchParams({
      ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
      ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
    });
    const reply = this.#request('GET', `${path}?${query.toString()}`);
    // The kind was served and is not any more: its definition was deleted.
    if (reply.status === 404) return [];
    return mapsAt(this.#body(reply, `listing ${ref.kind}`), 'items');
  }

  /** Every kind that can be listed and watched now. */
  kinds(): readonly (KindRef & { readonly namespaced: boolean })[] {
    const groups = mapsAt(this.#body(this.#request('GET', '/apis'), 'discovering groups'), 'groups');
    const versions = groups.map((group) => textAt(group, 'preferredVersion', 'groupVersion'));
    return ['v1', ...versions].flatMap((apiVersion) =>
      this.#resources(apiVersion)
        .filter((resource) => listAt(resource, 'verbs').includes('watch'))
        .map((resource) => ({
          apiVersion,
          kind: textAt(resource, 'kind'),
          namespaced: resource['namespaced'] === true,
        })),
    );
  }

  create(object: KubernetesObject): KubernetesObject {
    const ref = refOf(object);
    const reply = this.#request('POST', this.#path(ref, ref.namespace), { type: 'application/json', value: object });
    return this.#body(reply, `creating ${ref.kind} ${ref.name}`);
  }

  /** Server-side apply, taking conflicting fields: a controller owns what it applies. */
  apply(object: KubernetesObject): KubernetesObject {
    const ref = refOf(object);
    const path = `${this.#path(ref, ref.namespace)}/${ref.name}?fieldManager=${this.#name}&force=true`;
    const reply = this.#request('PATCH', path, { type: 'application/apply-patch+yaml', value: object });
    return this.#body(reply, `applying ${ref.kind} ${ref.name}`);
  }

  /** JSON merge patch. */
  patch(ref: ObjectRef, patch: JsonMap): KubernetesObject {
    return this.#patchAt(ref, `${this.#path(ref, ref.namespace)}/${ref.name}`, patch);
  }

  /** JSON merge patch of `status`. */
  patchStatus(ref: ObjectRef, status: JsonMap): KubernetesObject {
    return this.patchSubresource(ref, 'status', { status });
  }

  /** JSON merge patch of what a subresource lets through. */
  patchSubresource(ref: ObjectRef, subresource: string, patch: JsonMap): KubernetesObject {
    return this.#patchAt(ref, `${this.#path(ref, ref.namespace)}/${ref.name}/${subresource}`, patch);
  }

  /** Tells a subresource to do something: `binding`. */
  createSubresource(ref: ObjectRef, subresource: string, value: JsonMap): void {
    const path = `${this.#path(ref, ref.namespace)}/${ref.name}/${subresource}`;
    const reply = this.#request('POST', path, { type: 'application/json', value });
    this.#body(reply, `creating ${subresource} of ${ref.kind} ${ref.name}`);
  }

  /** Replaces what a subresource shows of the object. */
  updateSubresource(object: KubernetesObject, subresource: string): KubernetesObject {
    const ref = refOf(object);
    const path = `${this.#path(ref, ref.namespace)}/${ref.name}/${subresource}`;
    const reply = this.#request('PUT', path, { type: 'application/json', value: object });
    return this.#body(reply, `updating ${subresource} of ${ref.kind} ${ref.name}`);
  }

  /** False if there was nothing (any more) to delete. */
  delete(ref: ObjectRef, options: DeleteOptions = {}): boolean {
    const path = this.#findPath(ref, ref.namespace);
    if (path === undefined) return false;
    const value = {
      ...(options.graceSeconds !== undefined && { gracePeriodSeconds: options.graceSeconds }),
      ...(options.uid !== undefined && { preconditions: { uid: options.uid } }),
      ...(options.isForeground === true && { propagationPolicy: 'Foreground' }),
    };
    const reply = this.#request('DELETE', `${path}/${ref.name}`, { type: 'application/json', value });
    const isSuccessor = reply.status === 409 && options.uid !== undefined;
    if (reply.status === 404 || isSuccessor) return false;
    this.#body(reply, `deleting ${ref.kind} ${ref.name}`);
    return true;
  }

  /** Everything there is as ADDED, then every change, until cancelled. The kind must be served. */
  watch(ref: KindRef, listener: WatchListener): Cancel {
    const reply = this.#request('GET', `${this.#path(ref)}?watch=1`);
    if (!('watch' in reply)) throw new KubernetesCallError(`watching ${ref.kind}`, reply);
    let isOpen = true;
    const { clock } = this.#api;
    const cancel = reply.watch(
      (event) => {
        const release = clock.hold();
        queueMicrotask(() => {
          try {
            if (isOpen) deliver(event, listener);
          } finally {
            release();
          }
        });
      },
      () => undefined,
    );
    return () => {
      isOpen = false;
      cancel();
    };
  }

  #patchAt(ref: ObjectRef, path: string, patch: JsonMap): KubernetesObject {
    const reply = this.#request('PATCH', path, { type: 'application/merge-patch+json', value: patch });
    return this.#body(reply, `patching ${ref.kind} ${ref.name}`);
  }

  #path(ref: KindRef, namespace?: string): string {
    const path = this.#findPath(ref, namespace);
    if (path === undefined) throw new Error(`calling the Kubernetes API: ${ref.apiVersion} ${ref.kind} is not served`);
    return path;
  }

  /** The collection's path by discovery; what was found once is remembered. */
  #findPath(ref: KindRef, namespace?: string): string | undefined {
    const key = `${ref.apiVersion} ${ref.kind}`;
    const known = this.#paths.get(key) ?? this.#discover(ref);
    if (known === undefined) return undefined;
    this.#paths.set(key, known);
    const { base, plural, namespaced } = known;
    return namespaced && namespace !== undefined ? `${base}/namespaces/${namespace}/${plural}` : `${base}/${plural}`;
  }

  #discover(ref: KindRef): { base: string; plural: string; namespaced: boolean } | undefined {
    const found = this.#resources(ref.apiVersion).find((resource) => resource['kind'] === ref.kind);
    if (found === undefined) return undefined;
    const base = versionPath(ref.apiVersion);
    return { base, plural: textAt(found, 'name'), namespaced: found['namespaced'] === true };
  }

  /** Resources of a version without their subresources; none if it is not served. */
  #resources(apiVersion: string): readonly JsonMap[] {
    const reply = this.#request('GET', versionPath(apiVersion));
    if (reply.status === 404) return [];
    const resources = mapsAt(this.#body(reply, `discovering ${apiVersion}`), 'resources');
    return resources.filter((resource) => !textAt(resource, 'name').includes('/'));
  }

  #request(method: string, target: string, body?: { readonly type: string; readonly value: JsonMap }): KubernetesReply {
    const [path = '', query = ''] = target.split('?');
    const request: HttpRequest = {
      method,
      path,
      query: new URLSearchParams(query),
      headers: {
        authorization: `Bearer ${controllerTokenPrefix}${this.#name}`,
        'user-agent': this.#name,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': body.type }),
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body.value)),
    };
    return this.#api.handle(request);
  }

  #body(reply: KubernetesReply, call: string): KubernetesObject {
    if ('watch' in reply) throw new Error(`${call}: a stream was answered`);
    if (reply.status >= 300 || typeof reply.body === 'string') throw new KubernetesCallError(call, reply);
    return reply.body;
  }
}

const versionPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Bookmarks and errors are for clients that reconnect; a watch inside the world never breaks. */
function deliver({ type, object }: WatchEvent, listener: WatchListener): void {
  if (type !== 'BOOKMARK' && type !== 'ERROR') listener(type, object);
}
