/** What is remembered of one step after a look and after a call, and what of that is news. Pure. */
import { retryAfter } from './retry.ts';
import type { Failure, PlannedStep, Step, StepMemory, StepResult } from './step.ts';

/** A newer document. Operations are forgotten too: under another project or region their names mean nothing, and resources are found by name. */
export function forgetState({ operation: _older, notBeforeMs: _old, ...memory }: StepMemory): StepMemory {
  return { ...memory, state: 'waiting', failuresInARow: 0 };
}

export function rememberStatus<S extends Step>(
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

export function rememberResult(before: StepMemory, result: StepResult, nowMs: number): StepMemory {
  if (result.kind === 'failed') return fail(before, result.failure, { nowMs, isOver: false });
  if (result.kind === 'done') return finish(before, nowMs);
  const { notBeforeMs: _served, reason: _old, failureKind: _past, ...rest } = before;
  // Accepted is not done: only that ends a row of failures.
  if (result.operation !== undefined) return { ...rest, state: 'running', operation: result.operation };
  // Nothing but the world can say that it took effect. Where something there undoes it (a webhook, a normalised value) the same
  // call would otherwise be made again at every look, and a look follows at once. A look that sees it done asks for no pause.
  const failuresInARow = before.failuresInARow + 1;
  const reason = 'applied, not seen yet';
  const { afterSeconds } = retryAfter({ kind: 'transient', message: reason }, failuresInARow);
  return { ...rest, state: 'running', reason, failuresInARow, notBeforeMs: nowMs + afterSeconds * 1000 };
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
export function describeChange(before: StepMemory | undefined, after: StepMemory): string | undefined {
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
