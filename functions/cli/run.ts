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

/** Never rejects: whatever is thrown becomes a message and a code. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runCommand(args, io);
  } catch (thrown) {
    const error = ensureError(thrown);
    const isExpected = error instanceof CliError;
    io.err(`inferctl: ${isExpected ? error.message : `a bug: ${error.stack ?? error.message}`}\n`);
    return isExpected ? error.exitCode : exitCodes.bug;
  }
}

async function runCommand(args: readonly string[], io: Io): Promise<ExitCode> {
  const { name, rest } = splitCommand(args);
  if (name === undefined) return withoutCommand(rest, io);
  if (name === 'help') {
    const [about] = parseArguments({ options: {}, maxPositionals: 1 }, rest).positionals;
    io.out(about === undefined ? generalHelp(commands) : commandHelp(commandNamed(about)));
    return exitCodes.ok;
  }
  const command = commandNamed(name);
  const invocation = toInvocation(command, rest, io);
  if (!invocation.flag('help')) return await command.run(invocation);
  io.out(commandHelp(command));
  return exitCodes.ok;
}

function withoutCommand(rest: readonly string[], io: Io): ExitCode {
  if (rest.includes('--version')) {
    io.out(`${product.name} ${product.version}\n`);
    return exitCodes.ok;
  }
  parseArguments({ options: {}, maxPositionals: 0 }, rest);
  io.out(generalHelp(commands));
  // Whoever asks for help has got what was asked for; whoever forgot the command has not.
  return rest.includes('--help') || rest.includes('-h') ? exitCodes.ok : exitCodes.invalid;
}

/** Commands are not abbreviated: a script would break when a new one makes its abbreviation ambiguous. */
function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw usageError(
    `command ${name} does not exist: ${meant === undefined ? 'see inferctl help' : `did you mean ${meant}?`}`,
  );
}

function toInvocation(command: Command, rest: readonly string[], io: Io): Invocation {
  const { positionals, values } = parseWithHint(command, rest);
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { io, positionals, text, flag: (name) => values[name] === true, program: programOf(io, text('context')) };
}

/** Adds what the parser cannot know: of which command the words were. */
function parseWithHint(command: Command, rest: readonly string[]) {
  try {
    return parseArguments(command, rest);
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    throw usageError(`${command.name}: ${thrown.message}: see inferctl help ${command.name}`);
  }
}

/** npm sets `npm_command` for everything that it starts, and what it starts need not be on the user's path. */
function programOf({ environment }: Io, context: string | undefined): string {
  const program = environment['npm_command'] === undefined ? 'inferctl' : 'npx inferctl';
  return context === undefined ? program : `${program} --context ${context}`;
}
