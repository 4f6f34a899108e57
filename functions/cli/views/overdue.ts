/** What is told of a target that nobody has looked at although somebody had to: everything else about it is old. Pure. */
import type { AutomationRow, TargetRow } from '../status-answers.ts';
import { formatDuration, formatInstant } from '#shared/domain/time-text.ts';

/** Of the automation that is later than the others; undefined: none is. */
export function overdueText({ automations }: Pick<TargetRow, 'automations'>): string | undefined {
  const [latest] = automations
    .filter(({ overdueSeconds }) => overdueSeconds !== undefined)
    .toSorted((left, right) => (right.overdueSeconds ?? 0) - (left.overdueSeconds ?? 0));
  return latest && rowOverdueText(latest);
}

export function rowOverdueText({ nextCheckAtMs, overdueSeconds }: AutomationRow): string | undefined {
  if (nextCheckAtMs === undefined || overdueSeconds === undefined) return undefined;
  const by = formatDuration(overdueSeconds * 1000);
  return `overdue since ${formatInstant(nextCheckAtMs)}, by ${by}: nobody has looked; check the timers queue, push subscriptions and function logs`;
}
