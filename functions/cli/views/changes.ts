/** What has changed between two looks at a target, one line each, for logs and pipes. Pure. */
import type { HistoryEntry, Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import type { Target } from '../status-answers.ts';
import { eventText, historyText, recentHistory } from './frame.ts';
import { countSteps, phaseClause, phaseOf } from './phase.ts';
import { runningText } from './steps.ts';
import { toldOnce } from './told-once.ts';
import { counted } from '#shared/domain/counted.ts';

/** `before`: absent at the first look, which tells everything since the document was accepted. */
export function changeLines(before: Target | undefined, after: Target): readonly string[] {
  const opening = before === undefined ? [openingLine(after)] : [];
  const events = after.details.flatMap((progress) => {
    const known = before?.details.find(({ automation }) => automation === progress.automation);
    const prefix = after.details.length > 1 ? `${progress.automation}  ` : '';
    return progressEvents(known, progress).map(({ atMs, text }) => ({ atMs, text: `${prefix}${text}` }));
  });
  return [...opening, ...events.toSorted((left, right) => left.atMs - right.atMs).map(({ text }) => text)];
}

function openingLine(target: Target): string {
  const steps = countSteps(target);
  const count = steps === undefined ? '' : `, ${steps.done} of ${counted(steps.all, 'step')} done`;
  return `${target.target} ${phaseClause(phaseOf(target))}${count}`;
}

interface Event {
  readonly atMs: number;
  readonly text: string;
}

/** The history says what ended and failed; what a step waits for, and how a long one gets on, is only in its state. */
function progressEvents(before: Progress | undefined, after: Progress): readonly Event[] {
  // Told once only among what is new: what is kept is compared as it is.
  const told = toldOnce(newEntries(before === undefined ? [] : before.history, recentHistory(after)));
  const states = Object.entries(after.steps).flatMap(([id, step]) => {
    const text = stateNews(before?.steps[id], step, after);
    if (text === undefined) return [];
    return [
      { atMs: after.lookedAtMs, text: eventText(after.lookedAtMs - after.startedAtMs, `${step.title}: ${text}`) },
    ];
  });
  return [...told.map((entry) => ({ atMs: entry.atMs, text: historyText(entry, after) })), ...states];
}

/** The history is a ring: the old one's end is the new one's beginning, unless everything in it is new. */
export function newEntries(before: readonly HistoryEntry[], after: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const old = before.map(keyOf);
  const all = after.map(keyOf);
  for (let shared = Math.min(old.length, all.length); shared > 0; shared--) {
    const end = old.slice(-shared);
    if (end.every((key, index) => key === all[index])) return after.slice(shared);
  }
  return after;
}

function keyOf({ atMs, step, text }: HistoryEntry): string {
  return JSON.stringify([atMs, step, text]);
}

/** Undefined where the history has a line of its own, or nothing is new. */
function stateNews(before: StepMemory | undefined, after: StepMemory, progress: Progress): string | undefined {
  if (before?.reason === after.reason || after.reason === undefined) return undefined;
  if (after.state === 'waiting') return isToldAlready(before, after, progress) ? undefined : `waits: ${after.reason}`;
  const hasGoneOn = after.state === 'running' && before?.state === 'running' && before.reason !== undefined;
  return hasGoneOn ? runningText(after) : undefined;
}

/** A refused call is in the history; waiting for another step of the same graph is the normal state of most steps. */
function isToldAlready(
  before: StepMemory | undefined,
  { title, reason, failuresInARow }: StepMemory,
  { steps }: Progress,
): boolean {
  if (failuresInARow > (before?.failuresInARow ?? 0)) return true;
  return Object.values(steps).some((other) => other.title !== title && reason?.includes(other.title) === true);
}
