/** Requests that wait in the picker while the pods are full (llm-d/llm-d guides/flow-control/router). */
import type { PriorityBand, Saturation } from '../../../../shared/domain/serving/gateway.ts';
import type { StackFlowControl } from '../../../../shared/domain/serving/resolve-gateway.ts';
import { nameOf, type PickerPlan, type PriorityBandConfig } from './picker-config.ts';
import { type Plugin, plain } from './plugins.ts';

/** Between tenants of one priority, whom requests name in a header. */
const fairness = {
  'global-strict': plain('global-strict-fairness-policy'),
  'round-robin': plain('round-robin-fairness-policy'),
} as const satisfies { readonly [K in NonNullable<PriorityBand['fairness']>]: Plugin };

/** Between requests of one tenant. */
const ordering = {
  fcfs: plain('fcfs-ordering-policy'),
  edf: plain('edf-ordering-policy'),
  'slo-deadline': plain('slo-deadline-ordering-policy'),
} as const satisfies { readonly [K in NonNullable<PriorityBand['ordering']>]: Plugin };

/** What is left out keeps the picker's own default; bytes and waits have ours, since its memory is ours to give. */
export function flowControlOf(written: StackFlowControl): NonNullable<PickerPlan['flowControl']> {
  const { bands, maxQueuedGib, maxWaitSeconds, maxWaitWithoutPodsSeconds } = written;
  const detector = detectorOf(written.saturation);
  return {
    plugins: [
      detector,
      ...bands.flatMap(({ fairness: fair = 'global-strict', ordering: order = 'fcfs' }) => [
        fairness[fair],
        ordering[order],
      ]),
    ],
    config: {
      maxBytes: `${maxQueuedGib}Gi`,
      defaultRequestTTL: `${maxWaitSeconds}s`,
      ...(maxWaitWithoutPodsSeconds !== undefined && { noEndpointRequestTTL: `${maxWaitWithoutPodsSeconds}s` }),
      saturationDetector: { pluginRef: nameOf(detector) },
      ...(bands.length > 0 && { priorityBands: bands.map(bandOf) }),
    },
  };
}

/** What is not written keeps the detector's own: 5 requests in the queue or 0.8 of the KV cache (its README). */
function detectorOf(saturation: Saturation): Plugin {
  if ('requestsPerEndpoint' in saturation) {
    return { type: 'concurrency-detector', parameters: { maxConcurrency: saturation.requestsPerEndpoint } };
  }
  const { queuedRequestsPerEndpoint: queueDepthThreshold, kvCacheUsedRatio: kvCacheUtilThreshold } = saturation;
  if (queueDepthThreshold === undefined && kvCacheUtilThreshold === undefined) return plain('utilization-detector');
  return {
    type: 'utilization-detector',
    parameters: {
      ...(queueDepthThreshold !== undefined && { queueDepthThreshold }),
      ...(kvCacheUtilThreshold !== undefined && { kvCacheUtilThreshold }),
    },
  };
}

/** Counts are quantities, written as text. */
function bandOf(band: PriorityBand): PriorityBandConfig {
  const { priority, maxRequests, fairness: fair = 'global-strict', ordering: order = 'fcfs' } = band;
  return {
    priority,
    ...(maxRequests !== undefined && { maxRequests: String(maxRequests) }),
    fairnessPolicyRef: fairness[fair].type,
    orderingPolicyRef: ordering[order].type,
  };
}
