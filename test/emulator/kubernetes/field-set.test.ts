import { describe, expect, it } from 'vitest';
import { FieldSet } from '../../../emulator/kubernetes/field-set.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';

const record = (): JsonMap => ({
  'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
  'f:spec': { 'f:replicas': {} },
});
const setOf = (value: JsonMap) => FieldSet.fromV1(value);

describe('a set of fields', () => {
  it.each<{ name: string; gone: JsonMap; left: JsonMap }>([
    { name: 'one field', gone: { 'f:spec': { 'f:replicas': {} } }, left: { 'f:metadata': record()['f:metadata'] } },
    {
      name: 'a member with more below it',
      gone: { 'f:metadata': { 'f:labels': {} } },
      left: { ...record(), 'f:metadata': { 'f:labels': { 'f:a': {} } } },
    },
  ])('without $name', ({ gone, left }) => {
    const set = FieldSet.ofRecord(record());

    expect(set.difference(setOf(gone)).toRecord()).toEqual(left);
    expect(set.toV1()).toEqual(record());
  });

  it('is itself where nothing goes, and is written as the record that it was read from', () => {
    const stored = record();
    const set = FieldSet.ofRecord(stored);

    const left = set.difference(setOf({ 'f:status': {}, 'f:spec': { 'f:template': {} } }));

    expect(left).toBe(set);
    expect(left.toRecord()).toBe(stored);
    expect(FieldSet.ofRecord(stored)).toBe(set);
  });

  it('is not changed by what is made of it', () => {
    const set = FieldSet.ofRecord(record());

    set.union(setOf({ 'f:spec': { 'f:paused': {} } }));
    set.withNamedFields();
    set.intersection(setOf({}));

    expect(set.toV1()).toEqual(record());
  });
});
