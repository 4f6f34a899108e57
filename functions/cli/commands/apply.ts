/** Publishes a document or command. That a document was published says nothing of whether it will be accepted: `get` does. */
import { type FleetDocument, targetOf } from '#shared/documents/index.ts';
import { type Command, fileOption, formatOf, type Invocation, noHintsOption, outputOption } from '../command.ts';
import type { NamedContext } from '../contexts.ts';
import { readValidRequest } from '../documents.ts';
import { CliError, exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';
import { publishText } from '../publish.ts';
import { sendCommand } from '../send-command.ts';
import { refusalOf } from '../refusal.ts';
import { contextLine, openSession, type Session } from '../session.ts';
import type { StatusReply } from '../status-client.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'publish a document, and the automation makes the world so; or a command',
  usage: '-f FILE [--no-hints] [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, 'no-hints': noHintsOption, output: outputOption },
  notes: [
    'A document that is not valid, or would be refused beside what stands, is not published. The same one again changes nothing.',
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
    await checkBeforehand(invocation, session, document);
    const target = targetOf(document);
    const messageId = await publishText(invocation, session.context, JSON.stringify(document));
    const { project, requestsTopic } = session.context;
    const format = formatOf(invocation);
    const published = { context: session.name, project, topic: requestsTopic, target, messageId };
    const hints = invocation.flag('no-hints') ? [] : [`Next: ${invocation.program} get ${target} -w`];
    const text = [...publishedLines(published, session), ...hints, ''].join('\n');
    invocation.io.out(format === undefined ? text : formatStructured(published, format));
    return exitCodes.ok;
  },
};

/**
 * Intake refuses what moves a standing target or contradicts the owner of a pool; its author should not have to look for that among
 * messages. Who may publish need not be let into status, so without its answer the document goes out.
 */
async function checkBeforehand(invocation: Invocation, { status }: Session, document: FleetDocument): Promise<void> {
  let reply: StatusReply;
  try {
    reply = await status.post('/check', { ...document });
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    const { io, program } = invocation;
    io.err(`warning: not checked beforehand: ${thrown.message}; see ${program} get messages for what became of it\n`);
    return;
  }
  const refusal = refusalOf(reply);
  if (refusal !== undefined) throw refusal;
}

/** For people: the context first, because it is what goes wrong most expensively. */
function publishedLines(
  { topic, target, messageId }: { readonly topic: string; readonly target: string; readonly messageId: string },
  session: NamedContext,
): readonly string[] {
  return [contextLine(session), `Published ${target} to ${topic} as message ${messageId}`];
}
