/** A step whose last call was refused or failed waits before it is tried again; the record of it says how long. Pure. */
import type { StepMemory, StepStatus } from './step.ts';

/** The status of a step that may not be started yet; undefined: no pause is left. */
export function pausedStatus(memory: StepMemory | undefined, nowMs: number): StepStatus | undefined {
  if (memory?.notBeforeMs === undefined || memory.notBeforeMs <= nowMs) return undefined;
  const message = memory.reason ?? 'a failed attempt';
  if (memory.state !== 'failed') return { state: 'waiting', cause: 'retry', reason: message };
  return { state: 'failed', failure: { kind: memory.failureKind ?? 'permanent', message }, fresh: false };
}

/** Seconds until the pause is over, at least 1; undefined: there is none. */
export function secondsUntilRetry(memory: StepMemory | undefined, nowMs: number): number | undefined {
  const notBeforeMs = memory?.notBeforeMs;
  if (notBeforeMs === undefined || notBeforeMs <= nowMs) return undefined;
  return Math.max(1, Math.ceil((notBeforeMs - nowMs) / 1000));
}
