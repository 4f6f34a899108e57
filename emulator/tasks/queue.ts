/** Reads a queue resource: checks it, fills in the service's defaults, and computes when a failed task is tried again. */
import { durationMsOf, mapOf, numberOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { invalidRetryConfig } from './rejections.ts';

export interface RetryConfig {
  /** -1: without limit. */
  readonly maxAttempts: number;
  /** 0: without limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/** What the service picks for a new queue (aertje/cloud-tasks-emulator internal/engine/queue.go). */
const DEFAULTS = {
  rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
  retryConfig: { maxAttempts: 100, minBackoff: '0.100s', maxBackoff: '3600s', maxDoublings: 16 },
};

/** The resource as the service answers it. Rate limits are kept and shown, but nothing is slowed down by them. */
export function completeQueue(request: JsonMap): JsonMap {
  return {
    ...request,
    rateLimits: { ...DEFAULTS.rateLimits, ...mapOf(request, 'rateLimits') },
    retryConfig: { ...DEFAULTS.retryConfig, ...mapOf(request, 'retryConfig') },
    state: 'RUNNING',
  };
}

/** Read from a completed resource. */
export function readRetryConfig(resource: JsonMap): RetryConfig {
  const config = mapOf(resource, 'retryConfig') ?? {};
  const retry: RetryConfig = {
    maxAttempts: numberOf(config, 'maxAttempts') ?? DEFAULTS.retryConfig.maxAttempts,
    maxRetryDurationMs: durationMsOf(config, 'maxRetryDuration') ?? 0,
    minBackoffMs: durationMsOf(config, 'minBackoff') ?? 0,
    maxBackoffMs: durationMsOf(config, 'maxBackoff') ?? 0,
    maxDoublings: numberOf(config, 'maxDoublings') ?? DEFAULTS.retryConfig.maxDoublings,
  };
  if (retry.maxAttempts < -1) reject(invalidRetryConfig, 'maxAttempts must be greater or equal to -1');
  if (retry.maxDoublings < 0) reject(invalidRetryConfig, 'maxDoublings cannot be negative');
  if (retry.minBackoffMs < 0) reject(invalidRetryConfig, 'minBackoff cannot be negative');
  if (retry.minBackoffMs > retry.maxBackoffMs) {
    reject(invalidRetryConfig, 'minBackoff must be less than or equal to RetryConfig.maxBackoff');
  }
  return retry;
}

/**
 * World time to wait after the n-th failure (n from 1): doubles `maxDoublings` times, then grows linearly, up to the maximum.
 * Example of the API reference (RetryConfig.max_doublings): 10 s, 300 s, 3 doublings → 10, 20, 40, 80, 160, 240, 300, 300 s.
 */
export function retryBackoffMs(retry: RetryConfig, failures: number): number {
  const doublings = Math.min(failures - 1, retry.maxDoublings);
  const linearSteps = Math.max(failures - 1 - retry.maxDoublings, 0);
  return Math.min(retry.minBackoffMs * 2 ** doublings * (1 + linearSteps), retry.maxBackoffMs);
}

/** Retrying ends when every limit that is set has been reached (API reference, RetryConfig.max_attempts). */
export function isExhausted(retry: RetryConfig, attempts: number, sinceFirstAttemptMs: number): boolean {
  const byAttempts = retry.maxAttempts !== -1;
  const byDuration = retry.maxRetryDurationMs > 0;
  if (!byAttempts && !byDuration) return false;
  return (
    (!byAttempts || attempts >= retry.maxAttempts) && (!byDuration || sinceFirstAttemptMs >= retry.maxRetryDurationMs)
  );
}
