/** Getting and listing. */
import type { JsonMap } from '../world/json.ts';
import { pageOf } from './pages.ts';
import { badRequest, expired, versionTooLarge } from './rejections.ts';
import { acceptedForm, type Presentation, presentList, presentOne } from './representation.ts';
import type { ResourceRequest } from './resource-request.ts';
import { requestFilter } from './selectors.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { type FieldError, fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';
import { requireExisting } from './writes.ts';

/** How the client of a request wants to see objects. */
export function presentationOf(state: ClusterState, request: ResourceRequest): Presentation {
  const { http, kind } = request;
  const includeObject = http.query.get('includeObject') ?? 'Metadata';
  return { kind, form: acceptedForm(http), includeObject, nowMs: state.base.clock.nowMs() };
}

/** One object. A resource version in the query only asks that the server is that far. */
export function get(state: ClusterState, request: ResourceRequest): JsonMap {
  requireReached(state, request.http.query.get('resourceVersion') ?? '');
  return presentOne(requireExisting(state, request), presentationOf(state, request));
}

/** A collection, or one namespace of it; selectors first, then pages. */
export function list(state: ClusterState, request: ResourceRequest): JsonMap {
  const { kind, http, namespace } = request;
  requireListOptions(http.query);
  const version = http.query.get('resourceVersion') ?? '';
  if (version !== '' && !/^\d+$/.test(version)) {
    const text = `invalid resource version: ${unreadableVersion(version)}`;
    refuse(badRequest, undefined, text);
  }
  requireReached(state, version);
  if (http.query.get('resourceVersionMatch') === 'Exact' && Number(version) < state.store.compactedRevision) {
    refuse(expired, undefined, 'The resourceVersion for the provided list is too old.');
  }
  const filter = requestFilter(kind, http.query);
  const objects = state.store.list(collectionOf(kind), namespace === '' ? undefined : namespace).filter(filter);
  const page = pageOf(state, http.query, objects);
  return presentList(page.objects, page.list, presentationOf(state, request));
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

const matches = ['Exact', 'NotOlderThan'];

/** apimachinery pkg/apis/meta/internalversion/validation. */
function requireListOptions(query: URLSearchParams): void {
  const field = 'resourceVersionMatch';
  const match = query.get(field) ?? '';
  const version = query.get('resourceVersion') ?? '';
  const errors: FieldError[] = [];
  if (match !== '' && version === '') {
    errors.push(fieldErrors.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  } else if (match === 'Exact' && version === '0') {
    const text = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"';
    errors.push(fieldErrors.forbidden(field, text));
  } else if (match !== '' && !matches.includes(match)) {
    errors.push(fieldErrors.notSupported(field, match, [...matches, '']));
  }
  if (errors.length > 0) refuseInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}
