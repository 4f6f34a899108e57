import type { Failure } from './step.ts';
import type { FailureKind } from '../errors.ts';

interface RetryRule {
  /** Wait before the next call, seconds, after the first failure; doubled with each further one. */
  readonly firstSeconds: number;
  readonly maxSeconds: number;
  /** Whether the attempt is known to be over, so that the next one gets a new request id. */
  readonly ended: boolean;
  /** Whether people are told that it failed, or only that it waits. */
  readonly shownAs: 'waiting' | 'failed';
}

/**
 * What follows from each kind of failure. Where no source is named the value is our own choice: short enough for people who wait,
 * long enough for the service.
 */
const rules: Readonly<Record<FailureKind, RetryRule>> = {
  // GKE's own advice is to wait for the other operation; a look every 20 s keeps the next step's start within 30 s of its end.
  busy: { firstSeconds: 20, maxSeconds: 20, ended: false, shownAs: 'waiting' },
  // Ordering races of Compute Engine pass within 10 s (GoogleCloudPlatform/magic-modules error_retry_predicates.go).
  transient: { firstSeconds: 5, maxSeconds: 60, ended: false, shownAs: 'waiting' },
  // The next look finds what is there: at once the first time, slowly if it keeps not being found.
  exists: { firstSeconds: 1, maxSeconds: 20, ended: false, shownAs: 'waiting' },
  // A kind that is not served yet, or a resource that vanished: minutes at most, and the attempt is over.
  gone: { firstSeconds: 5, maxSeconds: 30, ended: true, shownAs: 'waiting' },
  // An IAM grant takes about 2 min to be seen everywhere (IAM documentation, "Access change propagation").
  auth: { firstSeconds: 20, maxSeconds: 300, ended: true, shownAs: 'failed' },
  // GKE itself repeats the insertion of a VM about every 4 min (NVIDIA/aicr issue 2764).
  capacity: { firstSeconds: 240, maxSeconds: 1_800, ended: true, shownAs: 'waiting' },
  quota: { firstSeconds: 600, maxSeconds: 1_800, ended: true, shownAs: 'failed' },
  // A person may have mended the world without telling us.
  permanent: { firstSeconds: 1_800, maxSeconds: 1_800, ended: true, shownAs: 'failed' },
};

/** The service's own wish, if it is one that can be met: seconds, at most an hour. */
function wishOf({ retryAfterSeconds = 0 }: Failure): number {
  return Number.isFinite(retryAfterSeconds) ? Math.min(Math.max(retryAfterSeconds, 0), 3_600) : 0;
}

/**
 * The longest pause after a look that a bug ended, seconds: what only another deployment mends need not be tried more often, and
 * once it is mended every target is looked at within this time.
 */
export const LONGEST_PAUSE_AFTER_BUG_SECONDS = 1_800;

/** Pause after a look that a bug ended. `brokenLooks` counts that one too: the third in a row waits 60 · 2² = 240 s. */
export function secondsAfterBug(brokenLooks: number): number {
  return Math.min(60 * 2 ** (brokenLooks - 1), LONGEST_PAUSE_AFTER_BUG_SECONDS);
}

export interface RetryDecision {
  readonly afterSeconds: number;
  readonly ended: boolean;
  readonly shownAs: 'waiting' | 'failed';
}

/**
 * When a failed step may be tried again. `failuresInARow` counts this failure too (1 = the first).
 * Example: the third transient failure waits 5 · 2² = 20 s.
 */
export function retryAfter(failure: Failure, failuresInARow: number): RetryDecision {
  const rule = rules[failure.kind];
  const backoffSeconds = Math.min(rule.firstSeconds * 2 ** (failuresInARow - 1), rule.maxSeconds);
  return {
    afterSeconds: Math.max(backoffSeconds, wishOf(failure)),
    ended: rule.ended,
    shownAs: rule.shownAs,
  };
}
