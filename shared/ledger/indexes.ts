/**
 * Queries with `equals` and an order of another field need a composite index in Firestore. Every ledger refuses one that has none here,
 * so each test that asks for something new says what to declare; infra/ledger.tf declares the same (test/infra/ledger.test.ts).
 */
import type { LedgerQuery } from '../ports/ledger.ts';
import { collections } from './records.ts';

/** One for each field of `equals`: Firestore merges those of one order (Firestore documentation, "Index types", taking advantage of merging). */
export interface CompositeIndex {
  readonly collection: string;
  readonly equals: string;
  readonly orderBy: NonNullable<LedgerQuery['orderBy']>;
}

/** Newest first, as status shows messages. */
const newestFirst = { field: 'receivedAtMs', direction: 'descending' } as const;

export const compositeIndexes: readonly CompositeIndex[] = [
  { collection: collections.messages, equals: 'phase', orderBy: newestFirst },
  { collection: collections.messages, equals: 'messageId', orderBy: newestFirst },
];

/** By what a query is ordered; undefined: by id, for which no index is needed. */
export function orderOf({ orderBy, atMost }: LedgerQuery): LedgerQuery['orderBy'] {
  return orderBy ?? (atMost && { field: atMost.field, direction: 'ascending' });
}

/** Throws for a query that Firestore would refuse. */
export function checkIndexes(collection: string, query: LedgerQuery): void {
  const order = orderOf(query);
  if (order === undefined) return;
  // A range of one field in the order of another needs an index of its own kind; nothing asks for one.
  if (query.atMost !== undefined && query.atMost.field !== order.field) {
    throw new Error(
      `searching ${collection} up to a ${query.atMost.field}, ordered by ${order.field}: order it by ${query.atMost.field}`,
    );
  }
  const isDeclared = (field: string) =>
    compositeIndexes.some(
      ({ equals, orderBy, ...of }) =>
        of.collection === collection &&
        equals === field &&
        orderBy.field === order.field &&
        orderBy.direction === order.direction,
    );
  const missing = Object.keys(query.equals ?? {}).find((field) => !isDeclared(field));
  if (missing === undefined) return;
  throw new Error(
    `searching ${collection} by ${missing}, ${order.direction} by ${order.field}: there is no index for that ` +
      '(shared/ledger/indexes.ts, infra/ledger.tf)',
  );
}
