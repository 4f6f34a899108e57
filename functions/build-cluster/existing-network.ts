/** What must hold of somebody else's primary network before a cluster is put into it. Pure. */
import { type Cidr, enclosingRange, overlaps } from '#shared/domain/cidr.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';

interface NamedRange {
  readonly name: string;
  readonly text: string;
  readonly range: Cidr;
}

/** Problems with what to do; none for a network of our own. `subnetworks`: those of the region, as Compute Engine shows them. */
export function checkExistingNetwork(wanted: ResolvedCluster, subnetworks: readonly JsonObject[]): readonly string[] {
  if (wanted.addresses.primary !== undefined) return [];
  const { names, place } = wanted;
  const where = `spec.networking.primary.existing, subnetwork ${names.primarySubnetwork}`;
  const subnetwork = subnetworks.find((body) => body['name'] === names.primarySubnetwork);
  if (subnetwork === undefined) return [`${where}: does not exist in ${place.region}: create it, or name another`];

  const secondary = listAt(subnetwork, 'secondaryIpRanges');
  const missing = [names.podsRange, names.servicesRange].filter(
    (name) => !secondary.some((range) => textAt(range, 'rangeName') === name),
  );
  const noRanges = missing.map((name) => `${where}: has no secondary range ${name}: add it, or name another`);
  return [...noRanges, ...checkOverlaps(wanted, subnetwork)];
}

/** Node networks must not overlap (GKE documentation, "Set up multi-network support for Pods"). */
function checkOverlaps({ addresses: { blocks } }: ResolvedCluster, subnetwork: JsonObject): readonly string[] {
  const theirs = [
    toRange('the nodes', textAt(subnetwork, 'ipCidrRange')),
    ...listAt(subnetwork, 'secondaryIpRanges').map((range) =>
      toRange(`the range ${textAt(range, 'rangeName') ?? '(unnamed)'}`, textAt(range, 'ipCidrRange')),
    ),
  ].flat();
  const subnet = textAt(subnetwork, 'name') ?? '(unnamed)';
  return Object.entries(blocks).flatMap(([name, { text, isDefault }]) =>
    toRange(name, text).flatMap((mine) =>
      theirs
        .filter((other) => overlaps(mine.range, other.range))
        .map((other) =>
          formatProblem({
            field: `spec.networking.addresses.${name}`,
            value: text,
            ...(isDefault && { isDefault }),
            rule: `must not overlap ${other.name} (${other.text}) of subnetwork ${subnet}`,
            fix: 'write a range that is free there',
          }),
        ),
    ),
  );
}

function toRange(name: string, text: string | undefined): readonly NamedRange[] {
  const range = text === undefined ? undefined : enclosingRange(text);
  return text === undefined || range === undefined ? [] : [{ name, text, range }];
}
