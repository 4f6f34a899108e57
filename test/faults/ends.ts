/** How a build ended, whatever it ran in, and what must be the same however it was disturbed. */
import type { World } from '../../emulator/world/world.ts';
import type { Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Effect } from '../support/effects.ts';
import { looseEnds } from './loose-ends.ts';
import { changes, standing, twice } from './standing.ts';

export interface End {
  readonly phase: string;
  readonly reason: string;
  readonly report: string;
  /** By step id. */
  readonly steps: Readonly<Record<string, Pick<StepMemory, 'state' | 'attempts' | 'calls'>>>;
  /** Everything that stands in the world: kind and name, sorted. */
  readonly standing: readonly string[];
  /** Every call that changed the world, sorted. */
  readonly changes: readonly string[];
  /** What was created more than once. */
  readonly twice: readonly string[];
  /** What the ledger or a queue still owes. */
  readonly loose: readonly string[];
}

export interface StoryEnd extends End {
  /** Until the build was ready. */
  readonly effects: readonly Effect[];
  /** Until the build was ready, one line each. */
  readonly deliveries: readonly string[];
  /** Where more than one wrote, or a call was not safe to repeat. */
  readonly breaches: readonly string[];
  /** What the fault fell on; absent: on nothing. */
  readonly struck?: string;
  readonly deaths: number;
}

export async function endOf(progress: Progress, ledger: Ledger, world: World): Promise<End> {
  const steps = Object.entries(progress.steps);
  return {
    phase: progress.phase,
    reason: progress.reason,
    report: JSON.stringify(progress.report),
    steps: Object.fromEntries(
      steps.map(([id, { state, attempts, calls }]): [string, End['steps'][string]] => [id, { state, attempts, calls }]),
    ),
    standing: standing(world),
    changes: changes(world),
    twice: twice(world),
    loose: await looseEnds(ledger, world),
  };
}

/** What differs from the uncut run, in words; empty: nothing. */
export function compareEnds(uncut: End, cut: End): readonly string[] {
  const problems: string[] = [];
  if (cut.phase !== uncut.phase) problems.push(`ended ${cut.phase} (${cut.reason}), not ${uncut.phase}`);
  if (cut.report !== uncut.report) problems.push(`report ${cut.report}, not ${uncut.report}`);
  const missing = uncut.standing.filter((line) => !cut.standing.includes(line));
  const extra = cut.standing.filter((line) => !uncut.standing.includes(line));
  if (missing.length > 0) problems.push(`missing: ${missing.join(', ')}`);
  if (extra.length > 0) problems.push(`left over: ${extra.join(', ')}`);
  if (cut.twice.length > 0) problems.push(`created twice: ${cut.twice.join(', ')}`);
  const unexpected = cut.changes.filter((line) => !uncut.changes.includes(line));
  if (unexpected.length > 0) problems.push(`changed besides: ${unexpected.join(', ')}`);
  return [...problems, ...compareSteps(uncut, cut), ...cut.loose];
}

/** One fault may cost one repeated call of a step; a second one means that something else is wrong too. */
function compareSteps(uncut: End, cut: End): readonly string[] {
  const ids = new Set([...Object.keys(uncut.steps), ...Object.keys(cut.steps)]);
  return [...ids].flatMap((id): string[] => {
    const wanted = uncut.steps[id];
    const found = cut.steps[id];
    if (wanted === undefined || found === undefined) return [`step ${id} is ${wanted ? 'unknown' : 'a new one'}`];
    const problems: string[] = [];
    if (found.state !== wanted.state) problems.push(`step ${id} is ${found.state}, not ${wanted.state}`);
    if (found.attempts !== wanted.attempts)
      problems.push(`step ${id} had ${found.attempts} failed attempts, not ${wanted.attempts}`);
    if (found.calls > wanted.calls + 1)
      problems.push(`step ${id} was called ${found.calls} times, uncut ${wanted.calls}`);
    return problems;
  });
}
