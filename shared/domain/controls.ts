/** What a person has stopped, or set by hand. Pure. */
import { actorText } from './actor.ts';
import { formatInstant } from './time-text.ts';
import type { PlannedStep, Plan, Step } from './step.ts';

/** `atMs`: when the command was published, Unix ms. */
export interface Pause {
  readonly actor: string;
  readonly atMs: number;
  readonly reason?: string;
}

/** The size of one role, by a person's word; over at `untilMs` (Unix ms). */
export interface SizeOverride {
  readonly replicas: number;
  readonly untilMs: number;
  readonly actor: string;
}

/** What is kept of one target, or of all. */
export interface Control {
  readonly pause?: Pause;
  /** By role. */
  readonly overrides?: Readonly<Record<string, SizeOverride>>;
  /** Place of the latest command: an older one that comes late changes nothing any more. */
  readonly orderedBy?: { readonly publishTimeMs: number; readonly messageId: string };
}

/** What holds for one look. */
export interface Controls {
  readonly pause?: Pause & { readonly scope: 'target' | 'all' };
  /** The target's own pause below a freeze of all: it goes on when that has ended. */
  readonly ownPause?: Pause;
  readonly overrides: Readonly<Record<string, SizeOverride>>;
}

/** The global freeze wins: whoever ends the pause of one target must not think that it moves. */
export function controlsOf(target: Control | undefined, all: Control | undefined, nowMs: number): Controls {
  const overrides = Object.entries(target?.overrides ?? {}).filter(([, { untilMs }]) => untilMs > nowMs);
  const pause = pauseOf(all, 'all') ?? pauseOf(target, 'target');
  const ownPause = pause?.scope === 'all' ? target?.pause : undefined;
  return {
    overrides: Object.fromEntries(overrides),
    ...(pause !== undefined && { pause }),
    ...(ownPause !== undefined && { ownPause }),
  };
}

function pauseOf(control: Control | undefined, scope: 'target' | 'all'): Controls['pause'] {
  return control?.pause === undefined ? undefined : { ...control.pause, scope };
}

/**
 * The same plan with nothing to start but reports: everything is still looked at and shown, the reason says what would be done, and
 * others go on learning what a person sets by hand meanwhile.
 */
export function pausePlan<S extends Step>(plan: Plan<S>, { pause, ownPause }: Controls, target: string): Plan<S> {
  if (pause === undefined) return plan;
  const why = pause.reason === undefined ? '' : ` (${pause.reason})`;
  const paused = `paused by ${actorText(pause.actor)} since ${formatInstant(pause.atMs)}${why}`;
  const steps = plan.steps.map(
    ({ step, status }): PlannedStep<S> =>
      status.state === 'ready' && step.isReport !== true
        ? { step, status: { state: 'waiting', cause: 'paused', reason: paused } }
        : { step, status },
  );
  const stopped =
    pause.scope === 'target' ? target : ownPause === undefined ? 'everything' : `everything, and then ${target},`;
  return {
    ...plan,
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    phase: 'holding',
    reason: `${paused}; without it: ${plan.reason}`,
    next: `nothing until ${stopped} is resumed`,
    steps,
  };
}
