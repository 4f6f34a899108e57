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
/** The page prints the sources, and stands elsewhere. */
const readme = 'README of the gcloud recording';
const mark = '{"managed-by":"inference-fleet","target":"cluster/llmd"}';

export const exceptions: readonly Kind[] = [
  {
    wire,
    id: 'ownership',
    reason:
      'What we build carries our mark, as a description or as labels; the commands give a description of their own to one network, and label the cluster as theirs.',
    source: `${readme}, section 2.1 (description), 2.2 (--labels)`,
    covers: ({ path, ours }) =>
      (path === 'description' && ours === mark) ||
      /\bresourceLabels\.(managed-by|fleet-cluster|fleet-pool)$/.test(path),
  },
  {
    wire,
    id: 'names',
    reason:
      'Two firewalls, the cluster and its first pool are called otherwise, and with them the groups of machines: our names follow from that of the cluster.',
    source: `${readme}, section 1, and the commands themselves`,
    covers: ({ path, real }) =>
      /^(nodePools\.system\.)?name$/.test(path) &&
      /^(llmd-internal-[01]|llmd-cluster|default-pool|gke-llmd-cluster-[-\w]+-grp)$/.test(String(real)),
  },
  {
    wire,
    id: 'firewall-sources',
    reason: 'Our firewalls admit the ranges of their own network, theirs all of 192.168.0.0/16: less is open.',
    source: `${readme}, section 2.1, firewall`,
    covers: ({ resource, path, real, ours }) =>
      resource.startsWith('firewall ') &&
      path === 'sourceRanges.0' &&
      real === '192.168.0.0/16' &&
      ['192.168.0.0/18', '192.168.64.0/18'].includes(String(ours)),
  },
  {
    wire,
    id: 'nat-in-the-router',
    reason: 'We create a router with its NAT in one call; gcloud creates it without and patches it.',
    source: `${readme}, section 1, NAT; section 7: both forms must work`,
    covers: ({ resource, path, real }, settled) =>
      resource === 'router llmd-router' && path.startsWith('nats.') && real === undefined && settled,
  },
  {
    wire,
    id: 'partial-urls',
    reason: 'We name a network by its partial URL; gcloud sends the whole one, on the endpoint that it is set to.',
    source: `${readme}, section 2.1, RDMA network`,
    covers: ({ path, real, ours }) =>
      /^network(Profile)?$/.test(path) &&
      typeof ours === 'string' &&
      ours !== '' &&
      String(real).endsWith(`/compute/v1/${ours}`),
  },
  {
    wire,
    id: 'add-ons-by-name',
    reason: 'We name the add-ons that are to be off as well; gcloud leaves out those without a switch in its flag.',
    source: `${readme}, section 2.2, --addons`,
    covers: ({ path, real, ours }) =>
      /^addonsConfig\.\w+$/.test(path) && real === undefined && JSON.stringify(ours) === '{}',
  },
  {
    wire,
    id: 'maintenance-exclusion',
    reason:
      'We exclude automatic node upgrades for as long as the version is supported; this gcloud has no flag for that.',
    source: `${readme}, section 2.3, flags unknown to this client`,
    covers: ({ path, real }) => path.startsWith('maintenancePolicy.') && real === undefined,
  },
  {
    wire,
    id: 'secure-boot',
    reason: 'Our nodes boot signed software only; the commands do not ask for it.',
    source: `${readme}, section 2.3, shielded`,
    covers: ({ path, real, ours }) =>
      path.endsWith('shieldedInstanceConfig.enableSecureBoot') && real === undefined && ours === true,
  },
  {
    wire,
    id: 'threads-per-core',
    reason: 'Our GPU nodes have one thread per core; the commands leave hyper-threading on.',
    source: `${readme}, section 2.3, --threads-per-core`,
    covers: ({ path, real, ours }) =>
      path.endsWith('config.advancedMachineFeatures.threadsPerCore') && real === undefined && ours === '1',
  },
  {
    wire,
    id: 'labels-on-every-pool',
    reason: 'The document’s labels are on every pool; --labels of a cluster reaches its first pool only.',
    source: `${readme}, section 2.2, --labels`,
    covers: ({ path, real, ours }) =>
      path.endsWith('config.resourceLabels.environment') && real === undefined && ours === 'test',
  },
  {
    wire,
    id: 'defaults-in-words',
    reason: 'We send what GKE would fill in, since defaults have changed with versions; the worlds are equal there.',
    source: `${readme}, section 2.3 (driver), section 7 (sizes)`,
    covers: ({ resource, real }, settled) => /^(cluster|node pool) /.test(resource) && real === undefined && settled,
  },
];
