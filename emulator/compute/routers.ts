/** Cloud routers and the NAT gateways that are written inside them. */
import type { JsonMap } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { linkOf } from './collections.ts';
import { mapsField, textField, textsField } from './fields.ts';
import { invalidField, malformedUrl, missingField } from './rejections.ts';
import { type CollectionRules, profileFeature, requireName, requireReady, type Scene, type Target } from './rules.ts';
import type { Resource } from './store.ts';

const routerOnProfile = defineRejection({
  id: 'compute.routerOnRoceNetwork',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "Create a VPC network with an RDMA network profile": configuring an unsupported feature is an error',
  message: (network: string, feature: string) =>
    invalidField('resource.network', network, `${feature} is not supported by the network profile of the network.`),
});

const secondNat = defineRejection({
  id: 'compute.secondNat',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'google/osv.dev #5629; compute.proto, RouterNat.source_subnetwork_ip_ranges_to_nat',
  message: (field: string, option: string) =>
    invalidField(field, option, `Can not create new Nats since a Nat with option ${allRanges} exists.`),
});

const repeatedNatName = defineRejection({
  id: 'compute.repeatedNatName',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: wording only; compute.proto, RouterNat.name: unique name of this Nat service',
  message: (field: string, name: string) => invalidField(field, name, 'The name is used by another Nat of the router.'),
});

const natAddresses = defineRejection({
  id: 'compute.natAddresses',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; compute.proto, RouterNat.nat_ip_allocate_option: AUTO_ONLY without, MANUAL_ONLY with nat_ips',
  message: (field: string, option: string) =>
    invalidField(field, option, 'natIps must be set with MANUAL_ONLY and with no other option.'),
});

const immutableNetwork = defineRejection({
  id: 'compute.immutableRouterNetwork',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'GoogleCloudPlatform/magic-modules #15123 (another resource that belongs to a network); that it holds for routers: ' +
    'google_compute_router of Terraform recreates them',
  message: (network: string) => invalidField('resource.network', network, 'Network field cannot be modified.'),
});

const allRanges = 'ALL_SUBNETWORKS_ALL_IP_RANGES';

/** compute.proto, RouterNat: "defaults to" of each field. That a GET shows them is assumed. */
const natDefaults: JsonMap = {
  type: 'PUBLIC',
  endpointTypes: ['ENDPOINT_TYPE_VM'],
  enableEndpointIndependentMapping: false,
  icmpIdleTimeoutSec: 30,
  tcpEstablishedIdleTimeoutSec: 1200,
  tcpTimeWaitTimeoutSec: 120,
  tcpTransitoryIdleTimeoutSec: 30,
  udpIdleTimeoutSec: 30,
};

export const routerRules: CollectionRules = {
  message: 'Router',
  // Our estimate, from what builds of others show; Google publishes no figure.
  changeMs: [10_000, 30_000],
  prepare: prepareRouter,
};

function prepareRouter(body: JsonMap, target: Target, scene: Scene): JsonMap {
  const value = textField(body, 'network');
  const network = requireReady({ field: 'resource.network', value, collection: 'networks' }, scene);
  const link = linkOf(network.path);
  const known = scene.store.find(target.path);
  if (known !== undefined && known.body['network'] !== link) reject(immutableNetwork, link);

  const nats = mapsField(body, 'nats');
  if (profileFeature(network, 'allowCloudRouter', scene) === 'CLOUD_ROUTER_BLOCKED')
    reject(routerOnProfile, link, 'Cloud Router');
  if (nats.length > 0 && profileFeature(network, 'allowCloudNat', scene) === 'CLOUD_NAT_BLOCKED')
    reject(routerOnProfile, link, 'Cloud NAT');

  const others = scene.store
    .inNetwork('routers', network.path)
    .filter((router) => router.path !== target.path && router.place.region === target.place.region)
    .flatMap((router) => mapsField(router.pending ?? router.body, 'nats'));
  checkNats(nats, others);
  return {
    ...body,
    network: link,
    ...(nats.length > 0 && { nats: nats.map((nat, index) => prepareNat(nat, index, { network, target, scene })) }),
  };
}

/** `others`: the NATs of the other routers of this network and region. */
function checkNats(nats: readonly JsonMap[], others: readonly JsonMap[]): void {
  nats.forEach((nat, index) => {
    const field = `resource.nats[${index}]`;
    const name = requireName(`${field}.name`, textField(nat, 'name'));
    if (nats.slice(0, index).some((earlier) => earlier['name'] === name))
      reject(repeatedNatName, `${field}.name`, name);

    const option = textField(nat, 'sourceSubnetworkIpRangesToNat');
    if (option === undefined) return reject(missingField, `${field}.sourceSubnetworkIpRangesToNat`);
    const neighbours = [...others, ...nats.slice(0, index)];
    const exclusive = neighbours.some((other) => other['sourceSubnetworkIpRangesToNat'] === allRanges);
    if (exclusive || (option === allRanges && neighbours.length > 0))
      reject(secondNat, `${field}.sourceSubnetworkIpRangesToNat`, option);

    const manual = textField(nat, 'natIpAllocateOption') === 'MANUAL_ONLY';
    if (manual !== textsField(nat, 'natIps').length > 0)
      reject(natAddresses, `${field}.natIpAllocateOption`, textField(nat, 'natIpAllocateOption') ?? '');
  });
}

interface NatPlace {
  readonly network: Resource;
  readonly target: Target;
  readonly scene: Scene;
}

function prepareNat(nat: JsonMap, index: number, { network, target, scene }: NatPlace): JsonMap {
  const field = `resource.nats[${index}]`;
  if (textField(nat, 'sourceSubnetworkIpRangesToNat') !== 'LIST_OF_SUBNETWORKS') return { ...natDefaults, ...nat };
  const listed = mapsField(nat, 'subnetworks');
  if (listed.length === 0) return reject(missingField, `${field}.subnetworks`);
  const subnetworks = listed.map((entry, position) => {
    const name = { field: `${field}.subnetworks[${position}].name`, value: textField(entry, 'name') };
    const subnet = requireReady({ ...name, collection: 'subnetworks' }, scene);
    if (subnet.body['network'] !== linkOf(network.path) || subnet.place.region !== target.place.region)
      reject(malformedUrl, name.field, name.value ?? '');
    // compute.proto, RouterNatSubnetworkToNat.source_ip_ranges_to_nat: default [ALL_IP_RANGES].
    return { sourceIpRangesToNat: ['ALL_IP_RANGES'], ...entry, name: linkOf(subnet.path) };
  });
  return { ...natDefaults, ...nat, subnetworks };
}
