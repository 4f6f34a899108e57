import * as z from 'zod';
import { roleNames } from '../../domain/model-service.ts';
import { modelServiceDefaults } from '../../domain/model-service-defaults.ts';
import { choice, decimal, dollars, whole } from '../fields.ts';
import { objectName, port } from '../kubernetes-names.ts';
import { gkeName } from '../names.ts';

const defaults = modelServiceDefaults.role;

/** Far above any model's; a size that is a slip of the pen by three digits is refused. */
export const MAX_REPLICAS = 1000;

/** Pods of one role: assumed, above any service that is known of. */
export const MAX_PODS = 4096;

/** Of both DisaggregatedSet roles and prefill/decode guides: more roles are not scaled by this version. */
export const MAX_ROLES = 2;

const roleSize = z
  .strictObject({
    min: whole({
      describe: 'Fewest replicas; 0 lets the whole service sleep while nobody asks, so it is for all roles or none',
      min: 0,
      max: MAX_REPLICAS,
    }),
    max: whole({ describe: 'Most replicas', min: 1, max: MAX_REPLICAS }),
    owner: choice(['inference-fleet', 'hpa', 'fixed'], {
      describe: 'Who changes the number: this automation, a HorizontalPodAutoscaler or KEDA, or nobody',
      default: defaults.owner,
    }).exactOptional(),
  })
  .meta({ description: 'Number of replicas and who may change it' });

const workload = z
  .strictObject({
    kind: choice(['Deployment', 'LeaderWorkerSet', 'DisaggregatedSetRoleScaler'], {
      describe:
        'What has the scale subresource of the role; a role of a DisaggregatedSet has one under external scaling only',
    }),
    name: objectName('Name of that object', 'llama-70b-decode'),
  })
  .meta({ description: 'The object whose replicas are changed' });

export const role = z
  .strictObject({
    role: choice(roleNames, {
      describe: 'What its model servers do: everything, or one half of the work',
    }),
    workload,
    gpusPerReplica: whole({ describe: 'GPUs of one replica, all its pods together', min: 1, max: 1024 }),
    podsPerReplica: whole({
      describe: 'Pods of one replica: the size of a LeaderWorkerSet group, whose leader alone serves',
      min: 1,
      max: 256,
      default: defaults.podsPerReplica,
    }).exactOptional(),
    nodePool: gkeName('GKE node pool that its pods run in', 'h200'),
    metricsPort: port(
      `Port of the model server's /metrics: ${defaults.metricsPort.prefill} when left out, ${defaults.metricsPort.decode} for decode, whose ${defaults.metricsPort.prefill} belongs to the routing sidecar`,
    ).exactOptional(),
    size: roleSize,
    peakPrefillTokensPerSecond: decimal({
      describe:
        'Prompt tokens that one replica prefills per second at its best: chunk size over median time to first token of an idle stack',
      above: 0,
      max: 10_000_000,
    }).exactOptional(),
    startupSeconds: whole({
      describe:
        'Seconds from a wanted to a serving replica, its node included; a pod that takes twice as long counts no more',
      min: 10,
      max: 7200,
      default: defaults.startupSeconds,
    }).exactOptional(),
    usdPerGpuHour: dollars({
      describe:
        "What a GPU of it costs an hour, for spendCapUsdPerHour; the catalogue's price of the pool's machine when left out, which is known once the pool has had a node",
    }).exactOptional(),
  })
  .meta({ description: 'One role of the service' });
