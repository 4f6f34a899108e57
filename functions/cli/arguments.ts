/** Command line → command and its arguments. Pure. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ensureError } from '#shared/errors.ts';
import { type Command, globalOptions, type OptionSpecs } from './command.ts';
import { usageError } from './exit.ts';

export interface SplitLine {
  /** The first word that is no option; absent: only options were given. */
  readonly name: string | undefined;
  /** Everything else, in order: global options may stand before the command. */
  readonly rest: readonly string[];
}

/** Before the command only global options can stand, of which `--context` takes the word that follows. */
export function splitCommand(args: readonly string[]): SplitLine {
  const index = args.findIndex((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--context');
  if (index === -1) return { name: undefined, rest: args };
  parseArguments({ options: {}, maxPositionals: 0 }, args.slice(0, index));
  return { name: args[index], rest: args.toSpliced(index, 1) };
}

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Options of the command (or of none) and the global ones; throws a usage error for anything else. */
export function parseArguments(
  command: Pick<Command, 'options' | 'maxPositionals'>,
  rest: readonly string[],
): ParsedArguments {
  const specs: OptionSpecs = { ...globalOptions, ...command.options };
  const { positionals, values } = parseStrictly(specs, rest);
  const surplus = positionals[command.maxPositionals];
  if (surplus !== undefined) throw usageError(`'${surplus}' is one word too many`);
  for (const [name, { choices }] of Object.entries(specs)) {
    const value = values[name];
    if (choices === undefined || value === undefined || choices.includes(String(value))) continue;
    throw usageError(`--${name} ${String(value)}: must be one of ${choices.join(', ')}`);
  }
  return { positionals, values };
}

/** Node's own parser: unknown options and missing values are errors, and `--` ends the options. */
function parseStrictly(specs: OptionSpecs, rest: readonly string[]): ParsedArguments {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(specs).map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) } as const,
    ]),
  );
  try {
    const { positionals, values } = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
    // Nothing is declared `multiple`, so no value is a list.
    return { positionals, values: values as ParsedArguments['values'] };
  } catch (thrown) {
    // The first sentence says what is wrong; what follows teaches the notation of parseArgs.
    throw usageError(ensureError(thrown).message.split(/\.\s/, 1)[0] ?? '');
  }
}
