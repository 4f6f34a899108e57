import type { FailureKind } from '../errors.ts';
import { retryAfter } from './retry.ts';
import type { JsonObject } from './json.ts';
import type { Failure, Phase, Plan, PlannedStep, Step, StepMemories, StepMemory, StepResult } from './step.ts';

/** What status shows of one (automation, target), and what the next look remembers. */
export interface Progress {
  readonly automation: string;
  readonly target: string;
  /** Seed of the request ids: the same for one incarnation of the target, another one after a deletion. */
  readonly buildId: string;
  /** Sequence of the document that the latest look worked on. */
  readonly sequence: number;
  readonly phase: Phase;
  readonly reason: string;
  readonly next: string;
  readonly steps: StepMemories;
  readonly startedAtMs: number;
  /** When it first was ready (for this document). */
  readonly endedAtMs?: number;
  /** When it was last looked at. */
  readonly lookedAtMs: number;
  readonly report?: JsonObject;
  /** Looks in a row that could not read the world. */
  readonly blindLooks: number;
  /** Newest last, at most `MAX_HISTORY`. */
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly atMs: number;
  /** Step id, or absent for the target as a whole. */
  readonly step?: string;
  readonly text: string;
}

/** A ring, so that the document stays far below the ledger's 1 MiB. */
export const MAX_HISTORY = 200;

/** The first record of a target. */
export function beginProgress(
  subject: Pick<Progress, 'automation' | 'target' | 'buildId' | 'sequence'>,
  nowMs: number,
): Progress {
  return {
    ...subject,
    phase: 'pending',
    reason: 'accepted',
    next: 'a first look at the world',
    steps: {},
    startedAtMs: nowMs,
    lookedAtMs: nowMs,
    blindLooks: 0,
    history: [{ atMs: nowMs, text: `document ${subject.sequence} accepted` }],
  };
}

/** A newer document: everything is looked at anew, and what failed for good under the old one may be tried at once. */
export function adoptDocument(progress: Progress, sequence: number, nowMs: number): Progress {
  if (sequence === progress.sequence) return progress;
  const { endedAtMs: _ofOldDocument, ...rest } = progress;
  const steps = mapValues(progress.steps, ({ notBeforeMs: _old, ...memory }) => forgetState(memory));
  const begun: Progress = { ...rest, sequence, steps, startedAtMs: nowMs };
  return note(begun, [{ atMs: nowMs, text: `document ${sequence} accepted` }]);
}

/** Operations are forgotten too: under another project or region their names mean nothing, and resources are found by name. */
function forgetState({ operation: _older, ...memory }: StepMemory): StepMemory {
  return { ...memory, state: 'waiting', failuresInARow: 0 };
}

/** Takes a plan into the record: states, reasons, what ended, and the intent of every step about to be started. */
export function recordPlan<S extends Step>(progress: Progress, plan: Plan<S>, nowMs: number): Progress {
  const events: HistoryEntry[] = [];
  const steps: Record<string, StepMemory> = {};
  for (const planned of plan.steps) {
    const before = progress.steps[planned.step.id];
    const memory = rememberStatus(before, planned, nowMs);
    steps[planned.step.id] = memory;
    const text = describeChange(before, memory);
    if (text !== undefined) events.push({ atMs: nowMs, step: planned.step.id, text });
  }
  if (plan.phase !== progress.phase) events.push({ atMs: nowMs, text: `${plan.phase}: ${plan.reason}` });
  const { report: _older, ...rest } = progress;
  const next: Progress = {
    ...rest,
    phase: plan.phase,
    reason: plan.reason,
    next: plan.next,
    steps,
    lookedAtMs: nowMs,
    blindLooks: 0,
    ...(plan.report !== undefined && { report: plan.report }),
    ...(plan.phase === 'ready' && { endedAtMs: progress.endedAtMs ?? nowMs }),
  };
  return note(next, events);
}

/** Takes the results of a frontier into the record. */
export function recordResults(progress: Progress, results: ReadonlyMap<string, StepResult>, nowMs: number): Progress {
  const events: HistoryEntry[] = [];
  const steps: Record<string, StepMemory> = { ...progress.steps };
  for (const [id, result] of results) {
    const before = steps[id];
    if (before === undefined) continue;
    const after = rememberResult(before, result, nowMs);
    steps[id] = after;
    const text = describeChange(before, after);
    if (text !== undefined) events.push({ atMs: nowMs, step: id, text });
  }
  return note({ ...progress, steps }, events);
}

/** Failures to read that pass by themselves; any other one waits for a person, and status has to say so. */
const passing: readonly FailureKind[] = ['transient', 'busy'];

/** The world could not be read: nothing is concluded from that about the steps, but when to try again. */
export function recordBlindLook(progress: Progress, failure: Failure, nowMs: number): Progress {
  const reason = `the world could not be read: ${failure.message}`;
  const phase = passing.includes(failure.kind) ? progress.phase : 'holding';
  const events = progress.reason === reason ? [] : [{ atMs: nowMs, text: reason }];
  const next = 'the same look again';
  return note({ ...progress, phase, reason, next, lookedAtMs: nowMs, blindLooks: progress.blindLooks + 1 }, events);
}

function rememberStatus<S extends Step>(
  before: StepMemory | undefined,
  planned: PlannedStep<S>,
  nowMs: number,
): StepMemory {
  const { title } = planned.step;
  const status = planned.status;
  const known = before ?? { title, state: 'waiting', attempts: 0, calls: 0, failuresInARow: 0 };
  const { reason: _old, ...base } = { ...known, title };
  if (status.state === 'done') return finish(base, nowMs);
  if (status.state === 'running') {
    const operation = status.operation ?? base.operation;
    return {
      ...base,
      state: 'running',
      reason: status.reason,
      startedAtMs: base.startedAtMs ?? nowMs,
      ...(operation !== undefined && { operation }),
    };
  }
  if (status.state === 'ready') {
    return { ...base, state: 'intended', calls: base.calls + 1, startedAtMs: base.startedAtMs ?? nowMs };
  }
  if (status.state === 'waiting') return { ...base, state: 'waiting', reason: status.reason };
  // What the world shows to have failed is over, whatever kind of failure it was: the next attempt is another one.
  return status.fresh
    ? fail(base, status.failure, { nowMs, isOver: true })
    : { ...base, state: 'failed', reason: status.failure.message };
}

function rememberResult(before: StepMemory, result: StepResult, nowMs: number): StepMemory {
  if (result.kind === 'failed') return fail(before, result.failure, { nowMs, isOver: false });
  const { notBeforeMs: _served, reason: _old, failureKind: _past, ...rest } = before;
  const operation = result.operation === undefined ? {} : { operation: result.operation };
  // Accepted is not done: only that ends a row of failures.
  return { ...rest, state: 'running', ...operation };
}

function finish(memory: StepMemory, nowMs: number): StepMemory {
  const { notBeforeMs: _served, reason: _old, failureKind: _past, ...rest } = memory;
  const doneSinceMs = memory.state === 'done' ? (memory.doneSinceMs ?? nowMs) : nowMs;
  return { ...rest, state: 'done', failuresInARow: 0, endedAtMs: memory.endedAtMs ?? nowMs, doneSinceMs };
}

function fail(
  memory: StepMemory,
  failure: Failure,
  { nowMs, isOver }: { readonly nowMs: number; readonly isOver: boolean },
): StepMemory {
  const failuresInARow = memory.failuresInARow + 1;
  const retry = retryAfter(failure, failuresInARow);
  const ended = isOver || retry.ended;
  const { operation, ...rest } = memory;
  return {
    ...rest,
    state: retry.shownAs,
    attempts: memory.attempts + (ended ? 1 : 0),
    failuresInARow,
    reason: failure.message,
    failureKind: failure.kind,
    notBeforeMs: nowMs + retry.afterSeconds * 1000,
    ...(!ended && operation !== undefined && { operation }),
  };
}

/** The news in a change of state, in words; undefined: none. */
function describeChange(before: StepMemory | undefined, after: StepMemory): string | undefined {
  if (before?.state === after.state && before.reason === after.reason) return undefined;
  return news[after.state](after, before);
}

type News = (after: StepMemory, before: StepMemory | undefined) => string | undefined;

const news: Readonly<Record<StepMemory['state'], News>> = {
  done: (_after, before) => ((before?.calls ?? 0) === 0 ? 'found as wanted' : 'done'),
  running: ({ operation }, before) => {
    if (before?.state === 'running') return undefined;
    return operation === undefined ? 'under way' : `under way: ${operation}`;
  },
  failed: ({ reason }) => `failed: ${reason ?? 'no reason given'}`,
  // Waiting for a prerequisite is the normal state of most steps; only a refused call is news.
  waiting: ({ failuresInARow, reason }, before) =>
    failuresInARow > (before?.failuresInARow ?? 0) ? `waits: ${reason ?? 'no reason given'}` : undefined,
  intended: () => undefined,
  ready: () => undefined,
};

function note(progress: Progress, events: readonly HistoryEntry[]): Progress {
  if (events.length === 0) return progress;
  return { ...progress, history: [...progress.history, ...events].slice(-MAX_HISTORY) };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
