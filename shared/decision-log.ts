/** What the loop says of itself: a constant message and fields, greppable by target. */
import type { Progress } from './domain/progress.ts';
import type { StepResult } from './domain/step.ts';
import type { Log } from './ports/log.ts';

/** One line per look: what was decided, and what changed by it. */
export function logDecision(log: Log, before: Progress, after: Progress): void {
  const { automation, target, phase, reason, sequence, steps } = after;
  const started = Object.entries(steps).flatMap(([id, { state }]) => (state === 'intended' ? [id] : []));
  const decision = after.decisions?.at(-1)?.decision;
  log.info('looked', {
    automation,
    target,
    fromPhase: before.phase,
    phase,
    reason,
    sequence,
    started,
    ...(decision !== undefined && { decision: decision.summary }),
    ...(after.report !== undefined && decision !== undefined && { report: after.report }),
  });
}

/** One line per step that was applied. */
export function logResults(log: Log, { automation, target }: Progress, results: ReadonlyMap<string, StepResult>): void {
  for (const [step, result] of results) {
    if (result.kind === 'failed') {
      log.warn('step was refused', {
        automation,
        target,
        step,
        kind: result.failure.kind,
        reason: result.failure.message,
      });
    } else {
      const operation = result.kind === 'started' ? result.operation : undefined;
      log.info('step was applied', {
        automation,
        target,
        step,
        ...(operation !== undefined && { operation }),
      });
    }
  }
}
