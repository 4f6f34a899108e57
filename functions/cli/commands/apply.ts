/** Publishes a document or command. That a document was published says nothing of whether it will be accepted: `get` does. */
import { isDeepStrictEqual } from 'node:util';
import { type FleetDocument, targetOf } from '#shared/documents/index.ts';
import { type Command, fileOption, formatOf, type Invocation, noHintsOption, outputOption } from '../command.ts';
import type { NamedContext } from '../contexts.ts';
import { readValidRequest } from '../documents.ts';
import { CliError, exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';
import { publishText } from '../publish.ts';
import { readTargetBody } from '../read-target.ts';
import { sendCommand } from '../send-command.ts';
import { refusalOf } from '../refusal.ts';
import { contextLine, openSession, type Session } from '../session.ts';
import { CheckAnswer, parseAnswer } from '../status-answers.ts';
import type { StatusReply } from '../status-client.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'publish a document, and the automation makes the world so; or a command',
  usage: '-f FILE [--no-hints] [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, 'no-hints': noHintsOption, output: outputOption },
  notes: [
    'A document that is not valid, or would be refused beside what stands, is not published. The same one again changes nothing.',
    'Nor is a new ModelService whose cluster no document declares and GKE does not have. A price above the spend cap is a warning.',
    'Reservations, machines, versions and workloads are not looked at beforehand: run inferctl plan first.',
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
    const isAnswered = await checkBeforehand(invocation, session, document);
    const target = targetOf(document);
    const standing = isAnswered ? await sameAsStands(session, document) : undefined;
    const messageId = await publishText(invocation, session.context, JSON.stringify(document));
    const { project, requestsTopic } = session.context;
    const format = formatOf(invocation);
    const published = {
      context: session.name,
      project,
      topic: requestsTopic,
      target,
      messageId,
      ...(standing !== undefined && { changesNothing: true }),
    };
    const hints = invocation.flag('no-hints') ? [] : [`Next: ${invocation.program} get ${target} -w`];
    const remarks = standing === undefined ? uncheckedLines(invocation, document) : sameLines(standing);
    const text = [...publishedLines(published, session), ...remarks, ...hints, ''].join('\n');
    invocation.io.out(format === undefined ? text : formatStructured(published, format));
    return exitCodes.ok;
  },
};

/**
 * Intake refuses what moves a standing target or contradicts the owner of a pool; its author should not have to look for that among
 * messages. Who may publish need not be let into status, so without its answer the document goes out. Answers whether there was one.
 */
async function checkBeforehand(invocation: Invocation, { status }: Session, document: FleetDocument): Promise<boolean> {
  let reply: StatusReply;
  try {
    reply = await status.post('/check', { ...document });
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    const { io, program } = invocation;
    io.err(`warning: not checked beforehand: ${thrown.message}; see ${program} get messages for what became of it\n`);
    return false;
  }
  const refusal = refusalOf(reply);
  if (refusal !== undefined) throw refusal;
  const { obstacles, warnings } = parseAnswer(CheckAnswer, reply.body, 'the check');
  if (obstacles.length > 0) {
    const lines = ['not published, since nothing would come of it:', ...obstacles];
    throw new CliError(exitCodes.notAsWanted, lines.join('\n'));
  }
  for (const warning of warnings) invocation.io.err(`warning: ${warning}\n`);
  return true;
}

/** Sequence of the standing document that says the same; undefined: none does, or nobody could tell, which is no reason to wait. */
async function sameAsStands({ status }: Session, document: FleetDocument): Promise<number | undefined> {
  try {
    const body = await readTargetBody(status, targetOf(document));
    const { sequence } = body ?? {};
    const isSame = isDeepStrictEqual(body?.['document'], JSON.parse(JSON.stringify(document)));
    return isSame && typeof sequence === 'number' ? sequence : undefined;
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    return undefined;
  }
}

/** For people: the context first, because it is what goes wrong most expensively. */
function publishedLines(
  { topic, target, messageId }: { readonly topic: string; readonly target: string; readonly messageId: string },
  session: NamedContext,
): readonly string[] {
  return [contextLine(session), `Published ${target} to ${topic} as message ${messageId}`];
}

function sameLines(sequence: number): readonly string[] {
  return [`It changes nothing: it is the same as document ${sequence}, which stands`];
}

/** Said where it matters most: nobody should wait for a cluster that has no machines. */
function uncheckedLines(invocation: Invocation, { kind }: FleetDocument): readonly string[] {
  if (kind !== 'Cluster' || invocation.flag('no-hints')) return [];
  return [
    `Checked only from now on: reservations, machines, versions; ${invocation.program} plan -f FILE does so beforehand`,
  ];
}
