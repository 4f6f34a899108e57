/** What a command is; the table of them (`commands.ts`) is also the source of every help text. */
import { type ExitCode, usageError } from './exit.ts';
import type { Io } from './io.ts';

export interface OptionSpec {
  readonly short?: string;
  /** Placeholder of the value, e.g. `FILE`; absent: a flag. */
  readonly value?: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** By long name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface Invocation {
  readonly io: Io;
  readonly positionals: readonly string[];
  /** By long name; an absent flag is false, an absent value undefined. */
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** How the user can call us again with the same context, e.g. `npx inferctl --context prod`. */
  readonly program: string;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name, e.g. `-f FILE`. */
  readonly usage: string;
  readonly maxPositionals: number;
  readonly options: OptionSpecs;
  /** Further paragraphs of the help text. */
  readonly notes?: readonly string[];
  /** Whole command lines, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[];
  run(invocation: Invocation): Promise<ExitCode>;
}

export const globalOptions: OptionSpecs = {
  context: { value: 'NAME', summary: 'act on this context (also INFERCTL_CONTEXT)' },
  help: { short: 'h', summary: 'show how the command is used' },
};

export const fileOption: OptionSpec = {
  short: 'f',
  value: 'FILE',
  summary: 'the document, YAML or JSON; - reads standard input',
};

/** Of commands about a ServingStack. */
export const clusterOption: OptionSpec = {
  value: 'FILE',
  summary: "a ServingStack's Cluster: says its machine, pool, project and the cluster's name",
};

/** For whoever shows the output to people who cannot type what it suggests. */
export const noHintsOption: OptionSpec = { summary: 'leave out which commands to try next' };

export type Format = 'json' | 'yaml';

export const outputOption: OptionSpec = {
  short: 'o',
  value: 'FORMAT',
  choices: ['json', 'yaml'],
  summary: 'print for programs: json or yaml',
};

/** The parsed command line guarantees the choices of `outputOption`. */
export function formatOf(invocation: Invocation): Format | undefined {
  const format = invocation.text('output');
  return format === 'json' || format === 'yaml' ? format : undefined;
}

/** A value without which the command makes no sense. */
export function required(invocation: Invocation, option: string, hint: string): string {
  const value = invocation.text(option);
  if (value === undefined) throw usageError(`--${option} is missing: ${hint}`);
  return value;
}
