import type { LocalReason } from './exceptions.ts';

/** A command line and what is expected of it. */
export interface Command {
  /** After `kubectl`, split at blanks. */
  readonly run: string;
  readonly input?: string;
  /** 0 unless given. */
  readonly exitCode?: number;
  readonly prints?: readonly RegExp[];
  readonly warns?: readonly RegExp[];
  /** What must not stand on the standard output. */
  readonly hides?: RegExp;
  /** Only the local cloud is asked: the exception that says why (exceptions.ts). */
  readonly local?: LocalReason;
}

export interface Story {
  readonly name: string;
  readonly commands: readonly Command[];
}

export const isRolledOut: Command = {
  run: 'rollout status deploy/web --timeout=60s',
  prints: [/^deployment "web" successfully rolled out$/m],
};
