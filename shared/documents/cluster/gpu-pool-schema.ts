import * as z from 'zod';
import { clusterDefaults } from '../../domain/cluster-defaults.ts';
import { choice, dollars, flag, whole } from '../fields.ts';
import { gkeName, nodeLabelKey, nodeLabelValue, projectId, rfc1035 } from '../names.ts';

const defaults = clusterDefaults.pool;

/** GKE takes at most 1,000 nodes per pool and zone (GKE documentation, "Quotas and limits"). */
const MAX_POOL_NODES = 1000;

/** D13: building sets `initial`, afterwards only the owner changes the size. */
const size = z
  .strictObject({
    initial: whole({ describe: 'Nodes at creation', min: 0, max: MAX_POOL_NODES }),
    min: whole({
      describe: 'Fewest nodes; the initial number when left out',
      min: 0,
      max: MAX_POOL_NODES,
    }).exactOptional(),
    max: whole({
      describe: 'Most nodes; the initial number when left out',
      min: 0,
      max: MAX_POOL_NODES,
    }).exactOptional(),
    owner: choice(['inference-fleet', 'gke', 'fixed'], {
      describe: 'Who changes the size afterwards: this automation, the GKE autoscaler, or nobody',
      default: defaults.owner,
    }).exactOptional(),
  })
  .meta({ description: 'Number of nodes and who may change it' });

const reservation = z
  .strictObject({
    name: rfc1035('Reservation', 'h200-res'),
    project: projectId("Project that shares it; the cluster's own when left out").exactOptional(),
    block: rfc1035('Block of the reservation', 'block-1').exactOptional(),
    subBlock: rfc1035('Sub-block of the block', 'sub-block-1').exactOptional(),
  })
  .meta({ description: 'The one reservation that all nodes of the pool come from' });

/** Flex-start, calendar and any-reservation are left out, not guessed: each brings rules of its own. */
const consumption = z
  .strictObject({
    reservation: reservation.exactOptional(),
    spot: z.literal(true).meta({ description: 'Spot machines: cheaper, taken away at 30 s notice' }).exactOptional(),
  })
  .meta({
    description: 'Where the machines come from: one of the two. These machines have no plain on-demand',
    oneOf: [{ required: ['reservation'] }, { required: ['spot'] }],
  });

const taint = z
  .strictObject({
    key: nodeLabelKey,
    value: nodeLabelValue,
    effect: choice(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
      describe: 'What happens to pods that do not tolerate it',
    }),
  })
  .meta({ description: 'A taint of every node' });

/** Disks, image streaming and host maintenance are left out for now; a field that does not exist is refused, not ignored. */
export const gpuPool = z
  .strictObject({
    name: gkeName('Pool name', 'h200'),
    // Any text: what is not a machine of the catalogue is refused with the list of those that are.
    machineType: z.string().meta({ description: 'Machine type from the catalogue', examples: ['a3-ultragpu-8g'] }),
    size,
    consumption,
    labels: z
      .record(nodeLabelKey, nodeLabelValue)
      .meta({ description: 'Kubernetes labels of the nodes' })
      .exactOptional(),
    taints: z
      .array(taint)
      .meta({ description: 'Taints besides nvidia.com/gpu=present:NoSchedule, which every GPU pool has' })
      .exactOptional(),
    placement: choice(['none', 'compact'], {
      describe: 'Whether Google puts the machines close together; a reservation has its own placement',
      default: defaults.placement,
    }).exactOptional(),
    management: z
      .strictObject({
        autoRepair: flag({ describe: 'GKE replaces unhealthy nodes', default: defaults.autoRepair }).exactOptional(),
        autoUpgrade: flag({
          describe: 'GKE upgrades nodes, which the maintenance exclusion holds back',
          default: defaults.autoUpgrade,
        }).exactOptional(),
      })
      .meta({ description: 'What GKE does to nodes by itself' })
      .exactOptional(),
    upgrade: z
      .strictObject({
        maxSurge: whole({
          describe: 'Extra nodes during an upgrade',
          min: 0,
          max: 20,
          default: defaults.maxSurge,
        }).exactOptional(),
        maxUnavailable: whole({
          describe: 'Nodes that an upgrade may take away at once',
          min: 0,
          max: 20,
          default: defaults.maxUnavailable,
        }).exactOptional(),
      })
      .meta({ description: 'How an upgrade goes through the pool' })
      .exactOptional(),
    gpuDriverVersion: choice(['LATEST', 'DEFAULT'], {
      describe: 'Which GPU driver of its version GKE installs',
      default: defaults.gpuDriverVersion,
    }).exactOptional(),
    maxPodsPerNode: whole({
      describe: 'Pods per node; each node takes a range of at least twice as many addresses',
      min: 8,
      max: 256,
      default: defaults.maxPodsPerNode,
    }).exactOptional(),
    usdPerNodeHour: dollars({
      describe: 'Your price in US dollars per node and hour, where ours is unknown or not yours',
    }).exactOptional(),
  })
  .meta({ description: 'A GPU node pool' });
