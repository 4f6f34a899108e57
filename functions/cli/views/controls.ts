/** What a person has stopped or set by hand, in words. Pure. */
import { actorText } from '#shared/domain/actor.ts';
import type { TargetRow } from '../status-answers.ts';
import { formatInstant } from '#shared/domain/time-text.ts';

type Controls = NonNullable<TargetRow['controls']>;

/** One line each; none where nobody has done anything. `nowMs` is of the world: what is over by then is not told. */
export function controlTexts(
  { controls, target }: Pick<TargetRow, 'controls' | 'target'>,
  nowMs: number,
): readonly string[] {
  if (controls === undefined) return [];
  const { pause, ownPause, overrides } = controls;
  const pauses = [
    ...(pause === undefined ? [] : [pauseText(pause)]),
    ...(ownPause === undefined ? [] : [`${target} itself is ${pauseText({ ...ownPause, scope: 'target' })}`]),
  ];
  return [
    // A pause has no end of its own.
    ...pauses.map((text) => `${text}, until somebody resumes it`),
    ...Object.entries(overrides)
      .filter(([, { untilMs }]) => untilMs > nowMs)
      .map(
        ([role, { replicas, untilMs, actor }]) =>
          `${role} is held at ${replicas} by ${actorText(actor)} until ${formatInstant(untilMs)}`,
      ),
  ];
}

export function pauseText({ actor, atMs, reason, scope }: NonNullable<Controls['pause']>): string {
  const what = scope === 'all' ? 'everything is paused' : 'paused';
  return `${what} by ${actorText(actor)} since ${formatInstant(atMs)}${reason === undefined ? '' : ` (${reason})`}`;
}
