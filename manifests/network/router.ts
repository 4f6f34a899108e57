import { ownershipDescription } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { networkPath } from './networks.ts';

/** `compute.v1.Router`, the fields of a creation; the region is part of the call. */
export type RouterBody = {
  readonly name: string;
  readonly description: string;
  readonly network: string;
  readonly nats: readonly [NatBody];
};

/** All ranges of all subnets, the pods' secondary ranges included: pods have no address of their own outside. */
export type NatBody = {
  readonly name: string;
  readonly natIpAllocateOption: 'AUTO_ONLY';
  readonly sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES';
  readonly logConfig: { readonly enable: true; readonly filter: 'ERRORS_ONLY' };
};

/**
 * The way out for private nodes, e.g. to registries that are not Google's. NAT is no resource of its own but a part of the router, so
 * both are created by one call. Undefined when the primary network is somebody else's: then its way out is too.
 */
export function routerWithNat(cluster: ResolvedCluster): RouterBody | undefined {
  const { names, addresses, target } = cluster;
  if (addresses.primary === undefined) return undefined;
  return {
    name: names.router,
    description: ownershipDescription(target),
    network: networkPath(cluster, names.primaryNetwork),
    nats: [
      {
        name: names.nat,
        natIpAllocateOption: 'AUTO_ONLY',
        sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
        logConfig: { enable: true, filter: 'ERRORS_ONLY' },
      },
    ],
  };
}
