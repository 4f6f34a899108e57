/** The ranges of the address plan one by one and against each other. */
import { type Cidr, contains, enclosingRange, formatCidr, freeRange, overlaps, parseCidr } from '../../domain/cidr.ts';
import type { Addresses } from '../../domain/cluster.ts';
import type { Problem } from '../../domain/problem.ts';
import { plannedAddresses } from '../../domain/resolve-cluster.ts';
import type { ClusterParts } from './parts.ts';
import type { ClusterRule } from './rule.ts';

export type RangeName = keyof Addresses;

/** RFC 1918 and RFC 6598. Google takes more (VPC documentation, "Valid IPv4 ranges"), but those need routes that are not planned here. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** Of the primary network: they exist only if we create it. */
const PRIMARY_RANGES: readonly RangeName[] = ['primary', 'pods', 'services', 'proxyOnly'];

/**
 * Shortest and longest prefix. Subnets from /29 (VPC documentation, "IPv4 subnet ranges"), pods from /24 and services /16 to /27 (GKE
 * documentation, "VPC-native clusters"), proxies from /26 (Load Balancing documentation, "Proxy-only subnets"). The RDMA block is split
 * in eight /29 at the least.
 */
const PREFIXES: { readonly [name in RangeName]-?: readonly [shortest: number, longest: number] } = {
  primary: [8, 29],
  pods: [9, 24],
  services: [16, 27],
  proxyOnly: [8, 26],
  gvnic: [8, 29],
  rdma: [8, 26],
};

/** One range of the plan. */
export interface PlannedRange extends Cidr {
  /** As it was written, or by default. */
  readonly text: string;
  readonly isDefault: boolean;
}

/**
 * The ranges in force that can be read, by name; undefined when the plan as a whole has the wrong form. One that does not begin at
 * its first address counts as the range around it, which was probably meant: what else is wrong with it should not come to light
 * only after it has been mended.
 */
export function rangesOf(parts: ClusterParts): ReadonlyMap<RangeName, PlannedRange> | undefined {
  const { addresses, primary } = parts;
  if (addresses === undefined || primary === undefined) return undefined;
  const names = rangeNames(primary.existing !== undefined);
  const planned = plannedAddresses(addresses);
  return new Map(
    names.flatMap((name) => {
      const text = planned[name];
      const range = enclosingRange(text);
      const isDefault = addresses[name] === undefined;
      return range === undefined ? [] : [[name, { ...range, text, isDefault }] as const];
    }),
  );
}

/** Nothing written means create; an empty mapping is a half-finished thought. */
const primaryIsCreatedOrExisting: ClusterRule = ({ primary }) => {
  if (primary === undefined || (primary.create === undefined) !== (primary.existing === undefined)) return [];
  const field = 'spec.networking.primary';
  return [
    {
      field,
      value: { ...primary },
      rule: 'must be either create or existing',
      fix: 'use create: true or existing: {…}',
    },
  ];
};

/** Ranges of an existing network are its owner's; preflight reads them. */
const existingNetworkHasItsOwnRanges: ClusterRule = ({ primary, addresses }) => {
  if (primary?.existing === undefined) return [];
  return PRIMARY_RANGES.filter((name) => addresses?.[name] !== undefined).map((name) => ({
    field: fieldOf(name),
    value: addresses?.[name],
    rule: 'must not be given for an existing network, which has its own',
    fix: 'remove it',
  }));
};

/** Compute Engine refuses host bits; what was meant is known, so the fix says it. */
const rangesBeginAtTheirFirstAddress: ClusterRule = (parts) =>
  written(parts.addresses).flatMap(([name, text]) => {
    if (parseCidr(text) !== undefined) return [];
    const meant = enclosingRange(text);
    if (meant === undefined)
      return [problem(name, text, 'must be an IPv4 range', 'use numbers up to 255 and a prefix up to 32')];
    // The range around it would only bring the next problem, if another one of the plan is there.
    const usable = isTaken(name, meant, parts) ? freeFor(name, meant, parts) : meant;
    const fix = usable === undefined ? 'use a range that is free' : `use ${formatCidr(usable)}`;
    return [problem(name, text, "must begin at the range's first address", fix)];
  });

/** Also keeps clear of everything that Google prohibits, e.g. 169.254.0.0/16 and 199.36.153.4/30. */
const rangesArePrivate: ClusterRule = ({ addresses }) =>
  readable(addresses).flatMap(([name, range, text]) =>
    PRIVATE_RANGES.some((outer) => isWithin(range, outer))
      ? []
      : [problem(name, text, `must lie within one of ${PRIVATE_RANGES.join(', ')}`, 'use a private range')],
  );

/** The fix keeps the first address; it may have to be moved then, which the next answer says. */
const rangesHaveAUsableSize: ClusterRule = ({ addresses }) =>
  readable(addresses).flatMap(([name, range, text]) => {
    const [shortest, longest] = PREFIXES[name];
    if (range.prefix >= shortest && range.prefix <= longest) return [];
    const nearestPrefix = Math.min(Math.max(range.prefix, shortest), longest);
    return [problem(name, text, `must be from /${shortest} to /${longest}`, `use /${nearestPrefix}`)];
  });

/** Multi-networking refuses overlaps even between networks (GKE documentation, "Multi-network support for Pods"). */
const rangesAreDisjoint: ClusterRule = (parts) => {
  const ranges = [...(rangesOf(parts) ?? [])];
  return ranges.flatMap(([name, range], index) =>
    ranges
      .slice(0, index)
      .filter(([, earlier]) => overlaps(earlier, range))
      .map(([other, earlier]) => {
        const which = `${other} (${earlier.text}${earlier.isDefault ? ', default' : ''})`;
        const free = freeFor(name, range, parts);
        const example = free === undefined ? '' : `, e.g. this one to ${formatCidr(free)}`;
        return ofRange(name, range, { rule: `must not overlap ${which}`, fix: `move one of the two${example}` });
      }),
  );
};

function othersOf(name: RangeName, parts: ClusterParts): readonly PlannedRange[] {
  return [...(rangesOf(parts) ?? [])].flatMap(([other, range]) => (other === name ? [] : [range]));
}

function isTaken(name: RangeName, range: Cidr, parts: ClusterParts): boolean {
  return othersOf(name, parts).some((other) => overlaps(other, range));
}

/** A range of the same size that is nobody's, in the private range around it or in the first one that has room. */
function freeFor(name: RangeName, range: Cidr, parts: ClusterParts): Cidr | undefined {
  const others = othersOf(name, parts);
  const outers = PRIVATE_RANGES.flatMap((text) => parseCidr(text) ?? []);
  const around = outers.filter((outer) => contains(outer, range));
  return [...around, ...outers].flatMap((outer) => freeRange(outer, { after: range, others }) ?? [])[0];
}

export const addressRules: readonly ClusterRule[] = [
  primaryIsCreatedOrExisting,
  existingNetworkHasItsOwnRanges,
  rangesBeginAtTheirFirstAddress,
  rangesArePrivate,
  rangesHaveAUsableSize,
  rangesAreDisjoint,
];

/** Path of a range in the document. */
export function fieldOf(name: RangeName): string {
  return `spec.networking.addresses.${name}`;
}

function rangeNames(isExisting: boolean): readonly RangeName[] {
  return isExisting ? ['gvnic', 'rdma'] : [...PRIMARY_RANGES, 'gvnic', 'rdma'];
}

/** Ranges that the document names, of the primary network or not. */
function written(addresses: Addresses | undefined): readonly (readonly [RangeName, string])[] {
  return rangeNames(false).flatMap((name) => {
    const text = addresses?.[name];
    return text === undefined ? [] : [[name, text] as const];
  });
}

/** Those of them that are ranges. */
function readable(addresses: Addresses | undefined): readonly (readonly [RangeName, Cidr, string])[] {
  return written(addresses).flatMap(([name, text]) => {
    const range = enclosingRange(text);
    return range === undefined ? [] : [[name, range, text] as const];
  });
}

function isWithin(range: Cidr, text: string): boolean {
  const outer = parseCidr(text);
  return outer !== undefined && contains(outer, range);
}

/** Of a range that may not have been written. */
export function ofRange(
  name: RangeName,
  { text, isDefault }: PlannedRange,
  { rule, fix }: Pick<Problem, 'rule' | 'fix'>,
): Problem {
  return { field: fieldOf(name), value: text, ...(isDefault && { isDefault }), rule, fix };
}

function problem(name: RangeName, value: string, rule: string, fix: string): Problem {
  return { field: fieldOf(name), value, rule, fix };
}
