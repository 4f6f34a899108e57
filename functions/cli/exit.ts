/** How `inferctl` ends: its exit codes, and the errors that end it. */

export const exitCodes = {
  ok: 0,
  notAsWanted: 1,
  invalid: 2,
  unreachable: 3,
  noContext: 4,
  /** EX_SOFTWARE of sysexits.h, so that a bug is not taken for one of the answers above. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `--help`, in the order of the codes. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, 'done as asked'],
  [
    exitCodes.notAsWanted,
    'the one target that was asked for has failed, holds, is paused, overdue or not known; the plan has problems; a command was refused; a model fits nowhere',
  ],
  [
    exitCodes.invalid,
    'the document is not valid; check found errors, or nothing to check; or the command was not understood',
  ],
  [exitCodes.unreachable, 'the status API or Pub/Sub cannot be reached, refuses us, or cannot read the world'],
  [exitCodes.noContext, 'no usable context'],
  [exitCodes.bug, 'a bug of inferctl'],
];

/** Ends the command with a message for the user; anything else that is thrown is a bug. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** No answer now, perhaps one in a moment: a watcher tries again. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError';

  constructor(message: string, options?: ErrorOptions) {
    super(exitCodes.unreachable, message, options);
  }
}

/** The command line itself is wrong. */
export function usageError(message: string): CliError {
  return new CliError(exitCodes.invalid, message);
}
