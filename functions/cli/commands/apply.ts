/** Publishes a document or command. That a document was published says nothing of whether it will be accepted: `get` does. */
import { targetOf } from '#shared/documents/index.ts';
import { type Command, fileOption, formatOf, outputOption } from '../command.ts';
import type { NamedContext } from '../contexts.ts';
import { readValidRequest } from '../documents.ts';
import { exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';
import { publishText } from '../publish.ts';
import { sendCommand } from '../send-command.ts';
import { contextLine, openSession } from '../session.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'publish a document, and the automation makes the world so; or a command',
  usage: '-f FILE [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, output: outputOption },
  notes: [
    'A document that is not valid is not published. Publishing the same one again changes nothing.',
    'A command (Override, Pause, Resume) is waited for until it is accepted or refused.',
  ],
  examples: [
    ['inferctl apply -f cluster.yaml', 'publish it'],
    ['inferctl --context prod apply -f cluster.yaml', 'publish it somewhere else than usual'],
  ],
  async run(invocation) {
    const session = await openSession(invocation);
    // Intake refuses what is not valid too; here its author reads why at once.
    const request = await readValidRequest(invocation);
    if (request.kind === 'command') return await sendCommand(invocation, request.command);
    const { document } = request;
    const target = targetOf(document);
    const messageId = await publishText(invocation, session.context, JSON.stringify(document));
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
