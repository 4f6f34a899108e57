/** The document (or command of the fleet) that a command line is about, from a file or standard input. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem, formatProblems, type FleetDocument, type RequestResult } from '#shared/documents/index.ts';
import type { Refusal } from '#shared/documents/parse-as.ts';
import { type AnyResult, parseAnyText } from '#shared/documents/parse-any.ts';
import { parseServingStackText } from '#shared/documents/serving-stack/parse.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import type { Problem } from '#shared/domain/problem.ts';
import type { ServingStackDocument } from '#shared/domain/serving/stack.ts';
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

/** Whatever can be written: also what is never published. */
export async function readAny(invocation: Invocation): Promise<{ readonly name: string; readonly parsed: AnyResult }> {
  const { name, text } = await readFileOption(invocation);
  return { name, parsed: parseAnyText(text, servingCatalogue) };
}

/** A stack to render, on the cluster of the option `cluster` where that is given. */
export async function readValidStack(invocation: Invocation): Promise<ServingStackDocument> {
  const cluster = invocation.text('cluster') === undefined ? undefined : await readCluster(invocation);
  const { name, text } = await readFileOption(invocation);
  return valid(invocation, name, parseServingStackText(text, servingCatalogue, cluster)).content;
}

async function readCluster(invocation: Invocation): Promise<ClusterDocument> {
  const { name, text } = await readFileOption(invocation, 'cluster');
  const request = valid(invocation, name, parseRequestText(text, catalogue));
  if (request.kind === 'document' && request.document.kind === 'Cluster') return request.document;
  const { kind } = request.kind === 'document' ? request.document : request.command;
  throw new CliError(exitCodes.invalid, `${name} is a ${kind}, not a Cluster`);
}

/** What may be published. */
export async function readValidRequest(invocation: Invocation): Promise<ValidRequest> {
  const { name, text } = await readFileOption(invocation);
  return { name, ...valid(invocation, name, parseRequestText(text, catalogue)) };
}

/** Or the end of the command with everything that is wrong with it. Warnings go to standard error. */
function valid<V extends { readonly ok: true; readonly warnings: readonly Problem[] }>(
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
