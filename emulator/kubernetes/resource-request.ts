/** A request for a resource, taken apart: which kind, which object, to do what. */
import type { HttpRequest } from '../wires/http.ts';
import type { KindTable, ServedKind } from './kinds.ts';
import { resourceName } from './kinds.ts';
import { methodNotAllowed, pageNotFound, resourceNotFound, verbNotSupported } from './rejections.ts';
import { refuse, type StatusDetails } from './status.ts';
import type { ResourceAttributes, User } from './users.ts';

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
  const isCore = steps[0] === 'api';
  if (!isCore && steps[0] !== 'apis') return undefined;
  const [group = '', version = ''] = isCore ? ['', steps[1]] : [steps[1], steps[2]];
  const rest = steps.slice(isCore ? 2 : 3);
  if (version === '' || rest.length === 0) return undefined;
  // `namespaces/a` and its own subresources are the namespace itself; anything longer is something inside it.
  const isInside = rest[0] === 'namespaces' && rest.length > 2 && !(isCore && isNamespaceSubresource(rest[2]));
  const [resource = '', name = '', subresource = ''] = isInside ? rest.slice(2) : rest;
  const namespace = isInside || (isCore && resource === 'namespaces') ? (rest[1] ?? '') : '';
  return { group, version, resource, name, subresource, namespace };
}

const isNamespaceSubresource = (step: string | undefined): boolean => step === 'status' || step === 'finalize';

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

/** Refuses methods that do not exist on a collection, an object or a subresource. */
export function requireMethod(kind: ServedKind, path: ResourcePath, verb: string): void {
  if (path.subresource !== '') {
    if (verb === 'create' && kind.custom !== undefined) refuse(verbNotSupported, detailsOf(kind), verb, resourceName(kind));
    if (verb === 'create' || verb === 'delete') refuse(methodNotAllowed, {});
    return;
  }
  const onObject = ['get', 'update', 'patch', 'delete'];
  const onCollection = ['list', 'watch', 'create', 'deletecollection'];
  const allowed = path.name === '' ? onCollection : onObject;
  if (!allowed.includes(verb)) refuse(methodNotAllowed, {});
  if (kind.review === true && verb !== 'create') refuse(methodNotAllowed, {});
}

/** `{name, group, kind}` of a Status; the kind is the plural here, as the real server writes it. */
export function detailsOf(kind: ServedKind, name = ''): StatusDetails {
  return {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    kind: kind.plural,
  };
}
