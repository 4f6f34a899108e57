/** What a command that was accepted has done, and what to type next. Pure. */
import type { FleetCommand } from '#shared/domain/command.ts';
import { formatDuration } from '#shared/domain/time-text.ts';

/** `late`: what of it nobody looks at any more, a line each; then it is not true that looks go on. */
export function commandOutcome(
  command: FleetCommand,
  { program, late }: { readonly program: string; readonly late: readonly string[] },
): readonly string[] {
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
    case 'Pause': {
      const [what, resume] = spec.target === undefined ? ['everything', '--all'] : [spec.target, spec.target];
      const looks = late.length === 0 ? '; looks go on and change nothing' : '';
      return [`Done: ${what} is paused${looks}`, ...late, `Next: ${program} resume ${resume}`];
    }
    case 'Resume':
      return spec.target === undefined
        ? ['Done: everything goes on but what is paused by itself', `Next: ${program} get`]
        : [`Done: ${spec.target} goes on unless everything is paused`, `Next: ${program} get ${spec.target} -w`];
  }
}
