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

/** What may be published, or the end of the command with everything that is wrong with it. Warnings go to standard error. */
export async function readValidRequest(invocation: Invocation): Promise<ValidRequest> {
  const { name, parsed } = await readDocument(invocation);
  if (!parsed.ok)
    throw new CliError(exitCodes.invalid, [`${name} is not valid:`, ...formatProblems(parsed.problems)].join('\n'));
  for (const warning of parsed.warnings) invocation.io.err(`warning: ${formatProblem(warning)}\n`);
  return { name, ...parsed };
}

type ValidRequest = { readonly name: string } & Extract<RequestResult, { readonly ok: true }>;

/** The same where a command makes no sense. */
export async function readValidDocument(invocation: Invocation): Promise<FleetDocument> {
  const request = await readValidRequest(invocation);
  if (request.kind === 'document') return request.document;
  throw new CliError(exitCodes.invalid, `${request.name} is a command (${request.command.kind}), not a document`);
}

async function readText(io: Io, path: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (thrown) {
    // ENOENT, EISDIR, EACCES: Node's message names code and path.
    throw usageError(`reading the document: ${ensureError(thrown).message}`);
  }
}
