/**
 * The form in which Firestore keeps a document of the ledger. The document itself is one text (`json`): a map of Firestore's own would
 * lose the order of its keys, refuse lists in lists and more than 20 levels (Firestore documentation, "Quotas and limits"), and put
 * each of its leaves into two indexes. What queries can ask for stands beside it once more (`by`).
 */
import { objectAt, textAt } from '../domain/compare.ts';
import { isJsonObject, type JsonObject, parseJson } from '../domain/json.ts';
import type { LedgerEntry, LedgerKey, Storable } from '../ports/ledger.ts';
import { escapeId, unescapeId } from './document-ids.ts';
import { checkSize, type Searchable, searchableFields } from './document-size.ts';
import type { StoredDocument } from './firestore-store.ts';
import { UnreadableRecordError } from './read-records.ts';
import { expiryOf } from './retention.ts';

export function nameOf(root: string, { collection, id }: LedgerKey): string {
  return `${root}/${collection}/${escapeId(id)}`;
}

/** Refuses what is too large. `commit` says whose commit it was: by it, one whose answer was lost is found again. */
export function toFields(key: LedgerKey, document: Storable, commit: string): JsonObject {
  const json = JSON.stringify(document);
  checkSize(key, document, json);
  const expireAtMs = expiryOf(key.collection, document);
  const by = searchableFields(document).map(([field, content]) => [field, toValue(content)]);
  return {
    json: { stringValue: json },
    by: { mapValue: { fields: Object.fromEntries(by) } },
    commit: { stringValue: commit },
    ...(expireAtMs !== undefined && { expireAt: { timestampValue: new Date(expireAtMs).toISOString() } }),
  };
}

/** `Value` of the Firestore REST reference v1; numbers compare by value, whichever of the two forms they have. */
export function toValue(content: Searchable): JsonObject {
  if (typeof content === 'string') return { stringValue: content };
  if (typeof content === 'boolean') return { booleanValue: content };
  return Number.isSafeInteger(content) ? { integerValue: String(content) } : { doubleValue: content };
}

/** Where queries find a field. */
export function pathOf(field: string): string {
  return `by.${field}`;
}

/** The value of a field as queries see it. */
export function searchableAt({ fields }: StoredDocument, field: string): JsonObject {
  const value = objectAt(fields, 'by.mapValue.fields')[field];
  return isJsonObject(value) ? value : {};
}

/** One that somebody else has written into the collection costs itself and not the whole list. */
export function toEntry(stored: StoredDocument): LedgerEntry {
  const { id } = keyOf(stored);
  const read = readJson(stored);
  return 'value' in read ? { id, value: read.value } : { id, value: {}, unreadable: read.reason };
}

/** Throws `UnreadableRecordError`. */
export function toDocument(stored: StoredDocument): JsonObject {
  const read = readJson(stored);
  if ('value' in read) return read.value;
  throw new UnreadableRecordError({ key: keyOf(stored), reason: read.reason });
}

function readJson({ fields }: StoredDocument): { readonly value: JsonObject } | { readonly reason: string } {
  const json = textAt(fields, 'json.stringValue') ?? '';
  const value = parseJson(json);
  if (isJsonObject(value)) return { value };
  return { reason: `expected an object in its field json, found ${json.slice(0, 80) || 'nothing'}` };
}

function keyOf({ name }: StoredDocument): LedgerKey {
  const [collection = '', id = ''] = name.split('/').slice(-2);
  return { collection, id: unescapeId(id) };
}

export function commitOf({ fields }: StoredDocument): string | undefined {
  return textAt(fields, 'commit.stringValue');
}
