/** Turns the body of CreateCluster into a cluster, or rejects it. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import {
  badWorkloadPool,
  badZone,
  calicoWithDataplaneV2,
  gatewayNeedsLoadBalancing,
  multiNetworkingNeedsDataplaneV2,
  networkMissing,
  sameSecondaryRange,
  secondaryRangeMissing,
  subnetworkInvalid,
} from './cluster-rejections.ts';
import { findLocation } from './names.ts';
import { flagAt, mapsAt, textAt, textsAt } from './read.ts';
import { badResourceName, notServed } from './rejections.ts';
import type { ClusterState, GkeContext } from './state.ts';
import { resolveVersion } from './versions.ts';

/** otrack/cloud-computing-infrastructures #17 quotes the expression. */
const namePattern = /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/;

/**
 * Checks a body that is sent for `path`; its node pools are the caller's business. One problem is reported, the first in the
 * order name, place, features, version, networks: which one Google reports first is unknown.
 */
export function toCluster(context: GkeContext, path: string, body: JsonMap): ClusterState {
  const { nodePools: _, ...spec } = structuredClone(body);
  const name = textAt(spec, 'name');
  checkName('cluster.name', name);
  if (flagAt(spec, 'autopilot.enabled')) reject(notServed, 'Autopilot clusters');
  const location = path.split('/')[3] ?? '';
  const { region, zones } = findLocation(context.facts, location);
  checkFeatures(context, spec);
  return {
    name,
    path,
    location,
    region,
    zones: chooseZones(context, spec, { region, zones }),
    spec,
    version: resolveVersion(
      context.facts,
      textAt(spec, 'releaseChannel.channel'),
      textAt(spec, 'initialClusterVersion'),
    ),
    createdAtMs: context.base.clock.nowMs(),
    ...findNetworks(context, spec, region),
    pools: new Map(),
    status: 'PROVISIONING',
    statusMessage: '',
    conditions: [],
    reachable: false,
  };
}

/** Clusters and node pools have the same rule. `field` is the path in proto names. */
export function checkName(field: string, name: string): void {
  if (!namePattern.test(name)) reject(badResourceName, field, name);
}

/** Zones that a body names, all of them in the region, or else the default ones. */
export function chooseZones(
  context: GkeContext,
  spec: JsonMap,
  place: { readonly region: string; readonly zones: readonly string[] },
): readonly string[] {
  const named = textsAt(spec, 'locations');
  const outside = named.find((zone) => context.facts.zones[place.region]?.includes(zone) !== true);
  if (outside !== undefined) reject(badZone, outside);
  return named.length > 0 ? named : place.zones;
}

/** Choices that exclude or need each other. A field that is absent is off, except load balancing, which is on by default. */
function checkFeatures(context: GkeContext, spec: JsonMap): void {
  const dataplaneV2 = textAt(spec, 'networkConfig.datapathProvider') === 'ADVANCED_DATAPATH';
  const vpcNative = flagAt(spec, 'ipAllocationPolicy.useIpAliases');
  if (flagAt(spec, 'networkConfig.enableMultiNetworking') && !(dataplaneV2 && vpcNative))
    reject(multiNetworkingNeedsDataplaneV2);
  if (dataplaneV2 && flagAt(spec, 'networkPolicy.enabled')) reject(calicoWithDataplaneV2);
  const gateway = textAt(spec, 'networkConfig.gatewayApiConfig.channel') === 'CHANNEL_STANDARD';
  if (gateway && flagAt(spec, 'addonsConfig.httpLoadBalancing.disabled')) reject(gatewayNeedsLoadBalancing);
  const pool = textAt(spec, 'workloadIdentityConfig.workloadPool');
  if (pool !== '' && pool !== `${context.base.project}.svc.id.goog`)
    reject(badWorkloadPool, pool, context.base.project);
}

/** Both must be ready: a cluster cannot be made in a network whose own creation is still running. */
function findNetworks(
  context: GkeContext,
  spec: JsonMap,
  region: string,
): Pick<ClusterState, 'network' | 'subnetwork'> {
  const networkName = textAt(spec, 'network') || 'default';
  const network = context.compute.findNetwork(networkName);
  if (network === undefined) reject(networkMissing, context.base.project, networkName);
  // An automatic network has one subnetwork of its own name in each region.
  const subnetworkName = textAt(spec, 'subnetwork') || textAt(network, 'name');
  const subnetwork = context.compute.findSubnetwork(region, subnetworkName);
  if (subnetwork === undefined || !isSame(textAt(subnetwork, 'network'), textAt(network, 'name'))) {
    const path = `projects/${context.base.project}/regions/${region}/subnetworks/${lastPart(subnetworkName)}`;
    reject(subnetworkInvalid, path, textAt(network, 'name'));
  }
  checkSecondaryRanges(spec, network, subnetwork);
  return { network, subnetwork };
}

/** Without names GKE makes ranges of its own; with names they must be in the subnetwork already. */
function checkSecondaryRanges(spec: JsonMap, network: JsonMap, subnetwork: JsonMap): void {
  const pods = textAt(spec, 'ipAllocationPolicy.clusterSecondaryRangeName');
  const services = textAt(spec, 'ipAllocationPolicy.servicesSecondaryRangeName');
  if (pods !== '' && pods === services) reject(sameSecondaryRange, pods);
  const ranges = mapsAt(subnetwork, 'secondaryIpRanges').map((range) => textAt(range, 'rangeName'));
  const where = { network: textAt(network, 'selfLink'), subnetwork: textAt(subnetwork, 'name') };
  if (pods !== '' && !ranges.includes(pods)) reject(secondaryRangeMissing, 'Pod', pods, where);
  if (services !== '' && !ranges.includes(services)) reject(secondaryRangeMissing, 'Service', services, where);
}

/** Whether a name or URL ends in this name. */
export function isSame(nameOrUrl: string, name: string): boolean {
  return lastPart(nameOrUrl) === name;
}

function lastPart(nameOrUrl: string): string {
  return nameOrUrl.slice(nameOrUrl.lastIndexOf('/') + 1);
}
