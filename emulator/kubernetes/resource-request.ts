/** A request for a resource, taken apart: which kind, which object, to do what. */
import type { HttpRequest } from '../wires/http.ts';
import type { KindTable, ServedKind } from './kinds.ts';
import { resourceName, verbsOf } from './kinds.ts';
import {
  methodNotAllowed,
  notFound,
  notServed,
  pageNotFound,
  resourceNotFound,
  verbNotSupported,
} from './rejections.ts';
import { refuse, type StatusDetails } from './status.ts';
import { subresourcesOf } from './subresources.ts';
import type { ResourceAttributes, User } from './users.ts';

/** A path taken apart; empty strings for what it does not have. */
export interface ResourcePath extends Omit<ResourceAttributes, 'verb'> {
  readonly version: string;
}

/** A request whose kind is served. */
export interface ResourceRequest {
  readonly kind: ServedKind;
  readonly verb: string;
  /** Empty for cluster-scoped objects and for requests across namespaces. */
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  readonly subresource: string;
  readonly user: User;
  readonly http: HttpRequest;
}

/** `/api/v1/…` or `/apis/<group>/<version>/…`; undefined for every other path, the version alone included. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const steps = path.split('/').slice(1).map(decodeURIComponent);
  if (steps.at(-1) === '') steps.pop();
  const [root, ...below] = steps;
  if (root === 'api') return parseInVersion({ group: '', version: below[0] ?? '' }, below.slice(1));
  if (root === 'apis') return parseInVersion({ group: below[0] ?? '', version: below[1] ?? '' }, below.slice(2));
  return undefined;
}

function parseInVersion(
  served: { readonly group: string; readonly version: string },
  steps: readonly string[],
): ResourcePath | undefined {
  const step = (at: number): string => steps[at] ?? '';
  if (steps.length === 0) return undefined;
  const isCoreNamespace = served.group === '' && step(0) === 'namespaces';
  const isInside = step(0) === 'namespaces' && step(2) !== '' && !(isCoreNamespace && isNamespaceSubresource(step(2)));
  const from = isInside ? 2 : 0;
  // A namespace itself counts as being inside itself.
  const namespace = isInside || isCoreNamespace ? step(1) : '';
  return { ...served, resource: step(from), name: step(from + 1), subresource: step(from + 2), namespace };
}

/** `/namespaces/a/status` is the status of a, not a kind called status. */
const isNamespaceSubresource = (step: string): boolean => step === 'status' || step === 'finalize';

/** The verb that permissions and discovery speak of. */
export function verbOf(request: HttpRequest, name: string): string {
  switch (request.method) {
    case 'GET':
      if (name !== '') return 'get';
      return isWatch(request.query) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    default:
      return request.method.toLowerCase();
  }
}

/** Any value but these is true (apimachinery pkg/runtime/conversion.go). */
function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && !['0', 'f', 'F', 'false', 'False', 'FALSE'].includes(value);
}

/** The kind behind a path, or the refusal for one that is not served. */
export function requireKind(kinds: KindTable, path: ResourcePath): ServedKind {
  const kind = kinds.byPlural(path.group, path.version, path.resource);
  if (kind !== undefined) return kind;
  if (!kinds.hasGroupVersion(path.group, path.version) || kinds.isCustomGroup(path.group)) {
    return refuse(pageNotFound, undefined);
  }
  return refuse(resourceNotFound, {});
}

/** Refuses paths without a namespace that need one, and those with one that must not have it. */
export function requireScope(kind: ServedKind, path: ResourcePath, verb: string): void {
  const isNamespace = kind.kind === 'Namespace' && kind.custom === undefined;
  if (!kind.namespaced) {
    if (path.namespace !== '' && !isNamespace) refuse(resourceNotFound, {});
    return;
  }
  if (path.namespace !== '' || verb === 'list' || verb === 'watch') return;
  if (path.name !== '') refuse(resourceNotFound, {});
  refuse(methodNotAllowed, {});
}

/** Subresources that do something with a pod instead of showing a part of it. */
const podSubresources = new Set(['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy']);

export function isPodSubresource(kind: ServedKind, subresource: string): boolean {
  return kind.kind === 'Pod' && kind.custom === undefined && podSubresources.has(subresource);
}

/** A subresource that the real server has and this one has not is answered with 501, never with a wrong 404. */
export function requireServedSubresource(kind: ServedKind, path: ResourcePath): void {
  const { resource, name, subresource } = path;
  if (subresource === '') return;
  const isKnown = subresourcesOf(kind).some((known) => known.name === subresource);
  if (isKnown) {
    const isServed = ['status', 'scale', 'finalize'].includes(subresource) || isPodSubresource(kind, subresource);
    if (!isServed) refuse(notServed, {}, `${resource}/${subresource}`);
    return;
  }
  // Of a custom resource nothing else can exist; the real server then does not find the object.
  if (kind.custom !== undefined) refuse(notFound, detailsOf(kind, name), resourceName(kind), name);
  refuse(resourceNotFound, {});
}

/** Refuses methods that do not exist on a collection, an object or a subresource. */
export function requireMethod(kind: ServedKind, path: ResourcePath, verb: string): void {
  if (path.subresource !== '') {
    requireSubresourceMethod(kind, path.subresource, verb);
    return;
  }
  const onObject = ['get', 'update', 'patch', 'delete'];
  const onCollection = ['list', 'watch', 'create', 'deletecollection'];
  const allowed = path.name === '' ? onCollection : onObject;
  if (!allowed.includes(verb)) refuse(methodNotAllowed, {});
  if (!verbsOf(kind).includes(verb)) refuse(methodNotAllowed, {});
}

function requireSubresourceMethod(kind: ServedKind, subresource: string, verb: string): void {
  if (verb === 'create' && kind.custom !== undefined)
    refuse(verbNotSupported, detailsOf(kind), verb, resourceName(kind));
  const known = subresourcesOf(kind).find(({ name }) => name === subresource);
  if (known?.verbs.includes(verb) !== true) refuse(methodNotAllowed, {});
}

/** `{name, group, kind}` of a Status; the kind is the plural here, as the real server writes it. */
export function detailsOf(kind: ServedKind, name = ''): StatusDetails {
  return {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    kind: kind.plural,
  };
}
