/** Documents of stacks, beside all others. Loads every schema and all builders, so only who needs them imports it, when it is needed. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { type AnyResult, parseAnyText } from '#shared/documents/parse-any.ts';
import { parseServingStackText } from '#shared/documents/serving-stack/parse.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import type { ServingStackDocument } from '#shared/domain/serving/stack.ts';
import type { Invocation } from './command.ts';
import { readFileOption, valid } from './documents.ts';
import { CliError, exitCodes, usageError } from './exit.ts';

/** Whatever can be written: also what is never published. */
export async function readAny(invocation: Invocation): Promise<{ readonly name: string; readonly parsed: AnyResult }> {
  const { name, text } = await readFileOption(invocation);
  return { name, parsed: parseAnyText(text, servingCatalogue) };
}

/** A stack to render, on the cluster of the option `cluster` where that is given. */
export async function readValidStack(invocation: Invocation): Promise<ServingStackDocument> {
  if (invocation.text('cluster') === '-' && invocation.text('file') === '-') {
    throw usageError('--file - and --cluster -: standard input can be read once; name a file for one of them');
  }
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
