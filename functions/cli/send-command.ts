/**
 * Publishes a command of the fleet and waits until intake has settled it: a person who stops something wants to know that it is
 * stopped, and a refusal would otherwise be found by whoever wonders why nothing happened.
 */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblems, parseRequest } from '#shared/documents/index.ts';
import { type FleetCommand, targetOfCommand } from '#shared/domain/command.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { formatOf, type Invocation } from './command.ts';
import { CliError, type ExitCode, exitCodes, UnreachableError, usageError } from './exit.ts';
import type { Io } from './io.ts';
import { formatStructured } from './output.ts';
import { publishText } from './publish.ts';
import { contextLine, openSession, type Session } from './session.ts';
import { MessageList, type MessageRow, parseAnswer, TargetList } from './status-answers.ts';
import { commandOutcome } from './views/command-outcome.ts';
import { overdueText } from './views/overdue.ts';
import { PATIENCE_MS, watch } from './watch.ts';

/** What the words of a command line ask for; the same rules as for a file say what is wrong with it. */
export function toCommand(kind: FleetCommand['kind'], spec: JsonObject): FleetCommand {
  const parsed = parseRequest({ apiVersion: 'inference-fleet/v1', kind, spec }, catalogue);
  if (!parsed.ok) throw usageError(formatProblems(parsed.problems).join('\n'));
  if (parsed.kind !== 'command') throw new Error(`making a command: ${kind} is a kind of document`);
  return parsed.command;
}

export async function sendCommand(invocation: Invocation, command: FleetCommand): Promise<ExitCode> {
  const session = await openSession(invocation);
  const { io, program } = invocation;
  const { project, requestsTopic: topic } = session.context;
  const target = targetOfCommand(command) ?? 'all';
  const format = formatOf(invocation);
  // At once: publishing alone may take ten seconds where nobody answers.
  if (format === undefined) io.out(`${contextLine(session)}\n`);
  const messageId = await publishText(invocation, session.context, JSON.stringify(command));
  if (format === undefined) io.out(`Published ${command.kind} of ${target} to ${topic} as message ${messageId}\n`);
  const { phase, reason } = await settled(invocation, session, messageId);
  if (format !== undefined) {
    const published = { context: session.name, project, topic, target, messageId, phase };
    io.out(formatStructured({ ...published, ...(reason !== undefined && { reason }) }, format));
    return phase === 'done' ? exitCodes.ok : exitCodes.notAsWanted;
  }
  if (phase !== 'done') throw new CliError(exitCodes.notAsWanted, `${command.kind} was refused: ${reason ?? phase}`);
  const late = await overdueOf(session, command);
  io.out(`${commandOutcome(command, { program, late }).join('\n')}\n`);
  return exitCodes.ok;
}

/** Whoever stops something at night must not look at a silent terminal for a minute. */
function sayingOnce<T>(io: Io, call: () => Promise<T>): () => Promise<T> {
  let said = false;
  return async () => {
    try {
      return await call();
    } catch (thrown) {
      if (thrown instanceof UnreachableError && !said) {
        io.err(`not reached yet, trying for ${PATIENCE_MS / 1000} s: ${thrown.message}\n`);
        said = true;
      }
      throw thrown;
    }
  };
}

/** Whether somebody still looks at what was stopped, as far as status knows; a command is no less done where it does not answer. */
async function overdueOf({ status }: Session, { kind, spec }: FleetCommand): Promise<readonly string[]> {
  if (kind !== 'Pause') return [];
  try {
    const { httpStatus, body } = await status.get('/targets');
    if (httpStatus !== 200) return [];
    const { items } = parseAnswer(TargetList, body, 'the targets');
    return items
      .filter(({ target }) => spec.target === undefined || spec.target === target)
      .flatMap((row) => {
        const text = overdueText(row);
        return text === undefined ? [] : [`${row.target} is ${text}`];
      });
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    return [`Whether it is still looked at is not known: ${thrown.message}`];
  }
}

async function settled({ io, program }: Invocation, { status }: Session, messageId: string): Promise<MessageRow> {
  const path = `/messages?id=${encodeURIComponent(messageId)}`;
  const beganAtMs = io.nowMs();
  const get = sayingOnce(io, () => status.get(path));
  const read = async (): Promise<MessageRow | undefined> => {
    const { body } = await get();
    return parseAnswer(MessageList, body, 'the messages').items.find(({ phase }) => phase !== 'accepted');
  };
  const last = await watch(io, read, (message) => {
    if (message !== undefined) return 'over';
    if (io.nowMs() - beganAtMs < PATIENCE_MS) return 'go on';
    const hint = `it may still be: see ${program} get messages`;
    throw new CliError(
      exitCodes.notAsWanted,
      `message ${messageId} is not accepted after ${PATIENCE_MS / 1000} s; ${hint}`,
    );
  });
  if (last === undefined) throw new Error('waiting for a message: it ended without one');
  return last;
}
