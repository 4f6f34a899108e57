/** Filters and pages, and the shapes of lists and aggregated lists. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { linkOf } from './collections.ts';
import { parseFilter } from './filters.ts';
import { badPageToken, outOfRange } from './rejections.ts';

export interface ListOptions {
  readonly filter?: string;
  readonly maxResults?: number;
  readonly pageToken?: string;
}

/** An item of a list with the scope that an aggregated list files it under. */
export interface ListItem {
  readonly scope: string;
  readonly view: JsonMap;
}

interface Page {
  readonly items: readonly ListItem[];
  readonly nextPageToken?: string;
}

/** compute.proto, ListNetworksRequest.max_results: also the size of a page when nothing is asked for. */
const pageRange = [0, 500] as const;

/** Cuts a page out of all items. The token is the place where the next page begins, opaque to clients. */
function cutPage(all: readonly ListItem[], options: ListOptions): Page {
  const wanted = options.maxResults ?? pageRange[1];
  if (!(wanted >= pageRange[0] && wanted <= pageRange[1])) reject(outOfRange, 'maxResults', wanted, pageRange);
  const matches = options.filter === undefined ? undefined : parseFilter(options.filter);
  const found = matches === undefined ? all : all.filter(({ view }) => matches(view));
  const start = options.pageToken === undefined ? 0 : readToken(options.pageToken);
  const end = start + (wanted === 0 ? pageRange[1] : wanted);
  return {
    items: found.slice(start, end),
    ...(end < found.length && { nextPageToken: Buffer.from(`from:${end}`).toString('base64url') }),
  };
}

function readToken(token: string): number {
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  return match === null ? reject(badPageToken, token) : Number(match[1]);
}

export interface ListShape {
  /** `compute#networkList`. */
  readonly kind: string;
  /** Path of the collection, from the project on. */
  readonly path: string;
}

/** `{kind, id, items, …}`; without items the field is absent, as in Compute's answers. */
export function makeList(shape: ListShape, all: readonly ListItem[], options: ListOptions): JsonMap {
  const { items, nextPageToken } = cutPage(all, options);
  return {
    kind: shape.kind,
    id: shape.path,
    ...(items.length > 0 && { items: items.map(({ view }) => view) }),
    ...(nextPageToken !== undefined && { nextPageToken }),
    selfLink: linkOf(shape.path),
  };
}

export interface AggregatedShape extends ListShape {
  /** Name of the list inside each scope: `subnetworks`. */
  readonly collection: string;
  /** Every scope that exists: those without an item on the page carry a warning instead. */
  readonly scopes: readonly string[];
}

export function makeAggregatedList(shape: AggregatedShape, all: readonly ListItem[], options: ListOptions): JsonMap {
  const { items, nextPageToken } = cutPage(all, options);
  const scoped = shape.scopes.map((scope) => {
    const here = items.filter((item) => item.scope === scope).map(({ view }) => view);
    return [scope, here.length > 0 ? { [shape.collection]: here } : { warning: noResults(scope) }] as const;
  });
  return {
    kind: shape.kind,
    id: shape.path,
    items: Object.fromEntries(scoped),
    ...(nextPageToken !== undefined && { nextPageToken }),
    selfLink: linkOf(shape.path),
  };
}

/** compute.proto, Warning.Code: NO_RESULTS_ON_PAGE; the text is assumed. */
function noResults(scope: string): JsonMap {
  return {
    code: 'NO_RESULTS_ON_PAGE',
    message: `There are no results for scope '${scope}' on this page.`,
    data: [{ key: 'scope', value: scope }],
  };
}
