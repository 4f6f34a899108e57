/** Queries of the ledger as Firestore's structured queries (Firestore REST reference v1, `StructuredQuery`). */
import { textAt } from '../domain/compare.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { LedgerQuery } from '../ports/ledger.ts';
import { escapeId } from './document-ids.ts';
import { pathOf, searchableAt, toValue } from './firestore-documents.ts';
import type { StoredDocument } from './firestore-store.ts';
import { orderOf } from './indexes.ts';

/**
 * Documents of the first call of a query. The largest of which there are many, records of progress, have up to 256 KiB
 * (shared/domain/progress.ts), and an answer of more than 16 MiB is not read (shared/http-exchange.ts).
 */
const FIRST_PAGE = 50;

/** Documents of a further one at most, and about so many bytes of them: the answer is due within 5 s. */
const MAX_PAGE = 250;
const PAGE_BYTES = 4 * 1024 * 1024;

/** How many documents to ask for, by the size of those that were found before. */
export function pageAfter(found: readonly StoredDocument[]): number {
  if (found.length === 0) return FIRST_PAGE;
  const bytes = found.reduce((sum, { fields }) => sum + (textAt(fields, 'json.stringValue')?.length ?? 0), 1);
  return Math.min(MAX_PAGE, Math.max(1, Math.floor((PAGE_BYTES * found.length) / bytes)));
}

/** A query of one collection of the ledger. */
export interface CollectionQuery extends LedgerQuery {
  readonly root: string;
  readonly collection: string;
}

/** `limit` documents of it; `after`: behind this one, in the order of the query. */
export function toStructuredQuery(query: CollectionQuery, limit: number, after?: StoredDocument): JsonObject {
  const cursor = cursorOf(query, after);
  const conditions = conditionsOf(query);
  return {
    from: [{ collectionId: query.collection }],
    ...(conditions.length > 0 && { where: { compositeFilter: { op: 'AND', filters: conditions } } }),
    orderBy: sortOf(query),
    ...(cursor !== undefined && { startAt: { values: cursor, before: false } }),
    limit,
  };
}

function conditionsOf({ equals = {}, atMost }: LedgerQuery): readonly Json[] {
  const conditions = Object.entries(equals).map(([field, value]) => condition(field, 'EQUAL', value));
  if (atMost !== undefined) conditions.push(condition(atMost.field, 'LESS_THAN_OR_EQUAL', atMost.value));
  return conditions;
}

function condition(field: string, op: string, value: string | number | boolean): JsonObject {
  return { fieldFilter: { field: { fieldPath: pathOf(field) }, op, value: toValue(value) } };
}

/** Ids last and in the same direction, as Firestore itself adds them: any other order would need an index of its own. */
function sortOf(query: LedgerQuery): readonly Json[] {
  const byField = orderOf(query);
  const direction = byField?.direction === 'descending' ? 'DESCENDING' : 'ASCENDING';
  const byId = { field: { fieldPath: '__name__' }, direction };
  return byField === undefined ? [byId] : [{ field: { fieldPath: pathOf(byField.field) }, direction }, byId];
}

function cursorOf(query: CollectionQuery, after: StoredDocument | undefined): readonly Json[] | undefined {
  const { root, collection, afterId } = query;
  if (after === undefined) {
    return afterId === undefined ? undefined : [{ referenceValue: `${root}/${collection}/${escapeId(afterId)}` }];
  }
  const field = orderOf(query)?.field;
  const name = { referenceValue: after.name };
  return field === undefined ? [name] : [searchableAt(after, field), name];
}
