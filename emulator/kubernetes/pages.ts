/** `limit` and `continue` of lists. */
import type { JsonMap } from '../world/json.ts';
import { requireWholeNumber } from './list-options.ts';
import { type KubernetesObject, nameOf, namespaceOf } from './objects.ts';
import { badRequest, expired } from './rejections.ts';
import type { ClusterState } from './state.ts';
import { refuse } from './status.ts';

/** The objects to show and the list metadata that goes with them. */
export interface Page {
  readonly objects: readonly KubernetesObject[];
  readonly list: JsonMap;
}

/** Where the next page starts; every page of one list names the version of the first. */
interface ContinueToken {
  readonly rv: number;
  readonly start: string;
}

/** Where an object stands in the order of a list. */
const positionOf = (object: KubernetesObject): string => `${namespaceOf(object)}/${nameOf(object)}`;

/** What a query says about pages. */
export interface PageRequest {
  /** 0: everything. */
  readonly limit: number;
  /** Where an earlier page ended. */
  readonly token: ContinueToken | undefined;
}

export function readPageRequest(state: ClusterState, query: URLSearchParams): PageRequest {
  requireWholeNumber(query, 'limit');
  const token = readToken(state, query.get('continue') ?? '');
  // "Any version will do" is answered from the watch cache, which knows no pages (apiserver pkg/storage/cacher/delegator.go).
  const isCached = token === undefined && query.get('resourceVersion') === '0';
  return { limit: isCached ? 0 : Number(query.get('limit') ?? 0), token };
}

/**
 * The page that is asked for.
 * @param objects all that match, as they were at the revision `rv`
 */
export function pageOf(
  query: URLSearchParams,
  { limit, token }: PageRequest,
  { objects, rv }: { readonly objects: readonly KubernetesObject[]; readonly rv: number },
): Page {
  const rest = token === undefined ? objects : objects.filter((object) => positionOf(object) > token.start);
  const shown = limit > 0 ? rest.slice(0, limit) : rest;
  const last = shown.at(-1);
  const remaining = rest.length - shown.length;
  if (last === undefined || remaining === 0) return { objects: shown, list: { resourceVersion: String(rv) } };
  const next = encodeToken({ rv, start: positionOf(last) });
  const isSelected = query.has('labelSelector') || query.has('fieldSelector');
  const list = { resourceVersion: String(rv), continue: next, ...(!isSelected && { remainingItemCount: remaining }) };
  return { objects: shown, list };
}

const encodeToken = (token: ContinueToken): string => Buffer.from(JSON.stringify(token)).toString('base64url');

const tokenExpired =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** Tokens are opaque to clients; one from before a compaction comes back with a new one to go on with. */
function readToken(state: ClusterState, text: string): ContinueToken | undefined {
  if (text === '') return undefined;
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const { rv, start } = token as Partial<ContinueToken>; // checked right below
    if (typeof rv !== 'number' || typeof start !== 'string') throw new SyntaxError('not a token');
    if (rv < state.store.compactedRevision) {
      refuse(expired, { continueToken: encodeToken({ rv: state.store.revision, start }) }, tokenExpired);
    }
    return { rv, start };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const detail = "continue key is not valid: invalid character '\\u0081' looking for beginning of value";
    return refuse(badRequest, undefined, `invalid continue token: ${detail}`);
  }
}
