/** The form of a `ModelService` document. What depends on several fields is in the rules beside this file. */
import * as z from 'zod';
import type { ModelServiceDocument } from '../../domain/model-service.ts';
import { modelServiceDefaults as defaults } from '../../domain/model-service-defaults.ts';
import { envelope } from '../envelope.ts';
import { choice, decimal, dollars, text, whole } from '../fields.ts';
import { namespace, objectName, port } from '../kubernetes-names.ts';
import { gkeName, projectId } from '../names.ts';
import { MAX_ROLES, role } from './role-schema.ts';
import { scaling } from './scaling-schema.ts';

/** GKE takes at most 1,000 nodes per pool and zone (GKE documentation, "Quotas and limits"). */
const MAX_POOL_NODES = 1000;

/** Two roles use two pools at most, and a pool that no role uses is refused. */
export const MAX_NODE_POOLS = MAX_ROLES;

/** Full path: the cluster may be in another project, and a zonal one is found by its zone. */
const cluster = z
  .strictObject({
    project: projectId('Project of the cluster'),
    location: text({
      describe: 'Region or zone of the control plane',
      pattern: /^[a-z]+-[a-z]+\d+(?:-[a-z0-9]+)?$/,
      rule: 'must be a region or a zone',
      example: 'us-central1',
    }),
    name: gkeName('Cluster', 'demo'),
  })
  .meta({ description: 'The GKE cluster, built by us or not' });

/** Named and not searched for: a namespace may hold several. */
export const endpointPicker = z
  .strictObject({
    deployment: objectName('Deployment of the endpoint picker (EPP)', 'llama-70b-epp'),
    inferencePool: objectName('InferencePool that it picks from', 'llama-70b'),
    metricsPort: port('Port of its /metrics', defaults.endpointPickerMetricsPort).exactOptional(),
  })
  .meta({ description: 'The endpoint picker in front of the model servers; without one their own signals have to do' });

/** Bounds for the automation. The size of a pool that no document declares is left alone. */
export const nodePool = z
  .strictObject({
    name: gkeName('GKE node pool', 'h200'),
    size: z
      .strictObject({
        min: whole({ describe: 'Fewest nodes', min: 0, max: MAX_POOL_NODES }),
        max: whole({ describe: 'Most nodes', min: 1, max: MAX_POOL_NODES }),
        owner: choice(['inference-fleet', 'gke', 'fixed'], {
          describe: 'Who changes the number: this automation, the GKE autoscaler, which gets these bounds, or nobody',
          default: defaults.poolOwner,
        }).exactOptional(),
      })
      .meta({ description: 'Number of nodes of the whole pool and who may change it' }),
  })
  .meta({ description: 'A node pool that this service may have resized' });

/** Samples older than `maxAgeSeconds` are stale: they hold, and never shrink anything. */
export const signals = z
  .strictObject({
    maxAgeSeconds: whole({
      describe: 'Seconds after which a sample is too old to decide by',
      min: 15,
      max: 900,
      default: defaults.signals.maxAgeSeconds,
    }).exactOptional(),
    sources: z
      .array(choice(['pods', 'monitoring'], { describe: '/metrics of the pods, or Cloud Monitoring' }))
      .min(1)
      .max(2)
      .meta({ description: 'Where signals are read; the fresher sample wins (both when left out)' })
      .exactOptional(),
  })
  .meta({ description: 'Where the signals come from' });

/** Not what is steered by: targets of `scaling` are setpoints of causes, these are what users see. */
const slo = z
  .strictObject({
    ttftP90Seconds: decimal({
      describe: 'Time to first token, 90th percentile, seconds',
      above: 0,
      max: 600,
    }).exactOptional(),
    tpotP90Seconds: decimal({
      describe: 'Time per output token, 90th percentile, seconds',
      above: 0,
      max: 60,
    }).exactOptional(),
  })
  .meta({ description: 'What is promised; shown beside what is measured' });

/** Strict at every level, as the `Cluster` document is. */
export const modelServiceDocument = envelope(
  'ModelService',
  z
    .strictObject({
      cluster,
      namespace: namespace('Namespace of the service', 'serving'),
      servedModelName: text({
        describe: 'Name that requests ask for: label model_name of the metrics',
        pattern: /^[\w./:@+-]{1,255}$/,
        rule: 'must be 1 to 255 letters, digits or any of . _ - / : @ +',
        example: 'meta-llama/Llama-3.3-70B-Instruct',
      }),
      endpointPicker: endpointPicker.exactOptional(),
      roles: z.array(role).min(1).max(MAX_ROLES).meta({ description: 'One aggregated role, or prefill and decode' }),
      nodePools: z
        .array(nodePool)
        .max(MAX_NODE_POOLS)
        .meta({ description: 'Pools of the roles that may be resized; the size of another one is left alone' })
        .exactOptional(),
      signals: signals.exactOptional(),
      slo: slo.exactOptional(),
      scaling: scaling.exactOptional(),
      spendCapUsdPerHour: dollars({
        describe: 'US dollars per hour that the GPUs of this service may cost',
      }).exactOptional(),
    })
    .meta({
      description: 'A served model whose replicas and nodes follow its traffic; nothing of it is deployed by us',
    }),
) satisfies z.ZodType<ModelServiceDocument>;
