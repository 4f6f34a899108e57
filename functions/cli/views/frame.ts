/** What the live view shows at one moment. Pure; never higher than the terminal, or it could not be redrawn in place. */
import type { HistoryEntry, Progress } from '#shared/domain/progress.ts';
import type { Target } from '../status-answers.ts';
import { type Line, plain, span } from '../text/line.ts';
import { formatDuration } from '#shared/domain/time-text.ts';
import { controlTexts } from './controls.ts';
import { overdueText } from './overdue.ts';
import { countSteps, leadingAutomation, phaseOf, phaseStyle } from './phase.ts';
import { stepLines } from './steps.ts';
import { newestInstant } from './targets.ts';
import { toldOnce } from './told-once.ts';
import { counted } from '#shared/domain/counted.ts';

/** Lines of history below the steps, where there is room. */
const HISTORY_LINES = 6;

/** Of `+23h59m59s`, the longest that there is. */
const OFFSET_WIDTH = 10;

/** `rows`: how many lines may be used. */
export function targetFrame(target: Target, rows: number): readonly Line[] {
  const head = headLines(target);
  const steps = target.details.flatMap((progress) => [
    plain(''),
    ...(target.details.length > 1 ? [[span(`  ${progress.automation}`, 'bold')]] : []),
    ...stepLines(progress),
  ]);
  const body = [...head, ...steps];
  if (body.length > rows)
    return [...body.slice(0, Math.max(0, rows - 1)), [span(`  … ${body.length - rows + 1} more lines`, 'dim')]];
  // One line less for the empty one above it.
  return [...body, ...historyLines(target.details, Math.min(HISTORY_LINES, rows - body.length - 1))];
}

/** Before intake has stored the document. */
export function unknownTargetFrame(target: string): readonly Line[] {
  return [[span(target, 'bold'), span('  not known yet, waiting for the message to be accepted')]];
}

/** What, how far, how long; then why and what comes next, as the planner says it. */
function headLines(target: Target): readonly Line[] {
  const phase = phaseOf(target);
  const leading = leadingAutomation(target);
  const steps = countSteps(target);
  const overdue = overdueText(target);
  const elapsedMs = Math.max(...target.details.map(elapsedOf));
  const [why = 'accepted', ...moreWhy] = (leading?.reason ?? 'accepted').split('\n');
  return [
    [
      span(target.target, 'bold'),
      span('  '),
      span(phase, phaseStyle(phase)),
      span(steps === undefined ? '' : `  ${steps.done} of ${counted(steps.all, 'step')}`),
      span(target.details.length === 0 ? '' : `  ${formatDuration(elapsedMs)}`),
    ],
    [span('  why   ', 'dim'), span(why)],
    ...moreWhy.map((text) => plain(`        ${text}`)),
    ...(overdue === undefined ? [] : [[span(`        ${overdue}`, 'red')]]),
    ...controlTexts(target, newestInstant([target])).map((text): Line => [span(`        ${text}`, 'yellow')]),
    [span('  next  ', 'dim'), span(leading?.next ?? 'a first look at the world')],
  ];
}

/** World time since the document was accepted, or until it stood. */
export function elapsedOf({ startedAtMs, endedAtMs, lookedAtMs }: Progress): number {
  return (endedAtMs ?? lookedAtMs) - startedAtMs;
}

/** The newest entries, oldest first, by the time since the start. */
function historyLines(details: readonly Progress[], count: number): readonly Line[] {
  if (count <= 0) return [];
  const entries = details
    .flatMap((progress) => toldOnce(recentHistory(progress)).map((entry) => ({ entry, progress })))
    .toSorted((left, right) => left.entry.atMs - right.entry.atMs)
    .slice(-count);
  if (entries.length === 0) return [];
  return [plain(''), ...entries.map(({ entry, progress }) => [span(`  ${historyText(entry, progress)}`, 'dim')])];
}

/** What happened since the present document was accepted. */
export function recentHistory({ history, startedAtMs }: Progress): readonly HistoryEntry[] {
  return history.filter(({ atMs }) => atMs >= startedAtMs);
}

/** `+3m10s     network demo-net-0: done`; only the first line of a long reason. */
export function historyText(entry: HistoryEntry, progress: Progress): string {
  const subject = entry.step === undefined ? '' : `${progress.steps[entry.step]?.title ?? entry.step}: `;
  return eventText(entry.atMs - progress.startedAtMs, `${subject}${entry.text}`);
}

export function eventText(elapsedMs: number, text: string): string {
  const [first = '', ...more] = text.split('\n');
  const suffix = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `${`+${formatDuration(elapsedMs)}`.padEnd(OFFSET_WIDTH)} ${first}${suffix}`;
}
