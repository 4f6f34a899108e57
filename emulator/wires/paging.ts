import { numberOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';

export interface Page {
  readonly items: JsonMap[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/** One page of a list (AIP-158). The token is the index of the next item; the world's lists keep their order. */
export function pageOf(
  items: readonly JsonMap[],
  request: { readonly pageSize?: number; readonly pageToken?: string },
): Page {
  const start = Number(request.pageToken ?? 0);
  const end = request.pageSize === undefined || request.pageSize <= 0 ? items.length : start + request.pageSize;
  return { items: items.slice(start, end), ...(end < items.length && { nextPageToken: String(end) }) };
}

/** A list answer: the collection under its own name, and the token of the next page. */
export function toPage(collection: string, resources: readonly JsonMap[], request: JsonMap): JsonMap {
  const pageSize = numberOf(request, 'pageSize');
  const pageToken = textOf(request, 'pageToken');
  const { items, nextPageToken } = pageOf(resources, {
    ...(pageSize !== undefined && { pageSize }),
    ...(pageToken !== undefined && { pageToken }),
  });
  return { [collection]: items, ...(nextPageToken !== undefined && { nextPageToken }) };
}
