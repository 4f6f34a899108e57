/** Lists and follows. A word with a slash is a target, `messages` is what came in, anything else a kind. */
import { kinds } from '#shared/documents/kinds.ts';
import { partsOfTargets } from '#shared/domain/target.ts';
import { type Command, formatOf, type Invocation, noHintsOption, outputOption } from '../command.ts';
import { CliError, type ExitCode, exitCodes, usageError } from '../exit.ts';
import { type Io, isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { meantTarget, readKnownTarget } from '../read-target.ts';
import { openSession, type Session } from '../session.ts';
import { MessageList, parseAnswer, TargetList, TargetRow, type Unreadable } from '../status-answers.ts';
import type { StatusReply } from '../status-client.ts';
import { type Line, renderLines } from '../text/line.ts';
import { messageTable } from '../views/messages.ts';
import { needsSomebody } from '../views/phase.ts';
import { freezeLines, targetTable } from '../views/targets.ts';
import { warnOfUnreadable } from '../views/unreadable.ts';
import { watchList } from '../watch-list.ts';
import { watchTarget } from '../watch-target.ts';

export const get: Command = {
  name: 'get',
  summary: 'list targets, or follow one live; list messages that came in',
  usage: '[KIND|TARGET|messages] [-w] [--until-ended] [--no-hints] [-o json|yaml]',
  maxPositionals: 1,
  options: {
    watch: { short: 'w', summary: 'follow it: a live view on a terminal, one line per change elsewhere' },
    'until-ended': { summary: 'follow one target until it is ready (exit 0), or has failed or holds (exit 1)' },
    phase: { value: 'PHASE', choices: ['accepted', 'done', 'refused'], summary: 'only messages in this phase' },
    limit: { value: 'N', summary: 'at most this many messages, newest first (1..500; default 50)' },
    file: {
      short: 'f',
      value: 'FILE',
      summary: 'its document, named in what is suggested at the end of --until-ended',
    },
    'no-hints': noHintsOption,
    output: outputOption,
  },
  notes: [
    'Times and ages are those of the world that is automated, counted up to the last look at it; they are not your clock.',
    'While the status API does not answer, -w keeps trying for a minute.',
    'Of one TARGET the exit code is 1 while it has failed, holds, is paused or is overdue; a list ends with 0.',
  ],
  examples: [
    ['inferctl get', 'all targets'],
    ['inferctl get cluster', 'all clusters'],
    ['inferctl get cluster/demo -w', 'follow one target'],
    ['inferctl get cluster/demo --until-ended', 'wait for it, in a script'],
    ['inferctl get messages --phase refused', 'what was refused, and why'],
  ],
  async run(invocation) {
    const [word] = invocation.positionals;
    checkCombination(invocation, word);
    const session = await openSession(invocation);
    if (word === 'messages') return await listMessages(invocation, session);
    const watches = invocation.flag('watch') || invocation.flag('until-ended');
    if (word?.includes('/') === true) {
      return watches ? await watchTarget(invocation, session, word) : await showTarget(invocation, session, word);
    }
    if (watches) return await watchList(invocation, async () => (await readTargets(session, word)).targets);
    return await listTargets(invocation, session, word);
  },
};

/** Before anything is read: options that say nothing together are a mistake, not to be ignored. */
function checkCombination(invocation: Invocation, word: string | undefined): void {
  const untilEnded = invocation.flag('until-ended');
  const watches = invocation.flag('watch') || untilEnded;
  if (watches && formatOf(invocation) !== undefined)
    throw usageError('-w prints for people: leave -o out, or read again and again');
  if (watches && word === 'messages') throw usageError('messages cannot be followed: leave -w out');
  if (untilEnded && word?.includes('/') !== true) throw usageError('--until-ended needs one TARGET, e.g. cluster/demo');
  checkFor(untilEnded, ['file'], '-f is for --until-ended');
  checkFor(
    word === 'messages',
    ['phase', 'limit'],
    '--phase and --limit are for messages: get messages --phase refused',
  );

  function checkFor(isMeant: boolean, options: readonly string[], message: string): void {
    if (!isMeant && options.some((option) => invocation.text(option) !== undefined)) throw usageError(message);
  }
}

async function showTarget(invocation: Invocation, session: Session, target: string): Promise<ExitCode> {
  const body = await readKnownTarget(invocation, session.status, target);
  const row = parseAnswer(TargetRow, body, target);
  printTargets(invocation, body, [row]);
  return needsSomebody(row) ? exitCodes.notAsWanted : exitCodes.ok;
}

async function listTargets(invocation: Invocation, session: Session, kind: string | undefined): Promise<ExitCode> {
  const { targets, unreadable } = await readTargets(session, kind);
  printTargets(invocation, { items: targets, ...unreadable }, targets);
  warnOfUnreadable(invocation.io, unreadable);
  if (targets.length === 0) {
    const which = kind === undefined ? 'targets' : `targets of kind ${kind}`;
    invocation.io.err(`no ${which} in context ${session.name}: ${invocation.program} apply -f FILE\n`);
  }
  return exitCodes.ok;
}

/** All kinds in one answer: status has no filter, and lists are short (at most 500 targets). */
async function readTargets(
  { status }: Session,
  kind: string | undefined,
): Promise<{ readonly targets: readonly TargetRow[]; readonly unreadable: Unreadable }> {
  const answer = parseAnswer(TargetList, bodyOf(await status.get('/targets'), '/targets'), 'the targets');
  const { items, ...unreadable } = answer;
  if (kind === undefined) return { targets: items, unreadable };
  return { targets: items.filter(isOfKind(kind, items)), unreadable };
}

/** By the name of its documents (`ModelService`) or the first word of its targets (`model`), one or many as kubectl has it. */
function isOfKind(kind: string, items: readonly TargetRow[]): (item: TargetRow) => boolean {
  const asked = kind.toLowerCase();
  const isAsked = (name: string) => [name.toLowerCase(), `${name.toLowerCase()}s`].includes(asked);
  const word = Object.keys(partsOfTargets).find(isAsked);
  const known = new Set([...Object.keys(kinds), ...items.map((item) => item.kind)]);
  const named = [...known].find(isAsked);
  if (word !== undefined || named !== undefined) {
    return (item) => item.kind === named || item.target.startsWith(`${word}/`);
  }
  const meant = meantTarget(kind, items);
  const hint = meant === undefined ? 'a target is KIND/NAME' : `did you mean the target ${meant}?`;
  throw usageError(`kind ${kind} does not exist: known: ${[...known].join(', ')}, messages; ${hint}`);
}

async function listMessages(invocation: Invocation, { status, name }: Session): Promise<ExitCode> {
  const query = new URLSearchParams();
  for (const option of ['phase', 'limit']) {
    const value = invocation.text(option);
    if (value !== undefined) query.set(option, value);
  }
  const limit = invocation.text('limit');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw usageError(`--limit ${limit}: must be a whole number from 1`);
  const path = query.size === 0 ? '/messages' : `/messages?${query.toString()}`;
  const body = bodyOf(await status.get(path), path);
  const answer = parseAnswer(MessageList, body, 'the messages');
  print(invocation, body, messageTable(answer.items));
  warnOfUnreadable(invocation.io, answer);
  if (answer.items.length === 0) {
    const phase = invocation.text('phase');
    invocation.io.err(`no messages${phase === undefined ? '' : ` in phase ${phase}`} in context ${name}\n`);
  }
  return exitCodes.ok;
}

/** These paths exist in every version of status: another answer comes from something else at that URL. */
function bodyOf({ httpStatus, body }: StatusReply, path: string): StatusReply['body'] {
  if (httpStatus === 200) return body;
  throw new CliError(exitCodes.unreachable, `GET ${path}: answered ${httpStatus}: check statusUrl of the context`);
}

function printTargets(invocation: Invocation, answer: unknown, targets: readonly TargetRow[]): void {
  const { io, program } = invocation;
  if (formatOf(invocation) === undefined) io.out(renderLines(freezeLines(targets, program), renderingOf(io)));
  print(invocation, answer, targetTable(targets));
}

/** A header without rows says nothing. */
function print(invocation: Invocation, answer: unknown, table: readonly Line[]): void {
  const { io } = invocation;
  const format = formatOf(invocation);
  if (format !== undefined) io.out(formatStructured(answer, format));
  else if (table.length > 1) io.out(renderLines(table, renderingOf(io)));
}

/** A long line would break the table on a terminal; `describe` has the whole of it. */
function renderingOf(io: Io) {
  return { isColoured: isColoured(io), ...(io.isTerminal && { columns: io.columns() }) };
}
