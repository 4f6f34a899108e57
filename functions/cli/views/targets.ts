/** The list of targets. Pure. */
import type { TargetRow } from '../status-answers.ts';
import { type Line, type Span, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';
import { formatDuration } from '#shared/domain/time-text.ts';
import { pauseText } from './controls.ts';
import { overdueText } from './overdue.ts';
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
  return [
    span(target.target),
    phaseCell(target),
    ...(hasSizes ? [span(sizesText(target) ?? '-')] : []),
    // Sizing has a step only while something changes.
    span(steps === undefined || steps.all === 0 ? '-' : `${steps.done}/${steps.all}`),
    span(formatDuration(nowMs - target.acceptedAtMs)),
    span(cutText(whyOf(target))),
  ];
}

/** Where no terminal cuts the line: reasons hold what vendors answer, and those are long. `describe` and -o json have them whole. */
const MAX_WHY = 240;

function cutText(text: string): string {
  return text.length <= MAX_WHY ? text : `${text.slice(0, MAX_WHY - 1)}…`;
}

/** What is paused is so before anybody has looked again and says it; what nobody looks at is not known to be what it was. */
function phaseCell(target: TargetRow): Span {
  const phase = phaseOf(target);
  const isOverdue = overdueText(target) !== undefined;
  const isPaused = target.controls?.pause !== undefined;
  const text = [phase, ...(isPaused ? ['paused'] : []), ...(isOverdue ? ['overdue'] : [])].join(', ');
  return span(text, isOverdue ? 'red' : isPaused ? 'yellow' : phaseStyle(phase));
}

/** Several reasons are told apart by a bar; one of several lines is still one. A pause of everything is told above the table. */
function whyOf(target: TargetRow): string {
  const { pause, ownPause } = target.controls ?? {};
  const own = pause?.scope === 'target' ? pause : ownPause && { ...ownPause, scope: 'target' as const };
  const reason = leadingAutomation(target)?.reason ?? 'accepted';
  return [overdueText(target), own && pauseText(own), withoutPause(reason).replaceAll('\n', '; ')]
    .filter((text) => text !== undefined)
    .join(' | ');
}

/** A look at what is paused says so first (`pausePlan` of shared/domain/controls.ts); here it is said apart. */
function withoutPause(reason: string): string {
  const [, rest] = /^paused by .*?; without it: (.*)$/s.exec(reason) ?? [];
  return rest ?? reason;
}

/** Once above the table instead of in every row; none where no target is frozen with all. */
export function freezeLines(targets: readonly TargetRow[], program: string): readonly Line[] {
  const pauses = targets.flatMap(({ controls }) => (controls?.pause?.scope === 'all' ? [controls.pause] : []));
  const [pause] = pauses;
  return pause === undefined ? [] : [[span(`${pauseText(pause)}; ${program} resume --all lets it go on`, 'yellow')]];
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
  const { text } = phaseCell(target);
  // How long it is overdue is no news, that it is so is.
  const why = overdueText(target) === undefined ? whyOf(target) : leadingAutomation(target)?.reason;
  return JSON.stringify([target.target, text, steps, sizesText(target), why]);
}
