/** The document (or command of the fleet) that a command line is about, from a file or standard input. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, formatProblems, type FleetDocument, type RequestResult } from '#shared/documents/index.ts';
import type { Refusal } from '#shared/documents/parse-as.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import type { Problem } from '#shared/domain/problem.ts';
import { ensureError } from '#shared/errors.ts';
import { fileOption, type Invocation, required } from './command.ts';
import { exitCodes, CliError, usageError } from './exit.ts';
import type { Io } from './io.ts';

/** `name`: what the user calls it. */
interface Read {
  readonly name: string;
  readonly text: string;
}

export async function readFileOption(invocation: Invocation, option = 'file'): Promise<Read> {
  const path = required(invocation, option, `-f FILE: ${fileOption.summary}`);
  if (path === '-') return { name: 'standard input', text: await invocation.io.readStdin() };
  return { name: path, text: await readText(invocation.io, path) };
}

/** What may be published. */
export async function readValidRequest(invocation: Invocation): Promise<ValidRequest> {
  const { name, text } = await readFileOption(invocation);
  return { name, ...valid(invocation, name, parseRequestText(text, catalogue)) };
}

/** What is valid, or the end of the command with everything that is wrong with it. Warnings go to standard error. */
export function valid<V extends { readonly ok: true; readonly warnings: readonly Problem[] }>(
  { io }: Invocation,
  name: string,
  parsed: V | Refusal,
): V {
  if (!parsed.ok)
    throw new CliError(exitCodes.invalid, [`${name} is not valid:`, ...formatProblems(parsed.problems)].join('\n'));
  for (const warning of parsed.warnings) io.err(`warning: ${formatProblem(warning)}\n`);
  return parsed;
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
