/** The list of targets. Pure. */
import type { TargetRow } from '../status-answers.ts';
import { type Line, type Span, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';
import { formatDuration } from '../text/time.ts';
import { countSteps, leadingAutomation, phaseOf, phaseStyle } from './phase.ts';

export function targetTable(targets: readonly TargetRow[]): readonly Line[] {
  const nowMs = newestInstant(targets);
  return toTable(
    ['TARGET', 'PHASE', 'STEPS', 'AGE', 'WHY'],
    targets.map((target) => targetCells(target, nowMs)),
  );
}

function targetCells(target: TargetRow, nowMs: number): readonly Span[] {
  const steps = countSteps(target);
  const phase = phaseOf(target);
  return [
    span(target.target),
    span(phase, phaseStyle(phase)),
    span(steps === undefined ? '-' : `${steps.done}/${steps.all}`),
    span(formatDuration(nowMs - target.acceptedAtMs)),
    span(leadingAutomation(target)?.reason ?? 'accepted'),
  ];
}

/**
 * The latest instant of the world's clock that the rows tell, Unix ms: what stands in for "now", since the world's clock need not be
 * ours. A target that is well is looked at every few minutes, so ages lag at most by that.
 */
export function newestInstant(targets: readonly TargetRow[]): number {
  return Math.max(
    0,
    ...targets.map(({ acceptedAtMs }) => acceptedAtMs),
    ...targets.flatMap(({ automations }) => automations.map(({ lookedAtMs }) => lookedAtMs ?? 0)),
  );
}

/** One line per target that is new or not as it was, like `kubectl get -w`. */
export function changedTargets(before: readonly TargetRow[], after: readonly TargetRow[]): readonly TargetRow[] {
  const seen = new Set(before.map(lookOf));
  return after.filter((target) => !seen.has(lookOf(target)));
}

/** What of a row is news: not its age. */
function lookOf(target: TargetRow): string {
  const steps = countSteps(target);
  return JSON.stringify([target.target, phaseOf(target), steps, leadingAutomation(target)?.reason]);
}
