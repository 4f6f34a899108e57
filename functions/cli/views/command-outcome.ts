/** What a command that was accepted has done, and what to type next. Pure. */
import type { FleetCommand } from '#shared/domain/command.ts';
import { formatDuration } from '../text/time.ts';

export function commandOutcome(command: FleetCommand, program: string): readonly string[] {
  const { spec } = command;
  switch (command.kind) {
    case 'Override': {
      const { sizes, forSeconds } = command.spec;
      const held = Object.entries(sizes).map(([role, replicas]) => `${role} at ${replicas}`);
      return [
        `Done: ${spec.target} holds ${held.join(' and ')} for ${formatDuration(forSeconds * 1000)}, then its load decides again`,
        `Next: ${program} explain ${spec.target}`,
      ];
    }
    case 'Pause':
      return spec.target === undefined
        ? ['Done: everything is paused; it is still looked at and shown', `Next: ${program} resume --all`]
        : [`Done: ${spec.target} is paused; it is still looked at and shown`, `Next: ${program} resume ${spec.target}`];
    case 'Resume':
      return spec.target === undefined
        ? ['Done: everything goes on but what is paused by itself', `Next: ${program} get`]
        : [`Done: ${spec.target} goes on unless everything is paused`, `Next: ${program} get ${spec.target} -w`];
  }
}
