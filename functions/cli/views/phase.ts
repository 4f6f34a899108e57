/** A target as a whole, when several automations look after it. Pure. */
import type { Style } from '../text/line.ts';
import type { AutomationRow, Target, TargetRow } from '../status-answers.ts';

/** What a person must know first comes first. */
const gravestFirst: readonly string[] = [
  'failed',
  'holding',
  'degraded',
  'deleting',
  'building',
  'updating',
  'pending',
  'ready',
  'deleted',
];

/** The automation whose phase and reason stand for the target; undefined: none has been woken yet. */
export function leadingAutomation({ automations }: Pick<TargetRow, 'automations'>): AutomationRow | undefined {
  const rank = ({ phase }: AutomationRow) => (gravestFirst.indexOf(phase) + gravestFirst.length) % gravestFirst.length;
  return automations.toSorted((left, right) => rank(left) - rank(right))[0];
}

export function phaseOf(target: Pick<TargetRow, 'automations'>): string {
  return leadingAutomation(target)?.phase ?? 'pending';
}

export type Ending = 'ready' | 'failed' | 'holding';

/** How the work on the present document has ended; undefined: it has not, or nobody has looked at this document yet. */
export function endingOf(target: Target): Ending | undefined {
  const looked = target.automations.every(({ automation }) =>
    target.details.some((detail) => detail.automation === automation && detail.sequence === target.sequence),
  );
  const phase = phaseOf(target);
  if (!looked) return undefined;
  return phase === 'ready' || phase === 'failed' || phase === 'holding' ? phase : undefined;
}

/** For scripts: whether one target needs nobody. What is paused holds from the command on, before a look says so. */
export function needsSomebody(target: Pick<TargetRow, 'automations' | 'controls'>): boolean {
  const phase = phaseOf(target);
  const isOverdue = target.automations.some(({ overdueSeconds }) => overdueSeconds !== undefined);
  return phase === 'failed' || phase === 'holding' || isOverdue || target.controls?.pause !== undefined;
}

/** `has failed`: the same words at the beginning and at the end of a story. */
export function phaseClause(phase: string): string {
  if (phase === 'failed') return 'has failed';
  return phase === 'holding' ? 'holds' : `is ${phase}`;
}

export function phaseStyle(phase: string): Style {
  if (phase === 'ready') return 'green';
  if (phase === 'failed') return 'red';
  return phase === 'holding' || phase === 'degraded' ? 'yellow' : 'cyan';
}

export interface StepCount {
  readonly done: number;
  readonly all: number;
}

/** Steps of all automations; undefined until somebody has looked. */
export function countSteps({ automations }: Pick<TargetRow, 'automations'>): StepCount | undefined {
  if (automations.every(({ stepsInAll }) => stepsInAll === undefined)) return undefined;
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    done: sum(automations.map(({ stepsDone }) => stepsDone)),
    all: sum(automations.map(({ stepsInAll }) => stepsInAll)),
  };
}
