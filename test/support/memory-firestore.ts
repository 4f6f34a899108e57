/**
 * Firestore's three methods in memory, with the conditions, instants and query order that the ledger relies on. Held against Google's
 * emulator by running the same contract over both (test/conformance/firestore).
 */
import { at, listAt, numberAt, textAt } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import {
  ConflictError,
  type FirestoreStore,
  type FirestoreWrite,
  type StoredDocument,
} from '#shared/ledger/firestore-store.ts';

/** Document names → documents, as they were after one commit. */
type Version = { readonly micros: number; readonly documents: ReadonlyMap<string, StoredDocument> };

const timeOf = (micros: number) =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;

/** `nowMs`: its clock, Unix ms; each commit is later than the one before. */
export function makeMemoryFirestore(
  nowMs: () => number = () => 0,
  root = 'projects/demo/databases/memory/documents',
): FirestoreStore {
  const versions: Version[] = [{ micros: 0, documents: new Map() }];
  // A clock may tell parts of a microsecond; timestamps do not.
  const nowMicros = () => Math.floor(nowMs() * 1000);
  const latest = (): Version => versions.at(-1) ?? { micros: 0, documents: new Map() };
  const asOf = (readTime: string | undefined) => {
    const version = versions.findLast(({ micros }) => readTime === undefined || timeOf(micros) <= readTime) ?? latest();
    return { documents: version.documents, readTime: readTime ?? timeOf(Math.max(nowMicros(), latest().micros)) };
  };
  return {
    root,
    async batchGet(names, wantedTime) {
      const { documents, readTime } = asOf(wantedTime);
      const found = names.flatMap((name) => documents.get(name) ?? []);
      return { readTime, found: new Map(found.map((document) => [document.name, document])) };
    },
    async commit(batch) {
      const documents = new Map(latest().documents);
      for (const write of batch) check(documents.get(nameOf(write)), write);
      const micros = Math.max(nowMicros(), latest().micros + 1);
      for (const { update, delete: removed } of batch) {
        if (removed !== undefined) documents.delete(removed);
        if (update !== undefined) documents.set(update.name, { ...update, updateTime: timeOf(micros) });
      }
      versions.push({ micros, documents });
    },
    async runQuery(query, wantedTime) {
      const { documents, readTime } = asOf(wantedTime);
      return { readTime, documents: search([...documents.values()], query) };
    },
  };
}

function nameOf({ update, delete: removed, verify }: FirestoreWrite): string {
  return update?.name ?? removed ?? verify ?? '';
}

function check(stands: StoredDocument | undefined, { currentDocument: condition }: FirestoreWrite): void {
  if (condition === undefined) return;
  if ('exists' in condition && stands !== undefined) throw new ConflictError('ALREADY_EXISTS: it exists');
  if ('updateTime' in condition && condition.updateTime !== stands?.updateTime) {
    throw new ConflictError(`FAILED_PRECONDITION: the stored version is ${stands?.updateTime ?? 'none'}`);
  }
}

/** What the ledger asks: equality and "at most" of fields, an order, a cursor behind a document, a limit. */
function search(documents: readonly StoredDocument[], query: JsonObject): readonly StoredDocument[] {
  const orders = listAt(query, 'orderBy').map((order) => ({
    path: textAt(order, 'field.fieldPath') ?? '',
    sign: textAt(order, 'direction') === 'DESCENDING' ? -1 : 1,
  }));
  const compareBy = (a: readonly Json[], b: readonly Json[]) => {
    const differing = orders.findIndex((_, index) => compare(a[index] ?? null, b[index] ?? null) !== 0);
    return differing < 0 ? 0 : compare(a[differing] ?? null, b[differing] ?? null) * (orders[differing]?.sign ?? 1);
  };
  const placeOf = (document: StoredDocument) => orders.map(({ path }) => valueAt(document, path) ?? null);
  const [from] = listAt(query, 'from');
  const cursor = listAt(query, 'startAt.values').map(plain);
  return documents
    .filter(({ name }) => name.split('/').at(-2) === textAt(from, 'collectionId'))
    .filter((document) => listAt(query, 'where.compositeFilter.filters').every((filter) => holds(document, filter)))
    .filter((document) => placeOf(document).every((value) => value !== null))
    .filter((document) => cursor.length === 0 || compareBy(placeOf(document), cursor) > 0)
    .toSorted((a, b) => compareBy(placeOf(a), placeOf(b)))
    .slice(0, numberAt(query, 'limit'));
}

function holds(document: StoredDocument, filter: Json): boolean {
  const value = valueAt(document, textAt(filter, 'fieldFilter.field.fieldPath') ?? '');
  const wanted = plain(at(filter, 'fieldFilter.value') ?? null);
  if (value === undefined || typeof value !== typeof wanted) return false;
  return textAt(filter, 'fieldFilter.op') === 'EQUAL' ? value === wanted : compare(value, wanted) <= 0;
}

function valueAt({ name, fields }: StoredDocument, path: string): Json | undefined {
  if (path === '__name__') return name;
  const found = at(fields, `by.mapValue.fields.${path.slice('by.'.length)}`);
  return found === undefined ? undefined : plain(found);
}

function plain(value: Json): Json {
  const integer = textAt(value, 'integerValue');
  const kinds = ['stringValue', 'booleanValue', 'doubleValue', 'referenceValue'];
  return integer === undefined
    ? (kinds.map((kind) => at(value, kind)).find((one) => one !== undefined) ?? null)
    : Number(integer);
}

/** Text by its bytes, as Firestore orders it. */
function compare(a: Json, b: Json): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
