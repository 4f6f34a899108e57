/** Subnetworks: of ordinary networks, of networks with an RDMA profile, and the proxy-only ones. */
import type { JsonMap } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { addressText } from './cidr.ts';
import { linkOf, regionOfZone } from './collections.ts';
import { mapField, textField, textsField } from './fields.ts';
import { randomFingerprint } from './identity.ts';
import { invalidField } from './rejections.ts';
import { type CollectionRules, profileOf, requireReady, type Scene, type Target } from './rules.ts';
import type { Resource } from './store.ts';
import { checkOverlaps, longestProxyPrefix, longestSubnetPrefix, readRanges } from './subnet-ranges.ts';

const missingRole = defineRejection({
  id: 'compute.missingRole',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'hashicorp/terraform-provider-google #13438',
  message: (purpose: string) =>
    invalidField(
      'resource.role',
      'UNSPECIFIED_ROLE',
      `Subnetwork role must be specified when purpose set to ${purpose}.`,
    ),
});

const fieldOnProxySubnet = defineRejection({
  id: 'compute.fieldOnProxySubnet',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'GoogleCloudPlatform/k8s-config-connector #678',
  message: (field: string, value: string, purpose: string) =>
    invalidField(field, value, `Invalid field set in subnetwork with purpose ${purpose}.`),
});

const secondActiveProxySubnet = defineRejection({
  id: 'compute.secondActiveProxySubnet',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "Proxy-only subnets for Envoy-based load balancers": one active per network, region and purpose',
  message: (purpose: string, subnet: string) =>
    invalidField(
      'resource.role',
      'ACTIVE',
      `The network has the active subnetwork '${subnet}' with purpose ${purpose} in this region already.`,
    ),
});

const outsideProfileZone = defineRejection({
  id: 'compute.outsideProfileZone',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "RDMA network profiles": subnets lie in the region of the profile’s zone',
  message: (region: string, zone: string) =>
    invalidField('resource.region', region, `The network profile restricts the network to zone ${zone}.`),
});

const notAllowedByProfile = defineRejection({
  id: 'compute.subnetNotAllowedByProfile',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; compute.proto, NetworkProfileNetworkFeatures.subnetwork_purposes and subnetwork_stack_types',
  message: (field: string, value: string, allowed: readonly string[]) =>
    invalidField(field, value, `The network profile of the network allows only: ${allowed.join(', ')}.`),
});

/** Purposes of subnets that hold the addresses of load balancer proxies and nothing else. */
const proxyPurposes = ['REGIONAL_MANAGED_PROXY', 'GLOBAL_MANAGED_PROXY', 'INTERNAL_HTTPS_LOAD_BALANCER'];

export const subnetworkRules: CollectionRules = {
  message: 'Subnetwork',
  // Our estimate, from what builds of others show; Google publishes no figure.
  changeMs: [10_000, 30_000],
  prepare: prepareSubnetwork,
};

function prepareSubnetwork(body: JsonMap, target: Target, scene: Scene): JsonMap {
  const purpose = textField(body, 'purpose') ?? 'PRIVATE';
  const proxy = proxyPurposes.includes(purpose);
  const ranges = readRanges(body, proxy ? longestProxyPrefix : longestSubnetPrefix);
  const network = requireReady(
    { field: 'resource.network', value: textField(body, 'network'), collection: 'networks' },
    scene,
  );
  const neighbours = scene.store.inNetwork('subnetworks', network.path);
  if (proxy) checkProxySubnet(body, purpose, target, neighbours);
  checkProfile(body, purpose, { target, network, scene });
  checkOverlaps(ranges, target, neighbours);
  return {
    // compute.proto, Subnetwork: IPV4_ONLY is the value of an unset stackType.
    stackType: 'IPV4_ONLY',
    purpose,
    ...(!proxy && {
      privateIpGoogleAccess: false,
      privateIpv6GoogleAccess: 'DISABLE_GOOGLE_ACCESS',
      // The second address of the range is the gateway's (Google documentation, "Subnets", reserved addresses).
      gatewayAddress: addressText(ranges[0].range.first + 1),
    }),
    ...body,
    ...(proxy && { state: 'READY' }),
    network: linkOf(network.path),
    fingerprint: randomFingerprint(scene.base.random, target.path),
  };
}

function checkProxySubnet(body: JsonMap, purpose: string, target: Target, neighbours: readonly Resource[]): void {
  if (textField(body, 'role') === undefined) reject(missingRole, purpose);
  for (const field of ['logConfig', 'enableFlowLogs']) {
    const value = body[field];
    if (value !== undefined) reject(fieldOnProxySubnet, `resource.${field}`, JSON.stringify(value), purpose);
  }
  const active = neighbours.find(
    ({ body: other, place }) =>
      other['role'] === 'ACTIVE' && other['purpose'] === purpose && place.region === target.place.region,
  );
  if (textField(body, 'role') === 'ACTIVE' && active !== undefined)
    reject(secondActiveProxySubnet, purpose, active.name);
}

interface ProfileCheck {
  readonly target: Target;
  readonly network: Resource;
  readonly scene: Scene;
}

function checkProfile(body: JsonMap, purpose: string, { target, network, scene }: ProfileCheck): void {
  const profile = profileOf(network, scene)?.body;
  if (profile === undefined) return;
  const zone = textField(mapField(profile, 'location') ?? {}, 'name') ?? '';
  if (target.place.region !== regionOfZone(zone)) reject(outsideProfileZone, target.place.region ?? '', zone);

  const features = mapField(profile, 'features') ?? {};
  const wanted = [
    { field: 'purpose', value: purpose, allowed: textsField(features, 'subnetworkPurposes') },
    {
      field: 'stackType',
      value: textField(body, 'stackType') ?? 'IPV4_ONLY',
      allowed: textsField(features, 'subnetworkStackTypes'),
    },
  ];
  for (const { field, value, allowed } of wanted) {
    if (!allowed.includes(value)) reject(notAllowedByProfile, `resource.${field}`, value, allowed);
  }
}
