import { chatLengths, dailyStream, type RequestStream } from '#shared/simulation/arrivals.ts';
import { profileOf } from '#shared/simulation/performance.ts';
import type { ReplicaState } from '#shared/simulation/replica.ts';
import type { ServingRequest } from '#shared/simulation/request.ts';
import { ServingModel, type ServingModelOptions } from '#shared/simulation/serving-model.ts';

export const startMs = Date.parse('2026-01-01T00:00:00Z');
export const performance = profileOf('llama70bH200x4');

export const aggregated: ServingModelOptions = {
  profiles: { aggregated: performance },
  flowControl: true,
  kvTransfer: { setupMs: 1, perTokenMs: 0.008 },
  objectives: { ttftSeconds: 2, tpotSeconds: 0.1 },
  startMs,
};

export const disaggregated: ServingModelOptions = {
  ...aggregated,
  profiles: { prefill: performance, decode: performance },
};

export const replica = (id: string, over: Partial<ReplicaState> = {}): ReplicaState => ({
  id,
  endpoint: id,
  role: 'aggregated',
  accepts: true,
  ...over,
});

export const replicas = (count: number, role: ReplicaState['role'] = 'aggregated'): readonly ReplicaState[] =>
  Array.from({ length: count }, (_, index) => replica(`${role}-${index}`, { role }));

export function makeModel(states: readonly ReplicaState[], options: ServingModelOptions = aggregated): ServingModel {
  const model = new ServingModel(options);
  model.setReplicas(states);
  return model;
}

export const request = (over: Partial<ServingRequest> = {}): ServingRequest => ({
  arrivalMs: startMs,
  promptTokens: 1000,
  outputTokens: 100,
  ...over,
});

/** The same request at an even pace. */
export function evenly(
  requestsPerSecond: number,
  seconds: number,
  over: Partial<ServingRequest> = {},
): readonly ServingRequest[] {
  return Array.from({ length: Math.floor(requestsPerSecond * seconds) }, (_, index) =>
    request({ ...over, arrivalMs: startMs + ((index + 0.5) / requestsPerSecond) * 1000 }),
  );
}

export const chat = (
  meanRequestsPerSecond: number,
  over: { readonly seed?: string; readonly endMs?: number } = {},
): RequestStream => dailyStream({ seed: 'test', startMs, meanRequestsPerSecond, swing: 0, ...chatLengths, ...over });

/** Everything that must be somewhere. */
export function accountOf(model: ServingModel): { readonly arrived: number; readonly accounted: number } {
  const { completed, lost, refused } = model.score;
  return { arrived: model.arrived, accounted: completed + lost + refused + model.picker.held.length + model.underWay };
}
