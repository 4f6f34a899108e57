/** Reading what a store gives back. One document that cannot be read must cost its own target and nothing else. */
import type { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { Ledger, LedgerKey, LedgerQuery, LedgerTransaction } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';

/** A document that is not of the form that we write: mended by a person, or by the version that wrote it. */
export class UnreadableRecordError extends AutomationError {
  override readonly name = 'UnreadableRecordError';

  constructor({ key: { collection, id }, reason }: UnreadableRecord) {
    super('permanent', `reading ${collection}/${id} of the ledger: ${reason}`);
  }
}

/** Which document cannot be read, for status and the log. */
export interface UnreadableRecord {
  readonly key: LedgerKey;
  /** What is wrong with it, one line. */
  readonly reason: string;
}

/** One document, by the ledger or within a transaction; undefined: there is none. Throws `UnreadableRecordError`. */
export async function readRecord<T>(
  store: Pick<Ledger | LedgerTransaction, 'get'>,
  key: LedgerKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new UnreadableRecordError({ key, reason: reasonOf(parsed.error) });
}

/** One document that was found and read. */
export interface FoundRecord<T> {
  readonly id: string;
  readonly record: T;
  /** As it is stored: plain JSON. */
  readonly stored: JsonObject;
}

/** What one query found. */
export interface FoundRecords<T> {
  readonly records: readonly FoundRecord<T>[];
  readonly unreadable: readonly UnreadableRecord[];
  /** Id of the last document that was found, readable or not; undefined: there was none. */
  readonly lastId: string | undefined;
}

/** Every document that a query finds; those that cannot be read are logged by their keys and told apart. */
export async function findRecords<T>(
  ports: { readonly ledger: Ledger; readonly log: Log },
  of: { readonly collection: string; readonly schema: z.ZodType<T> },
  query: LedgerQuery,
): Promise<FoundRecords<T>> {
  const records: FoundRecord<T>[] = [];
  const unreadable: UnreadableRecord[] = [];
  const found = await ports.ledger.find(of.collection, query);
  for (const { id, value, unreadable: why } of found) {
    const key = { collection: of.collection, id };
    const parsed = of.schema.safeParse(value);
    if (why !== undefined) unreadable.push({ key, reason: why });
    else if (parsed.success) records.push({ id, record: parsed.data, stored: value });
    else unreadable.push({ key, reason: reasonOf(parsed.error) });
  }
  for (const { key, reason } of unreadable) ports.log.error('a record of the ledger is unreadable', { ...key, reason });
  return { records, unreadable, lastId: found.at(-1)?.id };
}

/** The first problem; a broken record often has many, and they have one cause. */
export function reasonOf({ issues }: z.ZodError): string {
  const [first] = issues;
  return first === undefined ? 'not as expected' : `${first.path.join('.')}: ${first.message}`;
}
