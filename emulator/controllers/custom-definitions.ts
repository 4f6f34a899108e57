/** Custom resource definitions that GKE installs, as data. */
import type { JsonMap } from '../world/json.ts';
import { anything, conditions, definition, listOf, object, oneOf, record, text } from './definition.ts';

const networkSpec = record(
  {
    type: oneOf('L2', 'L3', 'Device'),
    provider: oneOf('GKE'),
    nodeInterfaceMatcher: record({ interfaceName: { type: 'string', minLength: 1 } }),
    l2NetworkConfig: record({
      vlanID: { type: 'integer', minimum: 1, maximum: 4094 },
      prefixLength4: { type: 'integer', minimum: 1, maximum: 32 },
    }),
    networkLifecycle: oneOf('AnthosManaged', 'UserManaged'),
    routes: listOf(record({ to: text }, ['to'])),
    gateway4: text,
    dnsConfig: record({ nameservers: { ...listOf(text), minItems: 1 }, searches: listOf(text) }, ['nameservers']),
    externalDHCP4: { type: 'boolean' },
    parametersRef: record({ group: text, kind: text, name: text, namespace: text }, ['group', 'kind', 'name']),
    IPAMMode: oneOf('Internal', 'External'),
    IPAMMode6: oneOf('Internal', 'External'),
  },
  ['type'],
);

const paramSetSpec = record(
  {
    vpc: text,
    vpcSubnet: text,
    deviceMode: oneOf('DPDK-VFIO', 'NetDevice', 'RDMA'),
    podIPv4Ranges: record({ rangeNames: { ...listOf(text), minItems: 1 } }, ['rangeNames']),
  },
  ['vpc', 'vpcSubnet'],
);

/** GoogleCloudPlatform/gke-networking-api config/crds/networking.gke.io_{networks,gkenetworkparamsets}.yaml. */
export const deviceNetworkDefinitions: readonly JsonMap[] = [
  definition({
    group: 'networking.gke.io',
    plural: 'networks',
    kind: 'Network',
    version: 'v1',
    schema: object(networkSpec, record({ conditions })),
  }),
  definition({
    group: 'networking.gke.io',
    plural: 'gkenetworkparamsets',
    kind: 'GKENetworkParamSet',
    version: 'v1',
    schema: object(
      paramSetSpec,
      record({ conditions, networkName: text, podCIDRs: record({ cidrBlocks: listOf(text) }, ['cidrBlocks']) }),
    ),
  }),
];

/** As the definitions of the standard channel say. */
const approval = 'https://github.com/kubernetes-sigs/gateway-api/pull/4530';

const gateway = (plural: string, kind: string, shortName: string): JsonMap =>
  definition({
    group: 'gateway.networking.k8s.io',
    approval,
    plural,
    kind,
    version: 'v1',
    shortNames: [shortName],
    schema: object(anything, anything),
    ...(kind !== 'GatewayClass' && { namespaced: true }),
  });

/**
 * The standard channel of kubernetes-sigs/gateway-api (config/crd/standard), which GKE installs with CHANNEL_STANDARD. Names and
 * scopes only: their fields are not checked.
 */
export const gatewayDefinitions: readonly JsonMap[] = [
  gateway('gatewayclasses', 'GatewayClass', 'gc'),
  gateway('gateways', 'Gateway', 'gtw'),
  gateway('httproutes', 'HTTPRoute', 'httproute'),
  definition({
    group: 'gateway.networking.k8s.io',
    approval,
    plural: 'referencegrants',
    kind: 'ReferenceGrant',
    version: 'v1beta1',
    namespaced: true,
    shortNames: ['refgrant'],
    schema: object(anything, anything),
  }),
];
