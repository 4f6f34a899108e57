/** How large a document may be. Both stores count as Firestore does, so that what one takes the other takes too. */
import { AutomationError } from '../errors.ts';
import type { LedgerKey, Storable } from '../ports/ledger.ts';
import { escapeId } from './document-ids.ts';

/** Firestore's limit of one document, 1 MiB (Firestore documentation, "Quotas and limits", maximum size for a document). */
export const MAX_DOCUMENT_BYTES = 1_048_576;

/**
 * Of a name, and of a document or map, besides their parts (Firestore documentation, "Storage size calculations": a map is counted as a
 * document is).
 */
const NAME_BYTES = 16;
const MAP_BYTES = 32;

/** Of a text: UTF-8 and one byte more; of a number or instant (the same page). */
const stringBytes = (text: string) => Buffer.byteLength(text) + 1;
const NUMBER_BYTES = 8;

/** Of what stands beside the document in Firestore (firestore-documents.ts): the mark of its commit, a UUID of 36 bytes, and an instant. */
const OWN_FIELDS_BYTES =
  stringBytes('json') + stringBytes('by') + stringBytes('commit') + 37 + stringBytes('expireAt') + NUMBER_BYTES;

/** What a query can ask for. */
export type Searchable = string | number | boolean;

/** Bytes. A longer text is found by no query: Firestore cuts at 1500 what it indexes ("Quotas and limits", indexed field value). */
const MAX_SEARCHABLE_BYTES = 1_000;

/** Names that stand in a query as they are; Firestore refuses some others (the same page, field names). */
const PLAIN_NAME = /^[A-Za-z]\w{0,99}$/;

/** The top-level fields that a query may name; what is nested, null, long or oddly named is only read. */
export function searchableFields(document: Storable): readonly (readonly [string, Searchable])[] {
  const fields: readonly (readonly [string, unknown])[] = Object.entries(document);
  return fields.flatMap(([field, content]) =>
    PLAIN_NAME.test(field) && isSearchable(content) ? [[field, content] as const] : [],
  );
}

function isSearchable(content: unknown): content is Searchable {
  // Half a surrogate pair is no UTF-8: it might be stored as another text, and nothing says what Firestore does.
  if (typeof content === 'string') return content.isWellFormed() && Buffer.byteLength(content) <= MAX_SEARCHABLE_BYTES;
  return Number.isFinite(content) || typeof content === 'boolean';
}

/** Throws before anything is sent; the message names the document, its size, the limit, and where its bytes are. */
export function checkSize(key: LedgerKey, document: Storable, json: string): void {
  const bytes = documentBytes(key, document, json);
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  const { collection, id } = key;
  throw new AutomationError(
    'permanent',
    `writing ${collection}/${id}: ${bytes} bytes, at most ${MAX_DOCUMENT_BYTES} allowed (Firestore's limit of a document): ` +
      `shorten it, or say it in several; its largest fields in bytes: ${largestFields(document)}`,
  );
}

function documentBytes({ collection, id }: LedgerKey, document: Storable, json: string): number {
  const name = NAME_BYTES + stringBytes(collection) + stringBytes(escapeId(id));
  const searchable = searchableFields(document).map(([field, content]) => stringBytes(field) + contentBytes(content));
  const map = searchable.reduce((sum, bytes) => sum + bytes, MAP_BYTES);
  return MAP_BYTES + name + OWN_FIELDS_BYTES + stringBytes(json) + map;
}

function contentBytes(content: Searchable): number {
  if (typeof content === 'string') return stringBytes(content);
  return typeof content === 'number' ? NUMBER_BYTES : 1;
}

/** So many are named: the first is nearly always the reason. */
const FIELDS_SHOWN = 3;

function largestFields(document: Storable): string {
  return Object.entries(document)
    .map(([field, content]) => ({ field, bytes: Buffer.byteLength(JSON.stringify(content) ?? '') }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, FIELDS_SHOWN)
    .map(({ field, bytes }) => `${field} ${bytes}`)
    .join(', ');
}
