/** Everything about one target: the five answers first (D14), then what they rest on. Pure. */
import { actorText } from '#shared/domain/actor.ts';
import type { Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import type { AutomationRow, Target } from '../status-answers.ts';
import { type Line, plain, type Span, span } from '../text/line.ts';
import { alignCells, toTable } from '../text/table.ts';
import { formatDuration, formatInstant } from '#shared/domain/time-text.ts';
import { controlTexts } from './controls.ts';
import { howToStop, type Place } from './how-to-stop.ts';
import { rowOverdueText } from './overdue.ts';
import { phaseStyle } from './phase.ts';
import { sizesText } from './sizes.ts';
import { toldOnce } from './told-once.ts';
import { newestInstant } from './targets.ts';
import { counted } from '#shared/domain/counted.ts';

export interface DescribeOptions {
  readonly context: string;
  readonly place: Place;
  /** How the user calls us. */
  readonly program: string;
  readonly showsAllHistory: boolean;
}

/** Changes of mind that tell how it came to the present one. */
const DECISIONS_SHOWN = 3;

/** Entries of history without `--all`. */
const HISTORY_ENTRIES = 30;

export function describeLines(target: Target, options: DescribeOptions): readonly Line[] {
  const { kind, sequence, acceptedAtMs, actor } = target;
  return [
    [span(target.target, 'bold'), span(`  context ${options.context}`)],
    plain(`${kind} document ${sequence}, accepted ${formatInstant(acceptedAtMs)} from ${actorText(actor)}`),
    ...controlTexts(target, newestInstant([target])).map((text): Line => [span(text, 'yellow')]),
    ...target.automations.flatMap((row) => [plain(''), ...answerLines(row, target, options)]),
    ...target.details.flatMap((progress) => detailLines(progress, options)),
  ];
}

/** In the order of D14; every state has an answer to each. How to stop is the same for all automations, and told below the last one. */
function answerLines(row: AutomationRow, target: Target, options: DescribeOptions): readonly Line[] {
  const { automation, phase, reason, stepsDone, stepsInAll = 0 } = row;
  const count = stepsInAll === 0 ? '' : `, ${stepsDone ?? 0} of ${counted(stepsInAll, 'step')} done`;
  const sizes = sizesText({ automations: [row] });
  const isLast = row === target.automations.at(-1);
  const answers: readonly (readonly [question: string, lines: readonly Span[]])[] = [
    ['What is happening', [span(`${phase}${count} (${automation})`, phaseStyle(phase))]],
    ...(sizes === undefined ? [] : [['Replicas', toSpans([`${sizes} (ready/wanted)`])] as const]),
    ['Why', toSpans(reason.split('\n'))],
    ['What comes next', toSpans([whatNext(row, target)])],
    ['By when', [byWhen(row, target)]],
    ...(isLast ? [['How to stop it', toSpans(howToStop(target, options))] as const] : []),
  ];
  return alignCells(
    answers.flatMap(([question, lines]) =>
      lines.map((line, index) => [span(index === 0 ? question : '', 'bold'), line]),
    ),
  );
}

function toSpans(lines: readonly string[]): readonly Span[] {
  return lines.map((line) => span(line));
}

/** A pause counts from when it was accepted, not from the next look, which is when the automation says it itself. */
function whatNext({ next }: AutomationRow, { controls }: Target): string {
  const isSaid = controls?.pause === undefined || next.startsWith('nothing until ');
  return isSaid ? next : `nothing until it is resumed; before the pause it was: ${next}`;
}

function byWhen(row: AutomationRow, { controls }: Target): Span {
  const overdue = rowOverdueText(row);
  if (overdue !== undefined) return span(overdue, 'red');
  const look = nextLook(row);
  return span(
    controls?.pause === undefined ? look : `when it is resumed; until then looks change nothing, the next: ${look}`,
  );
}

/** The distance is that to the last look: both are instants of the world's clock, which need not be ours. */
function nextLook({ working, nextCheckAtMs, lookedAtMs }: AutomationRow): string {
  const last = lookedAtMs === undefined ? '' : ` (last look ${formatInstant(lookedAtMs)})`;
  if (nextCheckAtMs === undefined) return `no time is set: it is looked at when a message comes${last}`;
  const at = formatInstant(nextCheckAtMs);
  // While somebody is at work the next check is the end of its lease, in case it vanishes.
  if (working) return `at work now; looked at again by ${at} at the latest${last}`;
  if (lookedAtMs === undefined) return `${at} (first look)`;
  if (nextCheckAtMs <= lookedAtMs) return `now: it was due ${at}${last}`;
  return `${at}, ${formatDuration(nextCheckAtMs - lookedAtMs)} after the last look (${formatInstant(lookedAtMs)})`;
}

function detailLines(progress: Progress, { showsAllHistory, program }: DescribeOptions): readonly Line[] {
  const { automation } = progress;
  const history = toldOnce(progress.history);
  const shown = showsAllHistory ? history : history.slice(-HISTORY_ENTRIES);
  const hidden = history.length - shown.length;
  const order = 'oldest first';
  const title =
    hidden === 0
      ? `History (${order})`
      : `History (last ${shown.length} of ${history.length}, ${order}; --all shows the rest)`;
  return [
    plain(''),
    [span(`Steps of ${automation}`, 'bold')],
    ...stepTable(progress),
    ...decisionLines(progress, program),
    plain(''),
    [span('Operations running', 'bold')],
    ...operationTable(progress),
    plain(''),
    [span(title, 'bold')],
    ...alignCells(shown.map((entry) => historyCells(entry, progress)).flatMap(unfold)),
  ];
}

/** Only what came out, and when; the arithmetic has a command of its own. */
function decisionLines({ decisions = [], target }: Progress, program: string): readonly Line[] {
  if (decisions.length === 0) return [];
  return [
    plain(''),
    [span('Last decisions (newest first)', 'bold'), span(`; ${program} explain ${target} has every term`)],
    ...alignCells(
      decisions
        .slice(-DECISIONS_SHOWN)
        .toReversed()
        .map(({ fromMs, decision }) => [span(formatInstant(fromMs)), span(decision.summary)]),
    ),
  ];
}

/** In the order of the plan, prerequisites first. */
function stepTable(progress: Progress): readonly Line[] {
  const rows = Object.values(progress.steps).flatMap((step) =>
    unfold([
      span(step.state === 'intended' ? 'starting' : step.state, stateStyles[step.state]),
      span(step.title),
      span(tookOf(step, progress)),
      // A call that had to be repeated, or whose outcome is not known yet, is part of the same attempt.
      span(`${step.attempts}`),
      span(`${step.calls}`),
      span(step.operation ?? '-'),
      span(reasonOf(step, progress)),
    ]),
  );
  // Sizing has a step only while something changes.
  if (rows.length === 0)
    return [plain(hasActed(progress) ? 'none now: those of earlier looks are in the history' : 'none yet')];
  return toTable(['STATE', 'STEP', 'TOOK', 'FAILED ATTEMPTS', 'CALLS', 'OPERATION', 'REASON'], rows);
}

function hasActed({ history }: Progress): boolean {
  return history.some(({ step }) => step !== undefined);
}

const stateStyles = {
  done: 'green',
  running: 'cyan',
  intended: 'cyan',
  ready: 'cyan',
  waiting: 'dim',
  failed: 'red',
} as const;

/** World time; of a step under way, until the last look. */
function tookOf({ state, startedAtMs, endedAtMs }: StepMemory, { lookedAtMs }: Progress): string {
  if (startedAtMs === undefined) return '-';
  if (state === 'done') return endedAtMs === undefined ? '-' : formatDuration(endedAtMs - startedAtMs);
  return formatDuration(lookedAtMs - startedAtMs);
}

/** With the instant before which no new call is made. */
function reasonOf({ reason, notBeforeMs }: StepMemory, { lookedAtMs }: Progress): string {
  if (notBeforeMs === undefined || notBeforeMs <= lookedAtMs) return reason ?? '';
  return `${reason ?? 'a failed attempt'}; next try ${formatInstant(notBeforeMs)}`;
}

/** What Google is doing for us now: to be looked up there by these names. */
function operationTable(progress: Progress): readonly Line[] {
  const running = Object.values(progress.steps).flatMap((step) =>
    step.state === 'running' && step.operation !== undefined ? [{ step, operation: step.operation }] : [],
  );
  if (running.length === 0) return [plain('none')];
  return alignCells(
    running.map(({ step, operation }) => [span(operation), span(step.title), span(tookOf(step, progress))]),
  );
}

function historyCells({ atMs, step, text }: Progress['history'][number], { steps }: Progress): readonly Span[] {
  return [span(formatInstant(atMs)), span(step === undefined ? '' : (steps[step]?.title ?? step)), span(text)];
}

/** A last cell of several lines becomes several rows. */
function unfold(cells: readonly Span[]): readonly (readonly Span[])[] {
  const last = cells.at(-1);
  const [first = '', ...more] = (last?.text ?? '').split('\n');
  const before = cells.slice(0, -1);
  return [[...before, span(first)], ...more.map((text) => [...before.map(() => span('')), span(text)])];
}
