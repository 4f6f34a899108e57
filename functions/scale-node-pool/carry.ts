/** What one look hands to the next. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { PoolMemory } from '#shared/domain/node-pool/types.ts';
import type { StepMemories } from '#shared/domain/step.ts';

/** `asked` absent: not known, as good as any. */
type Update = { readonly operation: string; readonly atMs: number; readonly asked?: string };

/** Plain JSON in the ledger. */
export type Carry = {
  /** Another number means another form: what an older version remembered is then forgotten. */
  readonly version: 1;
  readonly memory: PoolMemory;
  /** Changes that GKE has accepted within the last hour. */
  readonly updates: readonly Update[];
  /** What the latest plan that asked for a change asked for, e.g. `resize 3`: it is written down before the call. */
  readonly asked?: string;
};

/** Unknown is the safe side: nodes go only once the need has been followed for minutes. */
const nothing: Carry = { version: 1, memory: { unfitSinceMs: {}, chosen: [] }, updates: [] };

export function parseCarry(carry: JsonObject | undefined): Carry {
  if (carry?.['version'] !== 1) return nothing;
  return carry as unknown as Carry; // written by `plan` of this version, read back from JSON
}

const HOUR_MS = 3_600_000;

/** Every operation is counted once, at the first look that knows its name. */
export function withUpdates({ updates, asked }: Carry, steps: StepMemories, nowMs: number): Carry['updates'] {
  const recent = updates.filter(({ atMs }) => nowMs - atMs < HOUR_MS);
  const fresh = [steps['resize'], steps['bounds']].flatMap((memory) => memory?.operation ?? []);
  const added = fresh.filter((operation) => recent.every((known) => known.operation !== operation));
  return [...recent, ...added.map((operation) => ({ operation, atMs: nowMs, ...(asked !== undefined && { asked }) }))];
}

/** How often the same was asked for within the last hour: somebody undoes it. A size that follows its demand is another one each time. */
export function countRepetitions({ updates }: Carry, asking: string): number {
  return updates.filter(({ asked }) => asked === undefined || asked === asking).length;
}
