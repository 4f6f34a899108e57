import * as z from 'zod';
import {
  type EndpointPickerSpec,
  type FlowControl,
  fairnessPolicies,
  orderingPolicies,
} from '../../domain/serving/gateway.ts';
import { gatewayDefaults as defaults } from '../../domain/serving/resolve-gateway.ts';
import { choice, decimal, flag, text, whole } from '../fields.ts';

const MAX_WAIT_SECONDS = 7200;

const saturation = z
  .union([
    z.strictObject({
      requestsPerEndpoint: whole({
        describe: 'Requests in flight at which an endpoint is full',
        min: 1,
        max: 100_000,
        example: 132,
      }),
    }),
    z.strictObject({
      queuedRequestsPerEndpoint: whole({
        describe: 'Requests that wait in a model server at which it is full',
        min: 1,
        max: 10_000,
        default: 5,
      }).exactOptional(),
      kvCacheUsedRatio: decimal({
        describe: 'Used part of the KV cache at which it is full',
        above: 0,
        max: 1,
        default: 0.8,
      }).exactOptional(),
    }),
  ])
  .meta({
    description:
      'When an endpoint is full: by requests in flight, or by queue and KV cache, which is meant when left out',
  });

const band = z.strictObject({
  priority: whole({ describe: 'That of objectives; requests without one have 0', min: -1000, max: 1000 }),
  maxRequests: whole({
    describe: 'Requests of the band at once, waiting or not',
    min: 1,
    max: 1_000_000,
    default: 5000,
  }).exactOptional(),
  fairness: choice(fairnessPolicies, {
    describe: 'Between tenants of the band (header x-llm-d-inference-fairness-id)',
    default: 'global-strict',
  }).exactOptional(),
  ordering: choice(orderingPolicies, {
    describe: "Among one tenant's requests: first come, earliest deadline, or earliest objective of latency",
    default: 'fcfs',
  }).exactOptional(),
});

export const flowControl = z
  .strictObject({
    saturation: saturation.exactOptional(),
    bands: z
      .array(band)
      .max(32)
      .meta({ description: "Bands of one priority each; others take llm-d's defaults" })
      .exactOptional(),
    maxQueuedGib: whole({
      describe: "GiB of all waiting requests together; half of the picker's memory when left out",
      min: 1,
      max: 1024,
    }).exactOptional(),
    maxWaitSeconds: whole({
      describe: 'Seconds that a request may wait',
      min: 1,
      max: MAX_WAIT_SECONDS,
      default: defaults.maxWaitSeconds,
    }).exactOptional(),
    maxWaitWithoutPodsSeconds: whole({
      describe:
        'Seconds that it may wait while there is no pod, for a stack that scales to zero; maxWaitSeconds when left out',
      min: 1,
      max: MAX_WAIT_SECONDS,
    }).exactOptional(),
  })
  .meta({
    description: 'Requests wait in the endpoint picker, by priority, when all pods are busy',
  }) satisfies z.ZodType<FlowControl>;

export const endpointPicker = z
  .strictObject({
    replicas: whole({
      describe: 'Pods; one picks, the others stand by',
      min: 1,
      max: 5,
      default: defaults.picker.replicas,
    }).exactOptional(),
    cpu: whole({
      describe: 'CPUs; about one for each request per second with prompts of 100,000 tokens',
      min: 1,
      max: 128,
      default: defaults.picker.cpu,
    }).exactOptional(),
    memoryGib: whole({
      describe: 'Most memory, GiB',
      min: 2,
      max: 1024,
      default: defaults.picker.memoryGib,
    }).exactOptional(),
    version: text({
      describe: "Version of llm-d's endpoint picker",
      pattern: /^\d+\.\d+\.\d+$/,
      rule: 'must be a version',
      example: '0.10.0',
    }).exactOptional(),
    metricsAuth: flag({ describe: 'Ask who scrapes /metrics for a token', default: false }).exactOptional(),
  })
  .meta({ description: "llm-d's endpoint picker" }) satisfies z.ZodType<EndpointPickerSpec>;
