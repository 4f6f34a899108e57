import { describe, expect, it } from 'vitest';
import { escapeId, unescapeId } from '#shared/ledger/document-ids.ts';
import { checkSize, MAX_DOCUMENT_BYTES } from '#shared/ledger/document-size.ts';
import { toFields, toValue } from '#shared/ledger/firestore-documents.ts';
import { at } from '#shared/domain/compare.ts';

const key = { collection: 'things', id: 'a/b' };

/** By the page itself: "Storage size calculations" of the Firestore documentation. */
const OVERHEAD_BYTES =
  16 + // of the name
  ('things'.length + 1) +
  ('a.1b'.length + 1) +
  32 + // of the document
  ('json'.length + 1) +
  1 + // of the text itself
  ('by'.length + 1 + 32) + // an empty map
  ('commit'.length + 1 + 37) +
  ('expireAt'.length + 1 + 8);

describe('the size of a document', () => {
  const documentOf = (jsonBytes: number) => ({ list: ['x'.repeat(jsonBytes - '{"list":[""]}'.length)] });
  const check = (document: object) => () => checkSize(key, document, JSON.stringify(document));
  const most = MAX_DOCUMENT_BYTES - OVERHEAD_BYTES;

  it('is counted as Firestore counts: the largest that fits, and one byte more', () => {
    expect(check(documentOf(most))).not.toThrow();
    expect(check(documentOf(most + 1))).toThrow('writing things/a/b: 1048577 bytes, at most 1048576 allowed');
  });

  it('holds what queries can ask for twice', () => {
    const document = { ...documentOf(most - 100), text: 'y'.repeat(60) };

    expect(check(document)).toThrow(/its largest fields in bytes: list \d+, text 62$/);
  });

  it('counts bytes of UTF-8', () => {
    expect(check({ list: ['€'.repeat(400_000)] })).toThrow('list 1200004');
  });
});

describe('what queries can ask for', () => {
  it.each([
    { name: 'texts', value: 'x', is: { stringValue: 'x' } },
    { name: 'whole numbers', value: 17, is: { integerValue: '17' } },
    { name: 'fractions', value: 0.5, is: { doubleValue: 0.5 } },
    { name: 'numbers beyond the safe ones', value: 2 ** 60, is: { doubleValue: 2 ** 60 } },
    { name: 'booleans', value: false, is: { booleanValue: false } },
  ])('are $name', ({ value, is }) => {
    expect(toValue(value)).toEqual(is);
    expect(at(toFields(key, { value }, 'mark'), 'by.mapValue.fields')).toEqual({ value: is });
  });

  it('are not what is nested, null, long, or of a name that queries would have to quote', () => {
    const document = { a: null, b: [1], c: { d: 1 }, e: 'x'.repeat(1_001), __f__: 1, 'g.h': 1, '': 1, i: undefined };

    expect(at(toFields(key, document, 'mark'), 'by.mapValue.fields')).toEqual({});
  });
});

describe('an id', () => {
  it.each([
    ['projects/p/subscriptions/s:17', 'projects.1p.1subscriptions.1s:17'],
    ['.', '.0'],
    ['__x__', '_0_0x_0_0'],
    ['a.1b_0', 'a.01b_00'],
  ])('%s is escaped as %s, and back', (id, escaped) => {
    expect(escapeId(id)).toBe(escaped);
    expect(unescapeId(escaped)).toBe(id);
  });
});
