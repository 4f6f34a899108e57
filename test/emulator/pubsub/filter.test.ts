import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../emulator/pubsub/filter.ts';
import { ApiError } from '../../../emulator/world/rejection.ts';

describe('filters', () => {
  const com = { name: 'com', kind: 'wake' };

  it.each([
    { filter: '', attributes: {}, matches: true },
    { filter: 'attributes:name', attributes: com, matches: true },
    { filter: 'attributes:name', attributes: { kind: 'wake' }, matches: false },
    { filter: 'NOT attributes:name', attributes: { kind: 'wake' }, matches: true },
    { filter: 'attributes.name = "com"', attributes: com, matches: true },
    { filter: 'attributes.name="org"', attributes: com, matches: false },
    { filter: 'attributes.name = "Com"', attributes: com, matches: false },
    { filter: 'attributes.name != "com"', attributes: com, matches: false },
    { filter: 'attributes.name != "com"', attributes: {}, matches: true },
    { filter: 'hasPrefix(attributes.name, "co")', attributes: com, matches: true },
    { filter: 'hasPrefix(attributes.name, "om")', attributes: com, matches: false },
    { filter: 'hasPrefix(attributes.other, "")', attributes: com, matches: false },
    { filter: 'attributes.name = "com" AND attributes.kind = "wake"', attributes: com, matches: true },
    { filter: 'attributes.name = "com" AND attributes:other', attributes: com, matches: false },
    { filter: 'attributes:other OR attributes.kind = "wake"', attributes: com, matches: true },
    { filter: 'attributes:other OR NOT attributes:kind', attributes: com, matches: false },
    { filter: 'attributes:name AND (attributes:other OR attributes:kind)', attributes: com, matches: true },
    { filter: 'NOT (attributes:name AND attributes:kind)', attributes: com, matches: false },
    { filter: 'attributes:"iana.org/language"', attributes: { 'iana.org/language': 'en' }, matches: true },
    { filter: 'attributes.name = "a \\"b\\""', attributes: { name: 'a "b"' }, matches: true },
    { filter: 'attributes.AND = "AND"', attributes: { AND: 'AND' }, matches: true },
  ])('$filter on $attributes: $matches', ({ filter, attributes, matches }) => {
    expect(parseFilter(filter)(attributes as Record<string, string>)).toBe(matches);
  });

  it.each([
    'attributes.name = com',
    'attributes.name',
    'attributes.name == "com"',
    'name = "com"',
    'attributes:a AND attributes:b OR attributes:c',
    'attributes:a and attributes:b',
    '(attributes:a',
    'hasPrefix(attributes.name)',
    'attributes.name = "com',
    'attributes:a;',
  ])('refuses %s', (filter) => {
    expect(() => parseFilter(filter)).toThrow(ApiError);
    expect(() => parseFilter(filter)).toThrow(/^Invalid filter/);
  });

  it('are not longer than 256 bytes', () => {
    const filter = `attributes.name = "${'x'.repeat(256)}"`;

    expect(() => parseFilter(filter)).toThrow(
      'The value for filter is too large. You passed 276 in the request, but the maximum value is 256.',
    );
  });
});
