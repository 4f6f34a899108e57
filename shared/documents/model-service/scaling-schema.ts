import * as z from 'zod';
import { modelServiceDefaults as defaults } from '../../domain/model-service-defaults.ts';
import { decimal, whole } from '../fields.ts';
import { MAX_REPLICAS } from './role-schema.ts';

const targets = z
  .strictObject({
    queuedRequestsPerReplica: decimal({
      describe: 'Requests that wait, at the endpoint picker or in the model servers, per replica',
      above: 0,
      max: 10_000,
      default: defaults.targets.queuedRequestsPerReplica,
    }).exactOptional(),
    runningRequestsPerReplica: decimal({
      describe: 'Requests under way per replica',
      above: 0,
      max: 10_000,
      default: defaults.targets.runningRequestsPerReplica,
    }).exactOptional(),
    kvCacheUsedRatio: decimal({
      describe: 'Used part of the KV cache of a replica',
      above: 0,
      max: 1,
      default: defaults.targets.kvCacheUsedRatio,
    }).exactOptional(),
    prefillBacklogSeconds: decimal({
      describe:
        'Seconds of prefill that a replica may have before it; about 0.6 of the time to first token that is promised',
      above: 0,
      max: 600,
      default: defaults.targets.prefillBacklogSeconds,
    }).exactOptional(),
    saturationRatio: decimal({
      describe: 'Saturation of the pool, as the flow control of the endpoint picker reports it',
      above: 0,
      max: 1,
      default: defaults.targets.saturationRatio,
    }).exactOptional(),
  })
  .meta({ description: 'Setpoints: a role gets as many replicas as keep each of its signals at or below them' });

/** Ranges of HPA's `behavior`: window at most an hour, period at most half an hour (Kubernetes API reference, "HPAScalingRules"). */
function pace(
  description: string,
  byDefault: {
    readonly stabilizationSeconds: number;
    readonly maxPercentPerPeriod: number;
    readonly periodSeconds: number;
  },
) {
  return z
    .strictObject({
      stabilizationSeconds: whole({
        describe: 'Seconds of recommendations of which the most cautious counts',
        min: 0,
        max: 3600,
        default: byDefault.stabilizationSeconds,
      }).exactOptional(),
      maxReplicasPerPeriod: whole({
        describe: 'Replicas that may change within a period; with a percentage too, the larger change is allowed',
        min: 1,
        max: MAX_REPLICAS,
      }).exactOptional(),
      maxPercentPerPeriod: whole({
        describe: `Percent of the replicas that may change within a period; ${byDefault.maxPercentPerPeriod} when neither rate is written`,
        min: 1,
        max: 1000,
      }).exactOptional(),
      periodSeconds: whole({
        describe: 'Seconds of a period',
        min: 1,
        max: 1800,
        default: byDefault.periodSeconds,
      }).exactOptional(),
    })
    .meta({ description });
}

export const scaling = z
  .strictObject({
    targets: targets.exactOptional(),
    toleranceRatio: decimal({
      describe: 'How far a signal may be off its setpoint, as part of it, before anything changes',
      min: 0,
      max: 1,
      default: defaults.toleranceRatio,
    }).exactOptional(),
    up: pace('How fast replicas are added', defaults.up).exactOptional(),
    down: pace('How fast replicas are taken away', defaults.down).exactOptional(),
    cooldownAfterUpSeconds: whole({
      describe: `Seconds after a replica was added in which none is taken away; ${defaults.cooldownAfterUpInStartups} times the longest startupSeconds when left out`,
      min: 0,
      max: 86_400,
    }).exactOptional(),
    scaleToZeroAfterSeconds: whole({
      describe: 'Seconds without a request after which a service whose roles have min 0 sleeps',
      min: 60,
      max: 86_400,
      default: defaults.scaleToZeroAfterSeconds,
    }).exactOptional(),
  })
  .meta({ description: 'How sizes follow the signals' });
