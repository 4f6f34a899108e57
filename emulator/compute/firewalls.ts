/** VPC firewall rules. */
import type { JsonMap } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { parseRange } from './cidr.ts';
import { linkOf } from './collections.ts';
import { mapsField, numberField, textField, textsField } from './fields.ts';
import { badRange, invalidField, outOfRange } from './rejections.ts';
import { type CollectionRules, profileFeature, requireReady, type Scene, type Target } from './rules.ts';

const firewallOnProfile = defineRejection({
  id: 'compute.firewallOnRoceNetwork',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording only; Google documentation, "Cloud NGFW for RoCE VPC networks": they do not support VPC firewall rules',
  message: (network: string) =>
    invalidField(
      'resource.network',
      network,
      'VPC firewall rules are not supported by the network profile of the network.',
    ),
});

const badProtocol = defineRejection({
  id: 'compute.badProtocol',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'googleapis/google-cloud-java #4292',
  message: (field: string, value: string) => invalidField(field, value, 'Invalid IP protocol specification.'),
});

const noAction = defineRejection({
  id: 'compute.firewallWithoutAction',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: wording only; Google documentation, "VPC firewall rules": a rule either allows or denies',
  message: (count: string) =>
    invalidField('resource', '', `Exactly one of allowed and denied must be given, not ${count}.`),
});

/** compute.proto, Firewall.priority. */
const priorityRange = [0, 65_535] as const;

/** Names that stand for protocol numbers: Google documentation, "VPC firewall rules". Anything else must be a number. */
const protocolNames = ['tcp', 'udp', 'icmp', 'esp', 'ah', 'sctp', 'ipip', 'all'];

export const firewallRules: CollectionRules = {
  message: 'Firewall',
  // Our estimate; Google publishes no figure.
  changeMs: [10_000, 10_000],
  prepare: prepareFirewall,
};

function prepareFirewall(body: JsonMap, _target: Target, scene: Scene): JsonMap {
  // compute.proto, Firewall.network: without it the rule belongs to the default network.
  const value = textField(body, 'network') ?? 'global/networks/default';
  const network = requireReady({ field: 'resource.network', value, collection: 'networks' }, scene);
  if (profileFeature(network, 'allowVpcFirewallRules', scene) === 'VPC_FIREWALL_RULES_BLOCKED')
    reject(firewallOnProfile, value);
  checkTraffic(body);

  const ingress = textField(body, 'direction') !== 'EGRESS';
  const sources = [...textsField(body, 'sourceRanges'), ...textsField(body, 'sourceTags')];
  return {
    direction: 'INGRESS',
    priority: 1000,
    disabled: false,
    logConfig: { enable: false },
    // A rule for ingress that names no source matches every source.
    ...(ingress && sources.length === 0 && { sourceRanges: ['0.0.0.0/0'] }),
    ...body,
    network: linkOf(network.path),
  };
}

function checkTraffic(body: JsonMap): void {
  const priority = numberField(body, 'priority');
  if (priority !== undefined && (priority < priorityRange[0] || priority > priorityRange[1]))
    reject(outOfRange, 'resource.priority', priority, priorityRange);

  const actions = (['allowed', 'denied'] as const).filter((action) => mapsField(body, action).length > 0);
  if (actions.length !== 1) reject(noAction, actions.length === 0 ? 'none' : 'both');
  for (const action of actions) {
    mapsField(body, action).forEach((rule, index) => {
      const protocol = textField(rule, 'IPProtocol') ?? '';
      if (!protocolNames.includes(protocol) && !/^\d{1,3}$/.test(protocol))
        reject(badProtocol, `resource.${action}[${index}].IPProtocol`, protocol);
    });
  }
  for (const field of ['sourceRanges', 'destinationRanges']) {
    textsField(body, field).forEach((range, index) => {
      // IPv6 ranges are allowed too; we do not read them.
      if (!range.includes(':') && parseRange(range) === undefined)
        reject(badRange, `resource.${field}[${index}]`, range);
    });
  }
}
