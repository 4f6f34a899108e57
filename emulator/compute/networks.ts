/** VPC networks, with or without an RDMA network profile. */
import { defineRejection, reject } from '../world/rejection.ts';
import type { JsonMap } from '../world/json.ts';
import { linkOf } from './collections.ts';
import { mapField, numberField, textField } from './fields.ts';
import { notServed, outOfRange } from './rejections.ts';
import { type CollectionRules, requireReady, type Scene, type Target } from './rules.ts';

const autoModeOnProfile = defineRejection({
  id: 'compute.autoModeOnProfile',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "Create a VPC network with an RDMA network profile": custom mode only',
  message: (profile: string) =>
    `Invalid value for field 'resource.autoCreateSubnetworks': 'true'. Auto mode is not allowed with the network profile ${profile}.`,
});

/** Bytes; compute.proto, Network.mtu. */
const mtuRange = [1300, 8896] as const;
/** Bytes; compute.proto, Network.mtu: the value of an unset field. */
const defaultMtu = 1460;
/** Bytes; Google documentation, "RDMA network profiles": the default of gcloud and the API for such a network. */
const profileMtu = 8896;

export const networkRules: CollectionRules = {
  message: 'Network',
  // Our estimate, from what builds of others show; Google publishes no figure.
  changeMs: [10_000, 40_000],
  prepare: prepareNetwork,
};

function prepareNetwork(body: JsonMap, target: Target, scene: Scene): JsonMap {
  const mtu = numberField(body, 'mtu');
  if (mtu !== undefined && (mtu < mtuRange[0] || mtu > mtuRange[1])) reject(outOfRange, 'resource.mtu', mtu, mtuRange);

  const reference = textField(body, 'networkProfile');
  const profile =
    reference === undefined
      ? undefined
      : requireReady({ field: 'resource.networkProfile', value: reference, collection: 'networkProfiles' }, scene);
  if (body['autoCreateSubnetworks'] !== false) {
    if (profile !== undefined) reject(autoModeOnProfile, profile.name);
    reject(notServed, 'networks in auto mode and legacy networks: send autoCreateSubnetworks: false');
  }
  return {
    networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
    ...body,
    mtu: mtu ?? (profile === undefined ? defaultMtu : profileMtu),
    routingConfig: { routingMode: 'REGIONAL', ...mapField(body, 'routingConfig') },
    ...(profile !== undefined && { networkProfile: linkOf(profile.path) }),
    selfLinkWithId: linkOf(target.path.replace(/[^/]+$/, textField(body, 'id') ?? '')),
  };
}
