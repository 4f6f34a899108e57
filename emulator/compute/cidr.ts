/** An IPv4 range as numbers: `first` and `last` address, inclusive, as unsigned 32-bit integers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
  /** The text named the first address of the range: false for `10.0.0.1/24`. */
  readonly exact: boolean;
}

/** Reads `a.b.c.d/n`; a lone address is a range of one. Undefined for anything else. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1, 5).map(Number);
  const prefixLength = Number(match[5] ?? 32);
  if (Math.max(...parts) > 255 || prefixLength > 32) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - prefixLength);
  const first = address - (address % size);
  return { first, last: first + size - 1, prefixLength, exact: first === address };
}

export function overlaps(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Dotted text of an address. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
