/** The last decisions about a target, for whoever asks why. Pure. */
import { jsonBytes } from './history.ts';
import type { Decision } from './step.ts';

/** Looks in a row that decided the same are one: a settled target would otherwise push its own history out. */
export interface KeptDecision {
  /** When it was first decided so, and last. */
  readonly fromMs: number;
  readonly atMs: number;
  /** Looks that decided the same, one after the other. */
  readonly looks: number;
  /** The arithmetic of the latest of them. */
  readonly decision: Decision;
}

/** At most so many are kept: a handful of changes is what somebody looks back at, and the record is rewritten at every look. */
const MAX_DECISIONS = 12;
/** At most so many bytes of JSON, the newest always. */
const MAX_BYTES = 96 * 1_024;

/** Decisions are the same by their `outcome`; what is kept of them is the latest arithmetic. */
export function keepDecision(
  kept: readonly KeptDecision[] = [],
  decision: Decision,
  nowMs: number,
): readonly KeptDecision[] {
  const latest = kept.at(-1);
  const isSame = latest?.decision.outcome === decision.outcome;
  const { fromMs, looks } = isSame ? latest : { fromMs: nowMs, looks: 0 };
  const all = [...(isSame ? kept.slice(0, -1) : kept), { fromMs, atMs: nowMs, looks: looks + 1, decision }];
  return withinBytes(all.slice(-MAX_DECISIONS));
}

/** Adds to the latest decision what went otherwise than planned when it was carried out. */
export function remarkOn(kept: readonly KeptDecision[], remarks: readonly string[]): readonly KeptDecision[] {
  const latest = kept.at(-1);
  if (latest === undefined || remarks.length === 0) return kept;
  const decision = { ...latest.decision, remarks: [...(latest.decision.remarks ?? []), ...remarks] };
  return withinBytes([...kept.slice(0, -1), { ...latest, decision }]);
}

function withinBytes(kept: readonly KeptDecision[]): readonly KeptDecision[] {
  const sizes = kept.map((one) => jsonBytes(one));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  let first = 0;
  while (total > MAX_BYTES && first < kept.length - 1) total -= sizes[first++] ?? 0;
  return kept.slice(first);
}
