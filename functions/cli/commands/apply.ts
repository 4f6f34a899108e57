/** Publishes a document. That it was published says nothing of whether it will be accepted: `get` does. */
import { targetOf } from '#shared/documents/index.ts';
import { ensureError } from '#shared/errors.ts';
import { type Command, fileOption, formatOf, type Invocation, outputOption } from '../command.ts';
import type { Context, NamedContext } from '../contexts.ts';
import { readValidDocument } from '../documents.ts';
import { CliError, exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';
import { contextLine, openSession } from '../session.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'publish a document; the automation makes the world so',
  usage: '-f FILE [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, output: outputOption },
  notes: ['A document that is not valid is not published. Publishing the same one again changes nothing.'],
  examples: [
    ['inferctl apply -f cluster.yaml', 'publish it'],
    ['inferctl --context prod apply -f cluster.yaml', 'publish it somewhere else than usual'],
  ],
  async run(invocation) {
    const session = await openSession(invocation);
    // Intake refuses what is not valid too; here its author reads why at once.
    const document = await readValidDocument(invocation);
    const target = targetOf(document);
    const messageId = await publish(invocation, session.context, JSON.stringify(document));
    const { project, requestsTopic } = session.context;
    const format = formatOf(invocation);
    const published = { context: session.name, project, topic: requestsTopic, target, messageId };
    invocation.io.out(
      format === undefined
        ? publishedText(published, session, invocation.program)
        : formatStructured(published, format),
    );
    return exitCodes.ok;
  },
};

/** A failure may still have published: the same document again changes nothing, so the user may simply repeat the command. */
async function publish({ io }: Invocation, context: Context, text: string): Promise<string> {
  const { project, requestsTopic: topic, pubsubEndpoint: endpoint, credentials } = context;
  try {
    return await io.publish({ project, topic, text, credentials, ...(endpoint !== undefined && { endpoint }) });
  } catch (thrown) {
    const { message } = ensureError(thrown);
    throw new CliError(exitCodes.unreachable, `publishing to ${topic} of project ${project}: ${message}`, {
      cause: thrown,
    });
  }
}

/** For people: the context first, because it is what goes wrong most expensively. */
function publishedText(
  { topic, target, messageId }: { readonly topic: string; readonly target: string; readonly messageId: string },
  session: NamedContext,
  program: string,
): string {
  return [
    contextLine(session),
    `Published ${target} to ${topic} as message ${messageId}`,
    `Next: ${program} get ${target} -w`,
    '',
  ].join('\n');
}
