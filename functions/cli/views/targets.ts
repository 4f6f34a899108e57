/** The list of targets. Pure. */
import type { TargetRow } from '../status-answers.ts';
import { type Line, type Span, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';
import { formatDuration } from '../text/time.ts';
import { pauseText } from './controls.ts';
import { countSteps, leadingAutomation, phaseOf, phaseStyle } from './phase.ts';
import { sizesText } from './sizes.ts';

export function targetTable(targets: readonly TargetRow[]): readonly Line[] {
  const nowMs = newestInstant(targets);
  // A column of its own only where some target has sizes.
  const hasSizes = targets.some((target) => sizesText(target) !== undefined);
  return toTable(
    ['TARGET', 'PHASE', ...(hasSizes ? ['READY'] : []), 'STEPS', 'AGE', 'WHY'],
    targets.map((target) => targetCells(target, { nowMs, hasSizes })),
  );
}

function targetCells(
  target: TargetRow,
  { nowMs, hasSizes }: { readonly nowMs: number; readonly hasSizes: boolean },
): readonly Span[] {
  const steps = countSteps(target);
  const phase = phaseOf(target);
  return [
    span(target.target),
    // What is paused is so before anybody has looked again and says it.
    target.controls?.pause === undefined ? span(phase, phaseStyle(phase)) : span(`${phase}, paused`, 'yellow'),
    ...(hasSizes ? [span(sizesText(target) ?? '-')] : []),
    // Sizing has a step only while something changes.
    span(steps === undefined || steps.all === 0 ? '-' : `${steps.done}/${steps.all}`),
    span(formatDuration(nowMs - target.acceptedAtMs)),
    span(whyOf(target)),
  ];
}

function whyOf(target: TargetRow): string {
  const { pause } = target.controls ?? {};
  const reason = leadingAutomation(target)?.reason ?? 'accepted';
  return pause === undefined || reason.startsWith('paused by') ? reason : `${pauseText(pause)}; ${reason}`;
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
  return JSON.stringify([target.target, phaseOf(target), steps, sizesText(target), whyOf(target)]);
}
