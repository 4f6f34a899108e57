/**
 * In what the world that one message builds, and the bodies that it sends, may differ from those of the recorded gcloud commands.
 */
import type { ConformanceException } from '../report/exception.ts';
import type { Difference } from './differences.ts';

export interface Kind extends ConformanceException {
  /** Whether a difference is of this kind. `settled`: the two worlds, read back, are equal at that place. */
  readonly covers: (difference: Difference, settled: boolean) => boolean;
}

const wire = 'gcloud';
/** Google documentation, the page of a command. */
const reference = (command: string) => `gcloud reference, "gcloud ${command}"`;
const mark = '{"managed-by":"inference-fleet","target":"cluster/llmd"}';

export const exceptions: readonly Kind[] = [
  {
    wire,
    id: 'ownership',
    kind: 'choice-of-ours',
    reason:
      'What we build carries our mark, as a description or as labels; the commands give a description of their own to one network, and label the cluster as theirs.',
    source: `shared/domain/ownership.ts; ${reference('container clusters create')}, --labels`,
    covers: ({ path, ours }) =>
      (path === 'description' && ours === mark) ||
      /\bresourceLabels\.(managed-by|fleet-cluster|fleet-pool)$/.test(path),
  },
  {
    wire,
    id: 'names',
    kind: 'choice-of-ours',
    reason:
      'Two firewalls, the cluster and its first pool are called otherwise, and with them the groups of machines: our names follow from that of the cluster.',
    source: 'shared/domain/cluster-names.ts',
    covers: ({ path, real }) =>
      /^(nodePools\.system\.)?name$/.test(path) &&
      /^(llmd-internal-[01]|llmd-cluster|default-pool|gke-llmd-cluster-[-\w]+-grp)$/.test(String(real)),
  },
  {
    wire,
    id: 'firewall-sources',
    kind: 'choice-of-ours',
    reason: 'Our firewalls admit the ranges of their own network, theirs all of 192.168.0.0/16: less is open.',
    source: 'manifests/network/firewalls.ts',
    covers: ({ resource, path, real, ours }) =>
      resource.startsWith('firewall ') &&
      path === 'sourceRanges.0' &&
      real === '192.168.0.0/16' &&
      ['192.168.0.0/18', '192.168.64.0/18'].includes(String(ours)),
  },
  {
    wire,
    id: 'nat-in-the-router',
    kind: 'choice-of-ours',
    reason: 'We create a router with its NAT in one call; gcloud creates it without and patches it.',
    source: `manifests/network/router.ts; ${reference('compute routers nats create')}`,
    covers: ({ resource, path, real }, settled) =>
      resource === 'router llmd-router' && path.startsWith('nats.') && real === undefined && settled,
  },
  {
    wire,
    id: 'partial-urls',
    kind: 'choice-of-ours',
    reason: 'We name a network by its partial URL; gcloud sends the whole one, on the endpoint that it is set to.',
    source: 'manifests/network/subnetworks.ts; google/cloud/compute/v1/compute.proto, Subnetwork.network',
    covers: ({ path, real, ours }) =>
      /^network(Profile)?$/.test(path) &&
      typeof ours === 'string' &&
      ours !== '' &&
      String(real).endsWith(`/compute/v1/${ours}`),
  },
  {
    wire,
    id: 'add-ons-by-name',
    kind: 'choice-of-ours',
    reason: 'We name the add-ons that are to be off as well; gcloud leaves out those without a switch in its flag.',
    source: `manifests/cluster/cluster.ts; ${reference('container clusters create')}, --addons`,
    covers: ({ path, real, ours }) =>
      /^addonsConfig\.\w+$/.test(path) && real === undefined && JSON.stringify(ours) === '{}',
  },
  {
    wire,
    id: 'maintenance-exclusion',
    kind: 'limit-of-real',
    reason:
      'We exclude automatic node upgrades for as long as the version is supported; this gcloud has no flag for that.',
    source: `manifests/cluster/cluster.ts; ${reference('container clusters update')}, --add-maintenance-exclusion-until-end-of-support (newer than gcloud 528)`,
    covers: ({ path, real }) => path.startsWith('maintenancePolicy.') && real === undefined,
  },
  {
    wire,
    id: 'secure-boot',
    kind: 'choice-of-ours',
    reason: 'Our nodes boot signed software only; the commands do not ask for it.',
    source: `manifests/cluster/node-config.ts; ${reference('container node-pools create')}, --shielded-secure-boot`,
    covers: ({ path, real, ours }) =>
      path.endsWith('shieldedInstanceConfig.enableSecureBoot') && real === undefined && ours === true,
  },
  {
    wire,
    id: 'threads-per-core',
    kind: 'choice-of-ours',
    reason: 'Our GPU nodes have one thread per core; the commands leave hyper-threading on.',
    source: `manifests/cluster/gpu-pool.ts; ${reference('container node-pools create')}, --threads-per-core`,
    covers: ({ path, real, ours }) =>
      path.endsWith('config.advancedMachineFeatures.threadsPerCore') && real === undefined && ours === '1',
  },
  {
    wire,
    id: 'labels-on-every-pool',
    kind: 'choice-of-ours',
    reason: 'The document’s labels are on every pool; --labels of a cluster reaches its first pool only.',
    source: `manifests/cluster/node-config.ts; ${reference('container clusters create')}, --labels`,
    covers: ({ path, real, ours }) =>
      path.endsWith('config.resourceLabels.environment') && real === undefined && ours === 'test',
  },
  {
    wire,
    id: 'defaults-in-words',
    kind: 'choice-of-ours',
    reason: 'We send what GKE would fill in, since defaults have changed with versions; the worlds are equal there.',
    source: 'manifests/cluster/cluster.ts; manifests/cluster/gpu-pool.ts',
    covers: ({ resource, real }, settled) => /^(cluster|node pool) /.test(resource) && real === undefined && settled,
  },
];
