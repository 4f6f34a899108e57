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
 * What follows from each kind of failure. Values: GKE busy 30..60 s, Compute ordering races 10 s, VM stock every 4 min,
 * IAM propagation 20 s for about 2 min (magic-modules `error_retry_predicates.go`; hashicorp/terraform-provider-google #3650).
 * A permanent failure is looked at again every 30 min, because a person may have mended the world without telling us.
 */
const rules: Readonly<Record<FailureKind, RetryRule>> = {
  busy: { firstSeconds: 20, maxSeconds: 20, ended: false, shownAs: 'waiting' },
  transient: { firstSeconds: 5, maxSeconds: 60, ended: false, shownAs: 'waiting' },
  exists: { firstSeconds: 0, maxSeconds: 20, ended: false, shownAs: 'waiting' },
  gone: { firstSeconds: 5, maxSeconds: 30, ended: true, shownAs: 'waiting' },
  auth: { firstSeconds: 20, maxSeconds: 300, ended: true, shownAs: 'failed' },
  capacity: { firstSeconds: 240, maxSeconds: 1_800, ended: true, shownAs: 'waiting' },
  quota: { firstSeconds: 600, maxSeconds: 1_800, ended: true, shownAs: 'failed' },
  permanent: { firstSeconds: 1_800, maxSeconds: 1_800, ended: true, shownAs: 'failed' },
};

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
    afterSeconds: Math.max(backoffSeconds, failure.retryAfterSeconds ?? 0),
    ended: rule.ended,
    shownAs: rule.shownAs,
  };
}
