/**
 * How full the endpoint picker takes its endpoints to be: the mean over them of max(queue / 5, KV / 0.8), so that 1 is full
 * (llm-d/llm-d-router pkg/epp/framework/plugins/flowcontrol/saturationdetector/utilization, default thresholds). Nothing is sent
 * on while the fuller stage is full (pkg/epp/flowcontrol/controller/internal/processor.go, dispatchCycle).
 */
import type { Replica } from './replica.ts';

const QUEUE_THRESHOLD = 5;
const KV_THRESHOLD = 0.8;

/** Absent stages have no endpoint. */
export interface Saturation {
  readonly prefill?: number;
  readonly decode?: number;
  readonly effective: number;
}

/** Of the replicas that take prompts, and of those that decode; an aggregated one is among both. */
export function saturationOf(prefill: readonly Replica[], decode: readonly Replica[]): Saturation {
  const prefillSaturation = meanOf(prefill);
  const decodeSaturation = meanOf(decode);
  return {
    ...(prefillSaturation !== undefined && { prefill: prefillSaturation }),
    ...(decodeSaturation !== undefined && { decode: decodeSaturation }),
    // Without any endpoint there is nothing that could take a request.
    effective: Math.max(prefillSaturation ?? (decodeSaturation === undefined ? 1 : 0), decodeSaturation ?? 0),
  };
}

function meanOf(replicas: readonly Replica[]): number | undefined {
  if (replicas.length === 0) return undefined;
  let sum = 0;
  for (const { engine } of replicas) {
    sum += Math.max((engine.queued + engine.deferred) / QUEUE_THRESHOLD, engine.kvUsedRatio / KV_THRESHOLD);
  }
  return sum / replicas.length;
}
