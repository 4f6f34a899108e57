/** Getting and listing. */
import type { JsonMap } from '../world/json.ts';
import { type Page, pageOf, type PageRequest, readPageRequest } from './pages.ts';
import { requireListOptions } from './list-options.ts';
import { resourceName, type ServedKind } from './kinds.ts';
import { type KubernetesObject, nameOf, namespaceOf } from './objects.ts';
import { badRequest, expired, internalError, notFound, versionTooLarge } from './rejections.ts';
import { acceptedForm, type Presentation, presentList, presentOne } from './representation.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { requestFilter } from './selectors.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse } from './status.ts';
import { requireExisting } from './writes.ts';

/** What a row of a table may carry of its object. */
const includable = new Set(['Metadata', 'Object', 'None']);

/** How the client of a request wants to see objects. */
export function presentationOf(state: ClusterState, request: ResourceRequest): Presentation {
  const { http, kind } = request;
  const includeObject = http.query.get('includeObject') || 'Metadata';
  if (!includable.has(includeObject)) {
    const text = `includeObject: Invalid value: ${JSON.stringify(includeObject)}: must be 'Metadata', 'Object', 'None', or empty`;
    refuse(badRequest, undefined, `Unable to convert to Table as requested: ${text}`);
  }
  return { kind, form: acceptedForm(http), includeObject, nowMs: state.base.clock.nowMs() };
}

/** One object. A resource version in the query only asks that the server is that far. */
export function get(state: ClusterState, request: ResourceRequest): JsonMap {
  const version = request.http.query.get('resourceVersion') ?? '';
  if (version !== '' && !/^\d+$/.test(version)) refuse(internalError, undefined, unreadableVersion(version));
  requireReached(state, version);
  const object = request.kind.computed === undefined ? requireExisting(state, request) : requireComputed(request);
  return presentOne(object, presentationOf(state, request));
}

/** A collection, or one namespace of it. */
export function list(state: ClusterState, request: ResourceRequest): JsonMap {
  const page = selectPage(state, request);
  return presentList(page.objects, page.list, presentationOf(state, request));
}

/** What a list shows and a deletion of a collection takes: selectors first, then pages. */
export function selectPage(state: ClusterState, request: ResourceRequest): Page {
  const { kind, http } = request;
  requireListOptions(http.query);
  const version = http.query.get('resourceVersion') ?? '';
  if (version !== '' && !/^\d+$/.test(version)) {
    const text = `invalid resource version: ${unreadableVersion(version)}`;
    refuse(badRequest, undefined, text);
  }
  requireReached(state, version);
  const asked = readPageRequest(state, http.query);
  const rv = asked.token?.rv ?? exactVersion(state, http.query, asked) ?? state.store.revision;
  const filter = requestFilter(kind, http.query);
  const objects = all(state, request, rv).filter(filter);
  return pageOf(http.query, asked, { objects, rv });
}

/**
 * The version that the list must show; undefined: the newest will do. A first page of a given version is exact, too (Kubernetes
 * documentation, "API Concepts", semantics of resourceVersion for list).
 */
function exactVersion(state: ClusterState, query: URLSearchParams, { limit }: PageRequest): number | undefined {
  const version = Number(query.get('resourceVersion') ?? 0);
  const match = query.get('resourceVersionMatch') ?? '';
  const isExact = match === 'Exact' || (match === '' && limit > 0);
  if (!isExact || version === 0) return undefined;
  if (version < state.store.compactedRevision) {
    refuse(expired, undefined, 'The resourceVersion for the provided list is too old.');
  }
  return version;
}

/** Everything of the collection, or of the one namespace that is asked for, at a revision. */
function all(state: ClusterState, { kind, namespace }: ResourceRequest, rv: number): readonly KubernetesObject[] {
  if (kind.computed === undefined)
    return inFormOf(kind, state.store.listAt(collectionOf(kind), rv, namespace === '' ? undefined : namespace));
  return kind.computed().filter((object) => namespace === '' || namespaceOf(object) === namespace);
}

/** The very objects, unless their kind is kept under other names. */
function inFormOf({ stored }: ServedKind, objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return stored === undefined ? objects : objects.map(stored.fromStored);
}

function requireComputed({ kind, namespace, name }: ResourceRequest): KubernetesObject {
  const found = kind.computed?.().find((object) => nameOf(object) === name && namespaceOf(object) === namespace);
  return found ?? refuse(notFound, detailsOf(kind, name), resourceName(kind), name);
}

export const unreadableVersion = (version: string): string => {
  const text = JSON.stringify(version);
  return `resourceVersion: Invalid value: ${text}: strconv.ParseUint: parsing ${text}: invalid syntax`;
};

/** A version from the future is waited for in vain (3 s on the real server; at once here). */
function requireReached(state: ClusterState, version: string): void {
  if (Number(version) <= state.store.revision) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  refuse(versionTooLarge, { causes, retryAfterSeconds: 1 }, version, state.store.revision);
}
