/** What a person has stopped or set by hand, in words. Pure. */
import type { TargetRow } from '../status-answers.ts';
import { formatInstant } from '../text/time.ts';

/** One line each; none where nobody has done anything. `nowMs` is of the world: what is over by then is not told. */
export function controlTexts({ controls }: Pick<TargetRow, 'controls'>, nowMs: number): readonly string[] {
  if (controls === undefined) return [];
  const { pause, overrides } = controls;
  return [
    ...(pause === undefined ? [] : [pauseText(pause)]),
    ...Object.entries(overrides)
      .filter(([, { untilMs }]) => untilMs > nowMs)
      .map(
        ([role, { replicas, untilMs, actor }]) =>
          `${role} is held at ${replicas} by ${actor} until ${formatInstant(untilMs)}`,
      ),
  ];
}

export function pauseText({
  actor,
  atMs,
  reason,
  scope,
}: NonNullable<NonNullable<TargetRow['controls']>['pause']>): string {
  const what = scope === 'all' ? 'everything is paused' : 'paused';
  return `${what} by ${actor} since ${formatInstant(atMs)}${reason === undefined ? '' : ` (${reason})`}`;
}
