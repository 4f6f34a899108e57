import * as z from 'zod';
import type { Autoscaling, ReplicaBounds, ScalingTargets } from '../../domain/serving/autoscaling.ts';
import { autoscalingDefaults as defaults } from '../../domain/serving/autoscaling-defaults.ts';
import { choice, decimal } from '../fields.ts';
import { whole } from '../fields.ts';
import { gkeName } from '../names.ts';

const MAX_REPLICAS = 1000;

const minReplicas = whole({ describe: 'Fewest replicas', min: 0, max: MAX_REPLICAS, default: defaults.minReplicas });
const maxReplicas = whole({ describe: 'Most replicas', min: 1, max: MAX_REPLICAS, example: 8 });

function bounds(role: string) {
  return z
    .strictObject({ minReplicas: minReplicas.exactOptional(), maxReplicas: maxReplicas.exactOptional() })
    .meta({ description: `Bounds of the ${role} role; those of all when left out` }) satisfies z.ZodType<ReplicaBounds>;
}

const MAX_REQUESTS = 10_000;

/** A target of an autoscaler is a quantity in thousandths (Kubernetes documentation, "Quantity"): what is rounded to zero is refused. */
const MIN_TARGET = 0.01;

const targets = z
  .strictObject({
    heldRequests: decimal({
      describe: 'Requests held by the endpoint picker per replica, with flow control',
      min: MIN_TARGET,
      max: MAX_REQUESTS,
      default: defaults.targets.heldRequests,
    }).exactOptional(),
    queuedRequests: decimal({
      describe: 'Requests waiting in the model server per replica, without flow control',
      min: MIN_TARGET,
      max: MAX_REQUESTS,
      default: defaults.targets.queuedRequests,
    }).exactOptional(),
    runningRequests: decimal({
      describe: 'Requests under way per replica',
      min: MIN_TARGET,
      max: MAX_REQUESTS,
      default: defaults.targets.runningRequests,
    }).exactOptional(),
    kvCacheUsedRatio: decimal({
      describe: 'Used part of the KV cache of a replica',
      min: MIN_TARGET,
      max: 1,
      default: defaults.targets.kvCacheUsedRatio,
    }).exactOptional(),
    prefillBacklogSeconds: decimal({
      describe: 'Seconds of prefill before a replica; the promised time to first token less that of one prompt alone',
      min: MIN_TARGET,
      max: 600,
      default: defaults.targets.prefillBacklogSeconds,
    }).exactOptional(),
  })
  .meta({ description: 'What one replica may have' }) satisfies z.ZodType<ScalingTargets>;

export const autoscaling = z
  .strictObject({
    kind: choice(['hpa', 'keda'], { describe: "HPA through Google's adapter of custom metrics, or KEDA" }),
    cluster: gkeName('GKE cluster of the stack: queries are of the whole project', 'demo').exactOptional(),
    signal: choice(['queue', 'slo', 'tokens'], {
      describe: 'Requests that wait and run, latency against monitoring.objectives, or tokens and KV caches',
      default: defaults.signal,
    }).exactOptional(),
    minReplicas: minReplicas.exactOptional(),
    maxReplicas,
    prefill: bounds('prefill').exactOptional(),
    decode: bounds('decode').exactOptional(),
    targets: targets.exactOptional(),
  })
  .meta({ description: 'Scalers in the cluster, one for each role' }) satisfies z.ZodType<Autoscaling>;
