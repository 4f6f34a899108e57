/** What one look hands to the next. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { PoolMemory } from '#shared/domain/node-pool/types.ts';
import type { StepMemories, StepMemory } from '#shared/domain/step.ts';

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
  /** The size that was refused last for want of machines, while none was accepted since. */
  readonly refused?: Refused;
  /** Nodes that a person has uncordoned after we had chosen them, and when that was seen (Unix ms); absent: none. */
  readonly leftAlone?: readonly { readonly name: string; readonly sinceMs: number }[];
};

/** `attempts` as the refused step had them: another number means another refusal. */
export type Refused = { readonly nodesPerZone: number; readonly attempts: number };

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

/** What a look asks for, as `asked` tells it. */
export function askingFor(nodesPerZone: number | undefined): string {
  return `resize ${nodesPerZone ?? ''}`;
}

/**
 * What was refused, as far as it is remembered. First row that matches wins.
 *   | latest failure of the step | counted already | then                                     |
 *   | none, or never called      | any             | nothing is refused                       |
 *   | want of machines           | no              | the size that the latest call asked for  |
 *   | any                        | any             | what was refused before                  |
 */
export function refusedSize({ asked, refused }: Carry, memory: StepMemory | undefined): Refused | undefined {
  if (memory?.failureKind === undefined) return undefined;
  const { failureKind, attempts } = memory;
  if (failureKind !== 'capacity' || refused?.attempts === attempts) return refused;
  const nodesPerZone = Number(/^resize (\d+)$/.exec(asked ?? '')?.[1] ?? Number.NaN);
  return Number.isNaN(nodesPerZone) ? refused : { nodesPerZone, attempts };
}
