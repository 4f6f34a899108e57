/** The form of a `Cluster` document. What depends on several fields or on the catalogue is in the rules beside this file. */
import * as z from 'zod';
import type { ClusterDocument } from '../../domain/cluster.ts';
import { clusterDefaults as defaults } from '../../domain/cluster-defaults.ts';
import { envelope } from '../envelope.ts';
import { choice, dollars, flag, text, whole } from '../fields.ts';
import { projectId } from '../names.ts';
import { gpuPool } from './gpu-pool-schema.ts';
import { networking } from './networking-schema.ts';

/** Left out, it has the defaults of domain/cluster-defaults.ts; the bounds are what GKE takes for a boot disk and one pool. */
export const systemPool = z
  .strictObject({
    machineType: text({
      describe: 'Machine type of the system nodes, without GPUs',
      pattern: /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/,
      rule: 'must be a machine type',
      example: defaults.systemPool.machineType,
      default: defaults.systemPool.machineType,
    }).exactOptional(),
    nodes: whole({ describe: 'System nodes', min: 1, max: 100, default: defaults.systemPool.nodes }).exactOptional(),
    diskSizeGb: whole({
      describe: 'Boot disk, GB',
      min: 20,
      max: 65_536,
      default: defaults.systemPool.diskSizeGb,
    }).exactOptional(),
    usdPerNodeHour: dollars({
      describe: 'Your price in US dollars per node and hour, where ours is unknown',
    }).exactOptional(),
  })
  .meta({ description: 'Nodes for everything that is not a GPU workload' });

/** Far above what one RDMA network is used for, and small enough for the ledger: a step takes about 300 bytes of one record. */
export const MAX_GPU_POOLS = 64;

/** Names are compared by a rule, and so is whether the zone's RDMA network has room for all of them. */
export const gpuPools = z
  .array(gpuPool)
  .min(1)
  .max(MAX_GPU_POOLS)
  .meta({ description: `GPU node pools, 1 to ${MAX_GPU_POOLS}` });

const version = text({
  describe: "Exact control-plane version; the channel's default when left out",
  pattern: /^\d+\.\d+\.\d+-gke\.\d+$/,
  rule: 'must be a full GKE version',
  example: '1.33.4-gke.1134000',
});

/** The places and the version, by themselves: rules look at each of them even if another one is wrong. */
export const place = {
  project: projectId('Project that everything is built in'),
  region: text({
    describe: 'Region of the control plane and the subnets',
    pattern: /^[a-z]+-[a-z]+\d+$/,
    rule: 'must be a region',
    example: 'us-central1',
  }),
  zone: text({
    describe: 'The one zone of all nodes; RDMA networks are zonal',
    pattern: /^[a-z]+-[a-z]+\d+-[a-z0-9]+$/,
    rule: 'must be a zone',
    example: 'us-central1-b',
  }),
  version,
};

/** Strict at every level: a field that nobody reads is a typing error, and is named. */
export const clusterDocument = envelope(
  'Cluster',
  z
    .strictObject({
      project: place.project,
      region: place.region,
      zone: place.zone,
      releaseChannel: choice(['RAPID', 'REGULAR', 'STABLE'], {
        describe: 'GKE release channel',
        default: defaults.releaseChannel,
      }).exactOptional(),
      version: version.exactOptional(),
      networking: networking.exactOptional(),
      systemPool: systemPool.exactOptional(),
      gpuPools,
      addOns: z
        .strictObject({
          rdmaInstaller: flag({
            describe: 'Install the RDMA libraries and the gIB plugin on GPU nodes',
            default: defaults.addOns.rdmaInstaller,
          }).exactOptional(),
        })
        .meta({ description: 'What we install in the cluster' })
        .exactOptional(),
      workloadIdentity: flag({
        describe: 'Workload Identity Federation for pods',
        default: defaults.workloadIdentity,
      }).exactOptional(),
      protection: z
        .strictObject({
          deletion: flag({
            describe: 'Refuse every deletion until a document switches this off',
            default: defaults.protection.deletion,
          }).exactOptional(),
        })
        .meta({ description: 'Guards' })
        .exactOptional(),
    })
    .meta({ description: 'An RDMA GPU cluster on GKE' }),
) satisfies z.ZodType<ClusterDocument>;
