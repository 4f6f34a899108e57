/** The steps of one automation, as few lines as tell everything: what is done is counted, what is not is named. Pure. */
import type { Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { type Line, type Span, type Style, span } from '../text/line.ts';
import { alignCells } from '../text/table.ts';
import { formatDuration } from '#shared/domain/time-text.ts';

/** One row, perhaps for several steps. */
interface StepRow {
  readonly mark: string;
  readonly style: Style;
  readonly title: string;
  /** World time; undefined: nothing was started. */
  readonly spanMs: number | undefined;
  /** One per line. */
  readonly details: readonly string[];
}

type State = StepMemory['state'];

/** Steps are told apart by shape as well as by colour. */
const marks: Readonly<Record<State, readonly [mark: string, style: Style]>> = {
  done: ['✓', 'green'],
  running: ['●', 'cyan'],
  intended: ['●', 'cyan'],
  ready: ['●', 'cyan'],
  waiting: ['○', 'dim'],
  failed: ['✗', 'red'],
};

/** Below what is done: what needs eyes before what only waits. */
const openStates: readonly State[] = ['failed', 'running', 'intended', 'ready', 'waiting'];

interface GroupedStep {
  readonly group: string;
  readonly step: StepMemory;
}

export function stepLines(progress: Progress): readonly Line[] {
  const steps = Object.entries(progress.steps).map(([id, step]): GroupedStep => ({ group: groupOf(id), step }));
  const open = openStates.flatMap((state) => steps.filter(({ step }) => step.state === state));
  // Steps of one group that wait for the same thing are one row.
  const alike = Map.groupBy(open, ({ group, step }) => {
    return step.state === 'waiting' ? `${group} ${waitText(step, progress)}` : step.title;
  });
  const rows = [
    ...[...Map.groupBy(steps, ({ group }) => group)].flatMap(([group, members]) => doneRows(group, members)),
    ...[...alike.values()].flatMap((members) => openRows(members, progress)),
  ];
  return alignCells(rows.flatMap(toCells));
}

/** `subnet/demo-sub-0` belongs to the group `subnet`. */
function groupOf(stepId: string): string {
  return stepId.split('/', 1)[0] ?? stepId;
}

function doneRows(group: string, members: readonly GroupedStep[]): readonly StepRow[] {
  const done = members.flatMap(({ step }) => (step.state === 'done' ? [step] : []));
  const [first] = done;
  if (first === undefined) return [];
  const [mark, style] = marks.done;
  const count = done.length === members.length ? `${members.length}` : `${done.length} of ${members.length}`;
  const title = members.length === 1 ? first.title : `${group} (${count})`;
  return [{ mark, style, title, spanMs: workedMs(done), details: [] }];
}

/** How long any of the steps was being worked on; undefined: all were found as wanted. 0..20 s and 15..30 s are 30 s. */
function workedMs(done: readonly StepMemory[]): number | undefined {
  const spans = done.flatMap(({ startedAtMs, endedAtMs }) =>
    startedAtMs === undefined || endedAtMs === undefined ? [] : [{ startedAtMs, endedAtMs }],
  );
  if (spans.length === 0) return undefined;
  let workedUntilMs = 0;
  let sumMs = 0;
  for (const { startedAtMs, endedAtMs } of spans.toSorted((left, right) => left.startedAtMs - right.startedAtMs)) {
    sumMs += Math.max(0, endedAtMs - Math.max(startedAtMs, workedUntilMs));
    workedUntilMs = Math.max(workedUntilMs, endedAtMs);
  }
  return sumMs;
}

function openRows(members: readonly GroupedStep[], progress: Progress): readonly StepRow[] {
  const [first] = members;
  if (first === undefined || first.step.state !== 'waiting' || members.length === 1) {
    return members.map(({ step }) => openRow(step, progress));
  }
  const row = openRow(first.step, progress);
  return [{ ...row, title: `${first.group} (${members.length})` }];
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
