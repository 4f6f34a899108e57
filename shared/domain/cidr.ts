/** IPv4 ranges in CIDR notation as numbers. */

export interface Cidr {
  /** The range's first address, 0..2^32-1. */
  readonly first: number;
  /** 0..32. */
  readonly prefix: number;
}

/** The range, undefined unless the text is `a.b.c.d/p` with the address being the range's first. */
export function parseCidr(text: string): Cidr | undefined {
  const range = enclosingRange(text);
  return range !== undefined && formatCidr(range) === text ? range : undefined;
}

/** The range of that size that holds the address, e.g. 192.168.1.7/24 → 192.168.1.0/24: what the writer probably meant. */
export function enclosingRange(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;

  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;

  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: Math.floor(address / size) * size, prefix };
}

/** `a.b.c.d/p`; the inverse of `parseCidr`. */
export function formatCidr(range: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(range.first / 2 ** shift) % 256);
  return `${octets.join('.')}/${range.prefix}`;
}

/** All addresses of the range, those that a VPC keeps for itself included: 1 to 2^32. */
export function addressCount(range: Cidr): number {
  return 2 ** (32 - range.prefix);
}

/** Whether every address of `inner` is one of `outer`; equal ranges contain each other. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + addressCount(inner) <= outer.first + addressCount(outer);
}

/** Whether they have an address in common. Two such ranges cannot be routed in one VPC, or in two that are peered. */
export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.first < right.first + addressCount(right) && right.first < left.first + addressCount(left);
}

/** The first `parts` of the equal pieces that the range falls into; e.g. a /18 in 8 gives eight /21, in 5 five of them. */
export function splitCidr(range: Cidr, parts: number): readonly Cidr[] {
  const prefix = splitPrefix(range, parts);
  if (prefix > 32) throw new Error(`splitting ${formatCidr(range)}: ${parts} parts do not fit`);
  const size = 2 ** (32 - prefix);
  return Array.from({ length: parts }, (_, index) => ({ first: range.first + index * size, prefix }));
}

/** Prefix of the pieces of `splitCidr`; above 32 when the range is too small. */
export function splitPrefix(range: Cidr, parts: number): number {
  return range.prefix + Math.ceil(Math.log2(parts));
}

/** Longest prefix whose range holds that many addresses, e.g. 254 → 24, 257 → 23. */
export function prefixFor(addresses: number): number {
  return 32 - Math.ceil(Math.log2(addresses));
}

/**
 * The first range of the size of `after` that lies in `outer` behind it (or anywhere there, if it is elsewhere) and meets none of the
 * others; undefined when there is no room. Example: a /20 behind 10.0.0.0/20, with 10.0.0.0/24 taken, is 10.0.16.0/20.
 */
export function freeRange(
  outer: Cidr,
  { after, others }: { readonly after: Cidr; readonly others: readonly Cidr[] },
): Cidr | undefined {
  const size = addressCount(after);
  let range = { first: contains(outer, after) ? after.first + size : outer.first, prefix: after.prefix };
  // Each round leaves one of the others behind for good.
  while (contains(outer, range)) {
    const { first, prefix } = range;
    const inTheWay = others.find((other) => overlaps(other, { first, prefix }));
    if (inTheWay === undefined) return range;
    range = { first: Math.ceil((inTheWay.first + addressCount(inTheWay)) / size) * size, prefix };
  }
  return undefined;
}
