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

/** Whatever can be written: also what is never published. With the option `cluster` a stack, as it is on that cluster. */
export async function readAny(invocation: Invocation): Promise<{ readonly name: string; readonly parsed: AnyResult }> {
  if (invocation.text('cluster') !== undefined) {
    const { name, parsed } = await readStack(invocation);
    if (!parsed.ok) return { name, parsed };
    return { name, parsed: { ok: true, kind: 'stack', document: parsed.content, warnings: parsed.warnings } };
  }
  const { name, text } = await readFileOption(invocation);
  return { name, parsed: parseAnyText(text, servingCatalogue) };
}

/** A stack to render. */
export async function readValidStack(invocation: Invocation): Promise<ServingStackDocument> {
  const { name, parsed } = await readStack(invocation);
  return valid(invocation, name, parsed).content;
}

/** On the cluster of the option `cluster` where that is given. */
async function readStack(
  invocation: Invocation,
): Promise<{ readonly name: string; readonly parsed: ReturnType<typeof parseServingStackText> }> {
  if (invocation.text('cluster') === '-' && invocation.text('file') === '-') {
    throw usageError('--file - and --cluster -: standard input can be read once; name a file for one of them');
  }
  const cluster = invocation.text('cluster') === undefined ? undefined : await readCluster(invocation);
  const { name, text } = await readFileOption(invocation);
  return { name, parsed: parseServingStackText(text, servingCatalogue, cluster) };
}

async function readCluster(invocation: Invocation): Promise<ClusterDocument> {
  const { name, text } = await readFileOption(invocation, 'cluster');
  const request = valid(invocation, name, parseRequestText(text, catalogue));
  if (request.kind === 'document' && request.document.kind === 'Cluster') return request.document;
  const { kind } = request.kind === 'document' ? request.document : request.command;
  throw new CliError(exitCodes.invalid, `${name} is a ${kind}, not a Cluster`);
}
