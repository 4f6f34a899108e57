/**
 * A set of field paths, as `managedFields[].fieldsV1` holds them. Path elements are kept in their written form:
 * `f:name` a field, `k:{"name":"c"}` an element of a keyed list, `v:"x"` an element of a set (structured-merge-diff, fieldpath).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isMap } from './objects.ts';

/** Frozen records that were read, and the sets that they were read as. */
const readSets = new WeakMap<JsonMap, FieldSet>();
const writtenSets = new WeakMap<FieldSet, JsonMap>();

/** Sets that were made by the operations share parts: only a set that was made afresh may be changed. */
export class FieldSet {
  /** Whether the path that leads here is in the set itself. */
  member: boolean;
  readonly children: Map<string, FieldSet>;

  constructor(member = false, children: Iterable<readonly [string, FieldSet]> = []) {
    this.member = member;
    this.children = new Map(children);
  }

  /**
   * The set of a written one, read once for each value: every write reads all of its object's sets, and most of them are as they
   * were. Whoever gets it must not change it, nor the value that it was read from.
   */
  static ofRecord(value: JsonMap): FieldSet {
    const known = readSets.get(value);
    if (known !== undefined) return known;
    const set = FieldSet.fromV1(value);
    set.member = false;
    readSets.set(value, set);
    writtenSets.set(set, value);
    return set;
  }

  /** As `toV1`; the value that it was read from, if it was. */
  toRecord(): JsonMap {
    return writtenSets.get(this) ?? this.toV1();
  }

  /** `{}` is a member; `{".": {}, …}` a member with more below it; anything else only leads to members. */
  static fromV1(value: JsonValue | undefined): FieldSet {
    if (!isMap(value)) return new FieldSet();
    const below = Object.entries(value).filter(([key]) => key !== '.');
    const children = below.map(([key, child]) => [key, FieldSet.fromV1(child)] as const);
    return new FieldSet(value['.'] !== undefined || below.length === 0, children);
  }

  toV1(): JsonMap {
    const below = [...this.children].filter(([, child]) => !child.isEmpty).sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = Object.fromEntries(below.map(([key, child]) => [key, child.toV1()]));
    return this.member && below.length > 0 ? { '.': {}, ...fields } : fields;
  }

  get isEmpty(): boolean {
    return !this.member && [...this.children.values()].every((child) => child.isEmpty);
  }

  /** The set below one element; created when it is not there yet. */
  child(element: string): FieldSet {
    const known = this.children.get(element);
    if (known !== undefined) return known;
    const created = new FieldSet();
    this.children.set(element, created);
    return created;
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet(this.member || other.member, this.children);
    for (const [element, theirs] of other.children) {
      result.children.set(element, this.children.get(element)?.union(theirs) ?? theirs);
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet(this.member && other.member);
    for (const [element, mine] of this.children) {
      const theirs = other.children.get(element);
      if (theirs !== undefined) result.children.set(element, mine.intersection(theirs));
    }
    return result;
  }

  /** This very set where nothing goes. */
  difference(other: FieldSet): FieldSet {
    let result = this.member && other.member ? new FieldSet(false, this.children) : this;
    for (const [element, theirs] of other.children) {
      const mine = this.children.get(element);
      const left = mine?.difference(theirs);
      if (left === undefined || left === mine) continue;
      if (result === this) result = new FieldSet(this.member, this.children);
      result.children.set(element, left);
    }
    return result;
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty;
  }

  /** With every named field on the way to a member as a member too, so that a struct emptied of its owners can be removed. */
  withNamedFields(): FieldSet {
    const children = [...this.children].map(([key, child]): [string, FieldSet] => {
      const named = child.withNamedFields();
      named.member ||= key.startsWith('f:') && !child.isEmpty;
      return [key, named];
    });
    return new FieldSet(this.member, children);
  }

  /** Every member below as a path of written elements: at each level the members, then what is below them (`Set.Iterate`). */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    const children = [...this.children].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [element, child] of children) if (child.member) yield [...prefix, element];
    for (const [element, child] of children) yield* child.paths([...prefix, element]);
  }
}

/**
 * A path as conflicts show it: `.spec.containers[name="c"].image` (structured-merge-diff, fieldpath/element.go).
 */
export function readablePath(path: readonly string[]): string {
  return path.map(readableElement).join('');
}

/** Several key fields are joined by commas: `[containerPort=80,protocol="TCP"]`. */
function readableElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = Object.entries(JSON.parse(text));
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
