import { describe, expect, it } from 'vitest';
import { addressText, overlaps, parseRange } from '../../../emulator/compute/cidr.ts';

describe('parseRange', () => {
  it.each([
    ['192.168.128.0/21', '192.168.128.0', '192.168.135.255', true],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255', true],
    ['255.255.255.255/32', '255.255.255.255', '255.255.255.255', true],
    ['10.0.0.7', '10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7/24', '10.0.0.0', '10.0.0.255', false],
  ])('reads %s as %s to %s', (text, first, last, exact) => {
    const range = parseRange(text)!;

    expect([addressText(range.first), addressText(range.last), range.exact]).toEqual([first, last, exact]);
  });

  it.each(['', '10.0.0.0/33', '256.0.0.0/8', '10.0.0/8', 'fd00::/8', '10.0.0.0/8 '])('does not read %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});

describe('overlaps', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0/24', true],
    ['10.0.0.0/8', '10.4.0.0/14', true],
    ['10.0.0.128/25', '10.0.0.0/24', true],
    ['10.0.0.0/25', '10.0.0.128/25', false],
    ['0.0.0.0/0', '192.168.0.0/18', true],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(overlaps(parseRange(one)!, parseRange(other)!)).toBe(expected);
    expect(overlaps(parseRange(other)!, parseRange(one)!)).toBe(expected);
  });
});
