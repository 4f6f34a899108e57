/** Address ranges of subnetworks: their form, and that no two of one network overlap. */
import type { JsonMap } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { overlaps, parseRange, type Range } from './cidr.ts';
import { mapsField, textField } from './fields.ts';
import { badSubnetRange, invalidField, missingField } from './rejections.ts';
import { requireName, type Target } from './rules.ts';
import type { Resource } from './store.ts';

const overlappingRange = defineRejection({
  id: 'compute.overlappingRange',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'tranquilitybase-io/tb-gcp #160 (primary), terraform-google-modules/terraform-google-network #20 (secondary)',
  message: (field: string, range: string, subnet: string, region: string) =>
    invalidField(
      field,
      range,
      `Invalid IPCidrRange: ${range} conflicts with existing subnetwork '${subnet}' in region '${region}'.`,
    ),
});

const rangeSize = defineRejection({
  id: 'compute.rangeSize',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "Subnets" (/4 to /29) and "Proxy-only subnets for Envoy-based load balancers" (/26 or shorter)',
  message: (field: string, range: string, longest: number) =>
    invalidField(field, range, `The prefix length must be between ${shortestPrefix} and ${longest}.`),
});

const prohibitedRange = defineRejection({
  id: 'compute.prohibitedRange',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: wording only; Google documentation, "Subnets", prohibited IPv4 subnet ranges',
  message: (field: string, range: string, prohibited: string) =>
    invalidField(field, range, `The range overlaps ${prohibited}, which cannot be used.`),
});

const repeatedRangeName = defineRejection({
  id: 'compute.repeatedRangeName',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; compute.proto, SubnetworkSecondaryRange.range_name: must be unique within the subnetwork',
  message: (field: string, name: string) => invalidField(field, name, 'The name is used by another secondary range.'),
});

const shortestPrefix = 4;
/** Eight addresses, of which four are reserved in a primary range. */
export const longestSubnetPrefix = 29;
/** 64 addresses for the proxies of one region. */
export const longestProxyPrefix = 26;

const prohibited = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '199.36.153.4/30',
  '199.36.153.8/30',
  '224.0.0.0/4',
  '255.255.255.255/32',
].map((text) => ({ text, range: parseRange(text) }));

/** A range of a subnetwork with the place in the body where it stands. */
export interface SubnetRange {
  readonly field: string;
  readonly text: string;
  readonly range: Range;
}

/** Reads the primary and the secondary ranges of a body and checks each by itself. */
export function readRanges(body: JsonMap, longestPrefix: number): readonly [SubnetRange, ...SubnetRange[]] {
  const primary = readRange('resource.ipCidrRange', textField(body, 'ipCidrRange'), longestPrefix);
  const names = new Set<string>();
  const secondary = mapsField(body, 'secondaryIpRanges').map((entry, index) => {
    const field = `resource.secondaryIpRanges[${index}]`;
    const name = requireName(`${field}.rangeName`, textField(entry, 'rangeName'));
    if (names.has(name)) reject(repeatedRangeName, `${field}.rangeName`, name);
    names.add(name);
    return readRange(`${field}.ipCidrRange`, textField(entry, 'ipCidrRange'), longestSubnetPrefix);
  });
  return [primary, ...secondary];
}

function readRange(field: string, text: string | undefined, longestPrefix: number): SubnetRange {
  if (text === undefined) return reject(missingField, field);
  const range = parseRange(text);
  if (range === undefined || !range.exact) return reject(badSubnetRange, field, text);
  if (range.prefixLength < shortestPrefix || range.prefixLength > longestPrefix)
    reject(rangeSize, field, text, longestPrefix);
  for (const other of prohibited) {
    if (other.range !== undefined && overlaps(range, other.range)) reject(prohibitedRange, field, text, other.text);
  }
  return { field, text, range };
}

/** Refuses ranges that overlap each other or those of a subnetwork of the same network, in whatever region. */
export function checkOverlaps(ranges: readonly SubnetRange[], target: Target, neighbours: readonly Resource[]): void {
  ranges.forEach(({ field, text, range }, index) => {
    if (ranges.slice(0, index).some((earlier) => overlaps(range, earlier.range)))
      reject(overlappingRange, field, text, target.name, target.place.region ?? '');
    for (const neighbour of neighbours) {
      if (takenRanges(neighbour.body).some((taken) => overlaps(range, taken)))
        reject(overlappingRange, field, text, neighbour.name, neighbour.place.region ?? '');
    }
  });
}

function takenRanges(body: JsonMap): readonly Range[] {
  const secondary = mapsField(body, 'secondaryIpRanges').map((entry) => textField(entry, 'ipCidrRange'));
  return [textField(body, 'ipCidrRange'), ...secondary]
    .map((text) => parseRange(text ?? ''))
    .filter((range) => range !== undefined);
}
