/** Rates from counters read at two looks: a counter that went down has begun anew, it has not counted backwards. */
import type { Sample, SignalSource } from '../scaling/signals.ts';

/** Counter readings of the last look by pod; kept in the ledger between looks. */
export interface CounterMemory {
  readonly atMs: number;
  readonly byPod: Readonly<Record<string, number>>;
}

export interface CounterReading {
  readonly pod: string;
  /** Undefined: the pod did not answer. */
  readonly value: number | undefined;
}

/**
 * Increase per second over all pods since the last look. Missing at the first look, and while a pod that was counted before does
 * not answer: what it did meanwhile is not known. A new pod counts from zero.
 */
export function readRate(
  before: CounterMemory | undefined,
  now: readonly CounterReading[],
  at: { readonly atMs: number; readonly source: SignalSource },
): Sample {
  if (before === undefined) return { kind: 'missing', reason: 'counted for the first time' };
  const seconds = (at.atMs - before.atMs) / 1000;
  if (seconds <= 0) return { kind: 'missing', reason: 'no time has passed since the last count' };
  const silent = now.find(({ value }) => value === undefined);
  if (silent !== undefined) return { kind: 'missing', reason: `pod ${silent.pod} does not answer` };
  const increase = now.reduce((sum, { pod, value = 0 }) => sum + increaseOf(before.byPod[pod], value), 0);
  return { kind: 'value', value: increase / seconds, atMs: at.atMs, source: at.source };
}

function increaseOf(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before;
}

/** What to remember for the next look: of a pod that did not answer, what was known of it. */
export function rememberCounters(
  before: CounterMemory | undefined,
  now: readonly CounterReading[],
  atMs: number,
): CounterMemory {
  const known = now.flatMap(({ pod, value = before?.byPod[pod] }): [string, number][] =>
    value === undefined ? [] : [[pod, value]],
  );
  return { atMs, byPod: Object.fromEntries(known) };
}
