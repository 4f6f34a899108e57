import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressCount,
  contains,
  enclosingRange,
  formatCidr,
  freeRange,
  overlaps,
  parseCidr,
  prefixFor,
  splitCidr,
} from '#shared/domain/cidr.ts';

describe('parseCidr', () => {
  it.each([
    { text: '192.168.128.0/18', expected: { first: 3_232_268_288, prefix: 18 } },
    { text: '0.0.0.0/0', expected: { first: 0, prefix: 0 } },
    { text: '255.255.255.255/32', expected: { first: 4_294_967_295, prefix: 32 } },
    { text: '192.168.1.0/18', expected: undefined },
    { text: '256.0.0.0/8', expected: undefined },
    { text: '10.0.0.0/33', expected: undefined },
    { text: '10.0.0/8', expected: undefined },
    { text: '010.0.0.0/8', expected: undefined },
  ])('reads $text as $expected', ({ text, expected }) => {
    expect(parseCidr(text)).toEqual(expected);
  });

  it('reads back what formatCidr writes', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const first = Math.floor(address / 2 ** (32 - prefix)) * 2 ** (32 - prefix);

        expect(parseCidr(formatCidr({ first, prefix }))).toEqual({ first, prefix });
      }),
    );
  });
});

describe('range arithmetic', () => {
  it('finds the range that an address was meant to be in', () => {
    const range = enclosingRange('192.168.1.7/18');

    expect(range && formatCidr(range)).toBe('192.168.0.0/18');
  });

  it.each([
    { left: '10.0.0.0/8', right: '10.255.255.0/24', expected: true },
    { left: '10.0.0.0/24', right: '10.0.1.0/24', expected: false },
    { left: '10.0.1.0/24', right: '10.0.0.0/24', expected: false },
    { left: '192.168.0.0/18', right: '192.168.0.0/18', expected: true },
  ])('says of $left and $right that overlapping is $expected', ({ left, right, expected }) => {
    expect(overlaps(parseCidr(left)!, parseCidr(right)!)).toBe(expected);
  });

  it.each([
    { parts: 8, expected: ['192.168.128.0/21', '192.168.184.0/21', 8] },
    { parts: 5, expected: ['192.168.128.0/21', '192.168.160.0/21', 5] },
    { parts: 1, expected: ['192.168.128.0/18', '192.168.128.0/18', 1] },
  ])('splits a /18 into $parts equal pieces', ({ parts, expected }) => {
    const pieces = splitCidr(parseCidr('192.168.128.0/18')!, parts);

    expect([formatCidr(pieces[0]!), formatCidr(pieces.at(-1)!), pieces.length]).toEqual(expected);
  });

  it('refuses to split what is too small', () => {
    expect(() => splitCidr(parseCidr('10.0.0.0/31')!, 8)).toThrow('splitting 10.0.0.0/31: 8 parts do not fit');
  });

  it('splits into disjoint pieces within the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 26 }), fc.integer({ min: 1, max: 16 }), (prefix, parts) => {
        const whole = { first: 10 * 2 ** 24, prefix };

        const pieces = splitCidr(whole, parts);

        expect(pieces.every((piece) => contains(whole, piece))).toBe(true);
        expect(pieces.some((piece, index) => pieces.slice(0, index).some((other) => overlaps(piece, other)))).toBe(
          false,
        );
      }),
    );
  });

  it.each([
    { addresses: 1, expected: 32 },
    { addresses: 254, expected: 24 },
    { addresses: 256, expected: 24 },
    { addresses: 257, expected: 23 },
  ])('needs a /$expected for $addresses addresses', ({ addresses, expected }) => {
    expect(prefixFor(addresses)).toBe(expected);
    expect(addressCount({ first: 0, prefix: expected })).toBeGreaterThanOrEqual(addresses);
  });
});

describe('freeRange', () => {
  const range = (text: string) => enclosingRange(text) ?? { first: 0, prefix: 0 };

  it.each([
    { name: 'the next one', after: '10.0.0.0/20', others: ['10.0.0.0/24'], expected: '10.0.16.0/20' },
    { name: 'behind others', after: '10.0.0.0/20', others: ['10.0.16.0/30', '10.0.32.0/19'], expected: '10.0.64.0/20' },
    { name: 'aligned', after: '10.0.0.0/16', others: ['10.1.0.0/24'], expected: '10.2.0.0/16' },
    { name: 'from the start, of one that is elsewhere', after: '8.8.8.0/24', others: [], expected: '10.0.0.0/24' },
    { name: 'nothing, where there is no room', after: '10.255.0.0/16', others: [], expected: undefined },
    { name: 'nothing, where it is too large', after: '11.0.0.0/7', others: [], expected: undefined },
  ])('is $name', ({ after, others, expected }) => {
    const found = freeRange(range('10.0.0.0/8'), { after: range(after), others: others.map(range) });

    expect(found && formatCidr(found)).toBe(expected);
  });
});
