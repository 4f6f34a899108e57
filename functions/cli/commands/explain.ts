/** Why the sizes are what they are: the last decisions, with every term. */
import { type Command, formatOf, outputOption } from '../command.ts';
import { CliError, exitCodes, usageError } from '../exit.ts';
import { isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { unknownTarget } from '../read-target.ts';
import { openSession } from '../session.ts';
import { Decisions, parseAnswer } from '../status-answers.ts';
import { targetPath } from '../status-client.ts';
import { renderLines } from '../text/line.ts';
import { decisionLines } from '../views/decisions.ts';
import { warnOfUnreadable } from '../views/unreadable.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'why the sizes of a model or pool are what they are: the last decisions, with every term of the arithmetic',
  usage: 'TARGET [-n COUNT] [-o json|yaml]',
  maxPositionals: 1,
  options: {
    number: { short: 'n', value: 'COUNT', summary: 'so many decisions, newest first (default 3)' },
    output: outputOption,
  },
  notes: [
    'Looks that decide the same, one after the other, are one decision; its terms are those of the latest of them.',
    'Every number says where it was read and how old it was; missing, stale and invalid are no numbers, and never count as 0.',
  ],
  examples: [
    ['inferctl explain model/demo/serving/llama-70b', 'the last three decisions'],
    ['inferctl explain model/demo/serving/llama-70b -n 1', 'the present one'],
  ],
  async run(invocation) {
    const [target] = invocation.positionals;
    if (target === undefined) throw usageError('TARGET is missing, e.g. model/demo/serving/llama-70b');
    const count = invocation.text('number') ?? '3';
    if (!/^[1-9]\d*$/.test(count)) throw usageError(`-n ${count}: must be a whole number from 1`);
    const session = await openSession(invocation);
    const { io } = invocation;
    const path = `${targetPath(target)}/decisions?limit=${count}`;
    const { httpStatus, body } = await session.status.get(path);
    if (httpStatus === 404) throw await unknownTarget(invocation, session.status, target);
    if (httpStatus !== 200) {
      throw new CliError(exitCodes.unreachable, `GET ${path}: answered ${httpStatus}: check statusUrl of the context`);
    }
    const format = formatOf(invocation);
    const answer = parseAnswer(Decisions, body, 'the decisions');
    io.out(
      format === undefined
        ? renderLines(decisionLines(answer, session.name), { isColoured: isColoured(io) })
        : formatStructured(body, format),
    );
    warnOfUnreadable(io, answer);
    return exitCodes.ok;
  },
};
