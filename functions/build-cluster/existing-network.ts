/** What must hold of somebody else's primary network before a cluster is put into it. Pure. */
import { type Cidr, enclosingRange, overlaps } from '#shared/domain/cidr.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';

interface NamedRange {
  readonly name: string;
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
function checkOverlaps({ addresses }: ResolvedCluster, subnetwork: JsonObject): readonly string[] {
  const theirs = [
    toRange('its nodes', textAt(subnetwork, 'ipCidrRange')),
    ...listAt(subnetwork, 'secondaryIpRanges').map((range) =>
      toRange(`its range ${textAt(range, 'rangeName') ?? '(unnamed)'}`, textAt(range, 'ipCidrRange')),
    ),
  ].flat();
  const ours = [
    toRange('spec.networking.addresses.gvnic', addresses.gvnic),
    ...addresses.rdma.map((range) => toRange('spec.networking.addresses.rdma', range)),
  ].flat();
  const clashes = ours.flatMap((mine) =>
    theirs.filter((other) => overlaps(mine.range, other.range)).map((other) => `${mine.name} overlaps ${other.name}`),
  );
  const subnet = textAt(subnetwork, 'name') ?? '(unnamed)';
  return [...new Set(clashes)].map((clash) => `${clash} in subnetwork ${subnet}: choose a range that is free there`);
}

function toRange(name: string, text: string | undefined): readonly NamedRange[] {
  const range = text === undefined ? undefined : enclosingRange(text);
  return range === undefined ? [] : [{ name, range }];
}
