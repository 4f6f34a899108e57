import type { JsonObject } from '../domain/json.ts';

/** Address of one document. Ids may hold any character but control characters; adapters escape what their store cannot hold. */
export interface LedgerKey {
  readonly collection: string;
  readonly id: string;
}

export interface LedgerEntry {
  readonly id: string;
  readonly value: JsonObject;
  /** Why what is stored there is no document of the ledger, whose `value` then is empty; absent: it is one. */
  readonly unreadable?: string;
}

/**
 * Conditions on top-level fields, all of which must hold; at most one field may have a range. `equals` together with an order needs an
 * index (shared/ledger/indexes.ts), and is refused without one. Texts above 1000 bytes are not searched.
 */
export interface LedgerQuery {
  readonly equals?: { readonly [field: string]: string | number | boolean };
  readonly atMost?: { readonly field: string; readonly value: number };
  /** Order by this top-level field, equal ones by id in the same direction; documents without it are left out. Absent: by `atMost`, or by id. */
  readonly orderBy?: { readonly field: string; readonly direction: 'ascending' | 'descending' };
  /** Only documents with a greater id, in the order of ids: the next page of a list that has neither `orderBy` nor `atMost`. */
  readonly afterId?: string;
  /** 1..1000. */
  readonly limit: number;
}

/** An object of plain data: what it holds survives `JSON.stringify`. (Interfaces have no index signature, so `JsonObject` refuses them.) */
export type Storable = object;

export interface LedgerTransaction {
  /**
   * The ledger's own clock at the first read, Unix milliseconds: leases are measured with it and nothing else. Throws before that
   * read: in Firestore it is the time at which the store read, and no instance's clock.
   */
  readonly nowMs: number;
  get(key: LedgerKey): Promise<JsonObject | undefined>;
  /** Reads come before writes, as Firestore demands. Throws when the document is larger than 1 MiB, naming it, its size and its largest fields. */
  put(key: LedgerKey, value: Storable): void;
  remove(key: LedgerKey): void;
}

/** Documents with transactions and no joins; the shape that Firestore has. */
export interface Ledger {
  /**
   * Serialisable. `body` runs again when another transaction changed what it read, so it must have no effects besides the
   * transaction. Gives up with a `transient` error after a bounded number of attempts.
   */
  transact<T>(body: (transaction: LedgerTransaction) => Promise<T>): Promise<T>;
  find(collection: string, query: LedgerQuery): Promise<readonly LedgerEntry[]>;
  get(key: LedgerKey): Promise<JsonObject | undefined>;
}
