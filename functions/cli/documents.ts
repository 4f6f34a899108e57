/** The document (or command of the fleet) that a command line is about, from a file or standard input. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, formatProblems, type FleetDocument, type RequestResult } from '#shared/documents/index.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import { ensureError } from '#shared/errors.ts';
import { fileOption, type Invocation, required } from './command.ts';
import { exitCodes, CliError, usageError } from './exit.ts';
import type { Io } from './io.ts';

export interface ReadDocument {
  /** What the user calls it. */
  readonly name: string;
  readonly parsed: RequestResult;
}

export async function readDocument(invocation: Invocation): Promise<ReadDocument> {
  const path = required(invocation, 'file', `-f FILE: ${fileOption.summary}`);
  const text = path === '-' ? await invocation.io.readStdin() : await readText(invocation.io, path);
  return { name: path === '-' ? 'standard input' : path, parsed: parseRequestText(text, catalogue) };
}

/** The document, or the end of the command with everything that is wrong with it. Warnings go to standard error. */
export async function readValidDocument(invocation: Invocation): Promise<FleetDocument> {
  const { name, parsed } = await readDocument(invocation);
  if (!parsed.ok)
    throw new CliError(exitCodes.invalid, [`${name} is not valid:`, ...formatProblems(parsed.problems)].join('\n'));
  if (parsed.kind === 'command')
    throw new CliError(exitCodes.invalid, `${name} is a command (${parsed.command.kind}), not a document`);
  for (const warning of parsed.warnings) invocation.io.err(`warning: ${formatProblem(warning)}\n`);
  return parsed.document;
}

async function readText(io: Io, path: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (thrown) {
    // ENOENT, EISDIR, EACCES: Node's message names code and path.
    throw usageError(`reading the document: ${ensureError(thrown).message}`);
  }
}
