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

/** Indices of the targets that are new or not as they were; each is a line of `kubectl get -w`. */
export function changedTargets(before: readonly TargetRow[], after: readonly TargetRow[]): ReadonlySet<number> {
  const seen = new Set(before.map(lookOf));
  return new Set(after.flatMap((target, index) => (seen.has(lookOf(target)) ? [] : [index])));
}

/** What of a row is news: not its age. */
function lookOf(target: TargetRow): string {
  const steps = countSteps(target);
  return JSON.stringify([target.target, phaseOf(target), steps, leadingAutomation(target)?.reason]);
}
