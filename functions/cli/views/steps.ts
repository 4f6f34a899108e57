/** The steps of one automation, as few lines as tell everything: what is done is counted, what is not is named. Pure. */
import type { Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { type Line, type Span, type Style, span } from '../text/line.ts';
import { alignCells } from '../text/table.ts';
import { formatDuration } from '../text/time.ts';

interface StepRow {
  readonly mark: string;
  readonly style: Style;
  readonly title: string;
  readonly spanMs: number | undefined;
  /** One per line. */
  readonly details: readonly string[];
}

type State = StepMemory['state'];

const marks: Readonly<Record<State, readonly [mark: string, style: Style]>> = {
  done: ['✓', 'green'],
  running: ['●', 'cyan'],
  intended: ['●', 'cyan'],
  ready: ['●', 'cyan'],
  waiting: ['○', 'dim'],
  failed: ['✗', 'red'],
};

/** Order within a group: what needs eyes before what only waits. */
const order: readonly State[] = ['failed', 'running', 'intended', 'ready', 'waiting'];

export function stepLines(progress: Progress): readonly Line[] {
  const groups = Map.groupBy(Object.entries(progress.steps), ([id]) => id.split('/')[0] ?? id);
  const rows = [...groups].flatMap(([group, entries]) =>
    groupRows(
      group,
      entries.map(([, step]) => step),
      progress,
    ),
  );
  return alignCells(rows.flatMap(toCells));
}

/** `subnet/demo-sub-0` belongs to the group `subnet`. */
function groupRows(group: string, steps: readonly StepMemory[], progress: Progress): readonly StepRow[] {
  const done = steps.filter(({ state }) => state === 'done');
  const open = order.flatMap((state) => steps.filter((step) => step.state === state));
  // Steps of one group that wait for the same thing are one row.
  const rows = Map.groupBy(open, (step) => (step.state === 'waiting' ? waitText(step, progress) : step.title));
  return [
    ...(done.length === 0 ? [] : [doneRow(done, group, steps.length)]),
    ...[...rows.values()].flatMap((alike) => openRows(alike, group, progress)),
  ];
}

function doneRow(done: readonly StepMemory[], group: string, inAll: number): StepRow {
  const [mark, style] = marks.done;
  const [only] = done;
  const count = done.length === inAll ? `${inAll}` : `${done.length} of ${inAll}`;
  const title = inAll === 1 && only !== undefined ? only.title : `${group} (${count})`;
  return { mark, style, title, spanMs: spanOf(done), details: [] };
}

/** First start to last end; undefined for what was found as wanted. */
function spanOf(done: readonly StepMemory[]): number | undefined {
  const timed = done.filter(({ startedAtMs, endedAtMs }) => startedAtMs !== undefined && endedAtMs !== undefined);
  if (timed.length === 0) return undefined;
  return (
    Math.max(...timed.map(({ endedAtMs }) => endedAtMs ?? 0)) -
    Math.min(...timed.map(({ startedAtMs }) => startedAtMs ?? 0))
  );
}

function openRows(alike: readonly StepMemory[], group: string, progress: Progress): readonly StepRow[] {
  const [first] = alike;
  if (first?.state === 'waiting' && alike.length > 1) {
    const [mark, style] = marks.waiting;
    return [
      { mark, style, title: `${group} (${alike.length})`, spanMs: undefined, details: [waitText(first, progress)] },
    ];
  }
  return alike.map((step) => openRow(step, progress));
}

function openRow(step: StepMemory, progress: Progress): StepRow {
  const [mark, style] = marks[step.state];
  const isAtWork = step.state === 'running' || step.state === 'intended';
  // Both on the world's clock: how long it had run when somebody last looked.
  const spanMs =
    isAtWork && step.startedAtMs !== undefined ? Math.max(0, progress.lookedAtMs - step.startedAtMs) : undefined;
  return { mark, style, title: step.title, spanMs, details: detailsOf(step, progress) };
}

function detailsOf(step: StepMemory, progress: Progress): readonly string[] {
  if (step.state === 'failed' || step.state === 'waiting') return waitText(step, progress).split('\n');
  if (step.state === 'running') return [runningText(step)];
  return ['starting'];
}

/** The reason, with the operation unless the reason names it. */
export function runningText({ reason, operation }: StepMemory): string {
  if (operation === undefined) return reason ?? 'under way';
  if (reason === undefined) return `operation ${operation} runs`;
  return reason.includes(operation) ? reason : `${reason} (${operation})`;
}

function waitText({ reason, notBeforeMs }: StepMemory, { lookedAtMs }: Progress): string {
  const why = reason ?? 'not looked at yet';
  if (notBeforeMs === undefined || notBeforeMs <= lookedAtMs) return why;
  return `${why}; next try in ${formatDuration(notBeforeMs - lookedAtMs)}`;
}

function toCells({ mark, style, title, spanMs, details }: StepRow): readonly (readonly Span[])[] {
  const [first = '', ...more] = details;
  const elapsed = spanMs === undefined ? '' : formatDuration(spanMs).padStart(7);
  return [
    [span(`  ${mark} ${title}`, style), span(elapsed), span(first)],
    ...more.map((detail) => [span(''), span(''), span(detail)]),
  ];
}
