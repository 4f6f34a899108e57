/** One command line from its words to its exit code. */
import { nearest } from '#shared/documents/nearest.ts';
import { ensureError } from '#shared/errors.ts';
import { product } from '#shared/product.ts';
import { parseArguments, splitCommand } from './arguments.ts';
import type { Command, Invocation } from './command.ts';
import { commands } from './commands.ts';
import { CliError, type ExitCode, exitCodes, usageError } from './exit.ts';
import { commandHelp, generalHelp } from './help.ts';
import type { Io } from './io.ts';
import { programOf, typable } from './program.ts';

/** Never rejects: whatever is thrown becomes a message and a code. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runCommand(args, io);
  } catch (thrown) {
    const error = ensureError(thrown);
    const isExpected = error instanceof CliError;
    const message = isExpected
      ? typable(error.message, programOf(io, undefined))
      : `a bug: ${error.stack ?? error.message}`;
    io.err(`inferctl: ${message}\n`);
    return isExpected ? error.exitCode : exitCodes.bug;
  }
}

async function runCommand(args: readonly string[], io: Io): Promise<ExitCode> {
  const { name, rest } = splitCommand(args);
  const program = programOf(io, undefined);
  if (name === undefined) return withoutCommand(rest, io);
  if (name === 'help') {
    const [about] = parseArguments({ options: {}, maxPositionals: 1 }, rest).positionals;
    // Help about help is the help.
    io.out(
      about === undefined || about === 'help'
        ? generalHelp(commands, program)
        : commandHelp(commandNamed(about, program), program),
    );
    return exitCodes.ok;
  }
  const command = commandNamed(name, program);
  const invocation = toInvocation(command, rest, io);
  if (!invocation.flag('help')) return await command.run(invocation);
  io.out(commandHelp(command, program));
  return exitCodes.ok;
}

function withoutCommand(rest: readonly string[], io: Io): ExitCode {
  if (rest.includes('--version')) {
    io.out(`${product.name} ${product.version}\n`);
    return exitCodes.ok;
  }
  parseArguments({ options: {}, maxPositionals: 0 }, rest);
  io.out(generalHelp(commands, programOf(io, undefined)));
  // Whoever asks for help has got what was asked for; whoever forgot the command has not.
  return rest.includes('--help') || rest.includes('-h') ? exitCodes.ok : exitCodes.invalid;
}

/** Commands are not abbreviated: a script would break when a new one makes its abbreviation ambiguous. */
function commandNamed(name: string, program: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw usageError(
    `command ${name} does not exist: ${meant === undefined ? `see ${program} help` : `did you mean ${meant}?`}`,
  );
}

function toInvocation(command: Command, rest: readonly string[], io: Io): Invocation {
  const { positionals, values } = parseWithHint(command, rest, programOf(io, undefined));
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { io, positionals, text, flag: (name) => values[name] === true, program: programOf(io, text('context')) };
}

/** Adds what the parser cannot know: of which command the words were. */
function parseWithHint(command: Command, rest: readonly string[], program: string) {
  try {
    return parseArguments(command, rest);
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    throw usageError(`${command.name}: ${thrown.message}: see ${program} help ${command.name}`);
  }
}
