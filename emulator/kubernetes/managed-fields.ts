/**
 * Who owns which field: `metadata.managedFields` and the rules of server-side apply
 * (`merge/update.go` of kubernetes-sigs/structured-merge-diff; `managedfields` of k8s.io/apimachinery).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import type { FieldSchema } from './field-schema.ts';
import { FieldSet } from './field-set.ts';
import { mapAt, mapsAt, textAt, without } from './objects.ts';
import { type Comparison, compare, fieldsOf, merge, withoutFields } from './typed-values.ts';

/** One entry of `managedFields`. */
export interface FieldOwner {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** `status`, or the empty string. */
  readonly subresource: string;
  /** RFC 3339; absent as long as the entry has not changed a value. */
  readonly time?: string;
  readonly fields: FieldSet;
}

export type OwnerIdentity = Omit<FieldOwner, 'time' | 'fields'>;

/** Fields that nobody owns (`managedfields/internal/stripmeta.go`). */
const unowned = FieldSet.fromV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
  },
});

/** Entries are kept apart by all four: the same manager can own fields by apply and by update. */
const isSame = (left: OwnerIdentity, right: OwnerIdentity): boolean =>
  left.name === right.name &&
  left.operation === right.operation &&
  left.apiVersion === right.apiVersion &&
  left.subresource === right.subresource;

/** Reads the record of a stored object, which nobody changes any more; what is not there is owned by nobody. */
export function decodeOwners(object: JsonMap): readonly FieldOwner[] {
  const owners = readOwners(object);
  // The server keeps them by identity: of two alike it sees the last one.
  return owners.filter((owner, at) => !owners.slice(at + 1).some((later) => isSame(later, owner)));
}

function readOwners(object: JsonMap): readonly FieldOwner[] {
  return mapsAt(object, 'metadata', 'managedFields').map((entry) => {
    const time = textAt(entry, 'time');
    return {
      name: textAt(entry, 'manager'),
      operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
      apiVersion: textAt(entry, 'apiVersion'),
      subresource: textAt(entry, 'subresource'),
      ...(time !== '' && { time }),
      fields: FieldSet.ofRecord(mapAt(entry, 'fieldsV1')),
    };
  });
}

/** Entries in the server's order: by operation, time, name, version, subresource (`managedfields/internal/managedfields.go`). */
export function encodeOwners(owners: readonly FieldOwner[]): JsonValue[] {
  const key = (m: FieldOwner): string =>
    [m.operation, m.time ?? '', m.name, m.apiVersion, m.subresource].join('\u0000');
  const sorted = owners.filter((m) => !m.fields.isEmpty).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return sorted.map((m) => ({
    manager: m.name,
    operation: m.operation,
    apiVersion: m.apiVersion,
    ...(m.time !== undefined && { time: m.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: m.fields.toRecord(),
    ...(m.subresource !== '' && { subresource: m.subresource }),
  }));
}

/** A write as ownership sees it. */
export interface Change {
  readonly before: JsonMap;
  readonly after: JsonMap;
  readonly owners: readonly FieldOwner[];
  readonly writer: OwnerIdentity;
  readonly schema: FieldSchema;
  /** RFC 3339. */
  readonly now: string;
}

/** The owner of everything that stood in an untracked object when somebody applied to it first. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Ownership of a live object that is applied to: one whose writers were not recorded has an owner from now on. */
export function ownersBeforeApply(
  change: Omit<Change, 'owners' | 'writer'> & { readonly apiVersion: string },
): readonly FieldOwner[] {
  const owners = decodeOwners(change.after);
  if (owners.length > 0 || textAt(change.after, 'metadata', 'uid') === '') return owners;
  const { apiVersion } = change;
  const writer: OwnerIdentity = { name: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion, subresource: '' };
  return recordUpdate({ ...change, owners, writer });
}

/**
 * Ownership after an ordinary write: the writer owns what it changed, and nobody else does any more. Where nobody has owned
 * anything, nothing is recorded until somebody applies (`managedfields/internal/skipnonapplied.go`).
 */
export function recordUpdate(change: Change): readonly FieldOwner[] {
  if (change.owners.length === 0 && textAt(change.before, 'metadata', 'uid') !== '') return [];
  const changes = compareOwned(change.before, change.after, change.schema);
  const others = change.owners.filter((other) => !isSame(other, change.writer));
  const mine = change.owners.find((other) => isSame(other, change.writer));
  const before = mine?.fields ?? new FieldSet();
  const fields = before.difference(changes.removed).union(changes.modified).union(changes.added).difference(unowned);
  const time = fields.equals(before) ? mine?.time : change.now;
  return [...takeAway(others, changes), { ...change.writer, ...(time !== undefined && { time }), fields }];
}

/** A field that somebody else owns with another value. */
export interface Conflict {
  readonly owner: OwnerIdentity;
  readonly path: readonly string[];
}

/** Result of an apply before anybody has decided about its conflicts. */
export interface Applied {
  readonly object: JsonMap;
  readonly owners: readonly FieldOwner[];
  readonly conflicts: readonly Conflict[];
}

/** What applying a configuration makes of the live object and of its owners. The caller decides about the conflicts. */
export function applyConfiguration(change: Omit<Change, 'after'> & { readonly configuration: JsonMap }): Applied {
  const { before, configuration, writer, schema } = change;
  const named = fieldsOf(configuration, schema);
  const fields = named.difference(unowned);
  const others = change.owners.filter((other) => !isSame(other, writer));
  const mine = change.owners.find((other) => isSame(other, writer));

  const abandoned = abandonedFields(mine?.fields, [named, ...others.map((other) => other.fields)]);
  const object = asMap(withoutFields(merge(before, configuration, schema), abandoned, schema));

  const changes = compareOwned(before, object, schema);
  const touched = changes.modified.union(changes.added);
  const conflicts = others.flatMap((owner) =>
    [...owner.fields.intersection(touched).paths()].map((path) => ({ owner, path })),
  );
  const isChanged = !(touched.isEmpty && changes.removed.isEmpty);
  const time = isChanged ? change.now : mine?.time;
  const owners = [...takeAway(others, changes), { ...writer, ...(time !== undefined && { time }), fields }];
  return { object, owners, conflicts };
}

/** What this writer applied last time, leaves out now, and nobody else owns. */
function abandonedFields(last: FieldSet | undefined, owned: readonly FieldSet[]): FieldSet {
  if (last === undefined) return new FieldSet();
  const stillOwned = owned.reduce((all, set) => all.union(set), new FieldSet());
  return last.withNamedFields().difference(stillOwned.withNamedFields());
}

/** Whoever owned a field that changed or went does not own it any more. */
function takeAway(owners: readonly FieldOwner[], changes: Comparison): readonly FieldOwner[] {
  if (owners.length === 0) return owners;
  const lost = changes.modified.union(changes.added).union(changes.removed);
  return owners.map((owner) => ({ ...owner, fields: owner.fields.difference(lost) }));
}

/** Compares without the record of ownership itself. */
function compareOwned(before: JsonMap, after: JsonMap, schema: FieldSchema): Comparison {
  return compare(withoutRecord(before), withoutRecord(after), schema);
}

function withoutRecord(object: JsonMap): JsonMap {
  const metadata = object['metadata'];
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return object;
  return { ...object, metadata: without(metadata, 'managedFields') };
}

function asMap(value: JsonValue): JsonMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error('merging an applied configuration: the result is not an object');
}
