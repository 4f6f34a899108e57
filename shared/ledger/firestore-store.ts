/** What the ledger needs of Firestore: three methods of its API v1, and the two ways in which a commit is not made. */
import { AutomationError } from '../errors.ts';
import type { JsonObject } from '../domain/json.ts';

/** One document as Firestore has it: `Document` of the Firestore REST reference v1. */
export interface StoredDocument {
  /** `projects/P/databases/D/documents/COLLECTION/ID`. */
  readonly name: string;
  readonly fields: JsonObject;
  /** Timestamp as the service writes it: microseconds, which a JavaScript date would lose. */
  readonly updateTime: string;
}

/** Documents as they were at one instant. */
export interface Snapshot {
  /** RFC 3339, by Firestore's own clock. */
  readonly readTime: string;
  /** Name → document; those that are not there are left out. */
  readonly found: ReadonlyMap<string, StoredDocument>;
}

/**
 * `Write` of the Firestore REST reference v1: `update` or `delete`; `verify` changes nothing and only states its condition, as Google's
 * own clients do for documents that a transaction has read (firebase/firebase-js-sdk packages/firestore/src/protos, write.proto).
 */
export interface FirestoreWrite {
  readonly update?: { readonly name: string; readonly fields: JsonObject };
  readonly delete?: string;
  readonly verify?: string;
  /** Absent: whatever stands there. */
  readonly currentDocument?: { readonly exists: false } | { readonly updateTime: string };
}

/** All methods throw `StoreTroubleError` for what may pass by itself, and other AutomationErrors for what will not. */
export interface FirestoreStore {
  /** `projects/P/databases/D/documents`: what the names of all documents begin with. */
  readonly root: string;
  /** `readTime` given: as the documents were then; absent: as they are. */
  batchGet(names: readonly string[], readTime?: string): Promise<Snapshot>;
  /** All writes or none. Throws `ConflictError` when a condition does not hold, or somebody else is writing just now. */
  commit(writes: readonly FirestoreWrite[]): Promise<void>;
  /** `query`: `StructuredQuery` of the Firestore REST reference v1. `readTime`: that of the first page, for those that follow. */
  runQuery(query: JsonObject, readTime?: string): Promise<QueryPage>;
}

export interface QueryPage {
  readonly readTime: string;
  readonly documents: readonly StoredDocument[];
}

/** Nothing was written: what the transaction had read has changed meanwhile. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** No answer, or one that says "later". A commit may have been made all the same. */
export class StoreTroubleError extends AutomationError {
  override readonly name = 'StoreTroubleError';

  constructor(message: string, options?: ErrorOptions) {
    super('transient', message, {}, options);
  }
}
