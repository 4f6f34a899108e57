import type { FailureKind } from '../errors.ts';
import { cutToBytes } from './cut.ts';
import { keepDecision, type KeptDecision, remarkOn } from './decisions.ts';
import { addToHistory, type HistoryEntry, jsonBytes } from './history.ts';
import { type JsonObject, mapValues } from './json.ts';
import type { Failure, Phase, Plan, Step, StepMemories, StepMemory, StepResult } from './step.ts';
import { describeChange, forgetState, rememberResult, rememberStatus } from './step-memory.ts';

// Both are part of the record's shape.
export { type HistoryEntry, MAX_HISTORY } from './history.ts';

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
  /** What the planner hands to the next look. */
  readonly carry?: JsonObject;
  /** Newest last; see shared/domain/decisions.ts. */
  readonly decisions?: readonly KeptDecision[];
  /** Looks in a row that could not read the world. */
  readonly blindLooks: number;
  /** Looks in a row that a bug ended; absent: none. */
  readonly brokenLooks?: number;
  /** Newest last, at most `MAX_HISTORY`. */
  readonly history: readonly HistoryEntry[];
}

/** Bytes of a reason: a screen or two. Some are made of what vendors answer, and those are unbounded. */
const MAX_REASON_BYTES = 4_096;

/**
 * Bytes of the whole record as JSON: a quarter of what the ledger can hold (1 MiB), since it is rewritten twice a look. History
 * gives way; a hundred steps with full reasons and the least history stay below half of the ledger's bound.
 */
const MAX_RECORD_BYTES = 256 * 1_024;

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
  const steps = mapValues(progress.steps, forgetState);
  const begun: Progress = { ...rest, sequence, steps, startedAtMs: nowMs };
  return note(begun, [{ atMs: nowMs, text: `document ${sequence} accepted` }]);
}

/** Takes a plan into the record: states, reasons, what ended, and the intent of every step about to be started. */
export function recordPlan<S extends Step>(progress: Progress, plan: Plan<S>, nowMs: number): Progress {
  const planned = rememberSteps(progress, plan, nowMs);
  const { report: _older, brokenLooks, ...rest } = progress;
  // A look that leaves nothing to do has ended without a bug; of any other one that is not known before its steps were applied.
  const isOver = plan.steps.every(({ status }) => status.state !== 'ready');
  const mayBreakAgain = brokenLooks !== undefined && !isOver;
  const isNewPhase = plan.phase !== progress.phase && !mayBreakAgain;
  const next: Progress = {
    ...rest,
    ...(mayBreakAgain && { brokenLooks }),
    phase: plan.phase,
    reason: plan.reason,
    next: plan.next,
    steps: planned.steps,
    lookedAtMs: nowMs,
    blindLooks: 0,
    ...handedOn(progress, plan, nowMs),
    ...(plan.phase === 'ready' && { endedAtMs: progress.endedAtMs ?? nowMs }),
  };
  return note(next, [
    ...planned.events,
    ...decisionNews(progress, plan, nowMs),
    ...(isNewPhase ? [{ atMs: nowMs, text: `${plan.phase}: ${plan.reason}` }] : []),
  ]);
}

function rememberSteps<S extends Step>(progress: Progress, plan: Plan<S>, nowMs: number) {
  const events: HistoryEntry[] = [];
  const steps: Record<string, StepMemory> = {};
  for (const planned of plan.steps) {
    const before = progress.steps[planned.step.id];
    const memory = rememberStatus(before, planned, nowMs);
    steps[planned.step.id] = memory;
    const text = describeChange(before, memory);
    if (text !== undefined) events.push({ atMs: nowMs, step: planned.step.id, text });
  }
  return { steps, events };
}

/** What only some automations say, for status and for their own next look. */
function handedOn<S extends Step>({ decisions }: Progress, { report, carry, decision }: Plan<S>, nowMs: number) {
  return {
    ...(report !== undefined && { report }),
    ...(carry !== undefined && { carry }),
    ...(decision !== undefined && { decisions: keepDecision(decisions, decision, nowMs) }),
  };
}

function decisionNews<S extends Step>(
  { decisions }: Progress,
  { decision }: Plan<S>,
  nowMs: number,
): readonly HistoryEntry[] {
  if (decision === undefined || decision.outcome === decisions?.at(-1)?.decision.outcome) return [];
  return [{ atMs: nowMs, text: decision.summary }];
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
  const remarks = [...results.values()].flatMap((result) => {
    return result.kind === 'done' && result.remark !== undefined ? [result.remark] : [];
  });
  const decisions = progress.decisions && remarkOn(progress.decisions, remarks);
  const news = remarks.map((text) => ({ atMs: nowMs, text }));
  return note({ ...progress, steps, ...(decisions !== undefined && { decisions }) }, [...events, ...news]);
}

/** Failures to read that pass by themselves; any other one waits for a person, and status has to say so. */
const passing: readonly FailureKind[] = ['transient', 'busy'];

/** The world could not be read: nothing is concluded from that about the steps, but when to try again. */
export function recordBlindLook(progress: Progress, failure: Failure, nowMs: number): Progress {
  const reason = `the world could not be read: ${failure.message}`;
  const phase = passing.includes(failure.kind) ? progress.phase : 'holding';
  const next = 'the same look again';
  const blind = { ...progress, phase, reason, next, lookedAtMs: nowMs, blindLooks: progress.blindLooks + 1 };
  return note(blind, [{ atMs: nowMs, text: reason }]);
}

/**
 * A look that ended in a way nobody foresaw. Nothing is concluded about the steps, but the phase says that nobody looks after the
 * target any more: only a person who mends the product can change that, and has to learn of it.
 */
export function recordBrokenLook(progress: Progress, reason: string, nowMs: number): Progress {
  const phase: Phase = progress.endedAtMs === undefined ? 'failed' : 'degraded';
  const next = 'the same look again, ever less often; a person mends the automation or the ledger';
  const brokenLooks = (progress.brokenLooks ?? 0) + 1;
  const broken: Progress = { ...progress, phase, reason, next, lookedAtMs: nowMs, brokenLooks };
  return note(broken, [{ atMs: nowMs, text: reason }]);
}

/** Every record ends here: news added, and everything within its bounds. */
function note(progress: Progress, events: readonly HistoryEntry[]): Progress {
  const steps = mapValues(progress.steps, boundReason);
  const bounded = { ...progress, reason: cutToBytes(progress.reason, MAX_REASON_BYTES), steps };
  const roomBytes = MAX_RECORD_BYTES - jsonBytes({ ...bounded, history: [] });
  return { ...bounded, history: addToHistory(progress.history, events, roomBytes) };
}

function boundReason(memory: StepMemory): StepMemory {
  return memory.reason === undefined ? memory : { ...memory, reason: cutToBytes(memory.reason, MAX_REASON_BYTES) };
}
