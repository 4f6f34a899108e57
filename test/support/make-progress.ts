import type { Progress } from '#shared/domain/progress.ts';
import type { Wake } from '#shared/ports/wakes.ts';

/** What an automation remembers of a target that it has looked at once, and found as wanted; `over` is what matters in the test. */
export function makeProgress(wake: Pick<Wake, 'automation' | 'target'>, over: Partial<Progress> = {}): Progress {
  return {
    ...wake,
    buildId: 'b',
    sequence: 1,
    phase: 'ready',
    reason: 'r',
    next: 'n',
    steps: {},
    startedAtMs: 1,
    lookedAtMs: 2,
    blindLooks: 0,
    history: [],
    ...over,
  };
}
