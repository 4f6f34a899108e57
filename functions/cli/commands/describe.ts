/** One target in full, for somebody who has to understand it at night. */
import { type Command, formatOf, outputOption } from '../command.ts';
import { exitCodes, usageError } from '../exit.ts';
import { isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { readKnownTarget } from '../read-target.ts';
import type { NamedContext } from '../contexts.ts';
import { openSession } from '../session.ts';
import { parseAnswer, Target } from '../status-answers.ts';
import { renderLines } from '../text/line.ts';
import { describeLines } from '../views/describe.ts';
import type { Place } from '../views/how-to-stop.ts';
import { needsSomebody } from '../views/phase.ts';
import { warnOfUnreadable } from '../views/unreadable.ts';

export const describe: Command = {
  name: 'describe',
  summary: 'everything about one target: what is happening, why, what comes next, by when, how to stop it',
  usage: 'TARGET [--all] [-o json|yaml]',
  maxPositionals: 1,
  options: {
    all: { summary: 'the whole history that is kept, not only its end' },
    output: outputOption,
  },
  notes: [
    'Below the answers: every step with its state, duration, known failures, calls, operation and reason; running operations; history.',
    'The exit code is 1 while the target has failed, holds, is paused or is overdue: nobody has looked at it when somebody had to.',
    'Times are those of the world that is automated.',
  ],
  examples: [['inferctl describe cluster/demo', 'explain one cluster']],
  async run(invocation) {
    const [name] = invocation.positionals;
    if (name === undefined) throw usageError('TARGET is missing, e.g. cluster/demo');
    const session = await openSession(invocation);
    const { io } = invocation;
    const body = await readKnownTarget(invocation, session.status, name);
    const format = formatOf(invocation);
    const answer = parseAnswer(Target, body, name);
    const exitCode = needsSomebody(answer) ? exitCodes.notAsWanted : exitCodes.ok;
    if (format !== undefined) {
      io.out(formatStructured(body, format));
      return exitCode;
    }
    // Never cut to the width of the terminal: the end of a reason is what to do about it.
    const lines = describeLines(answer, {
      context: session.name,
      place: placeOf(session, invocation.program),
      program: invocation.program,
      showsAllHistory: invocation.flag('all'),
    });
    io.out(renderLines(lines, { isColoured: isColoured(io) }));
    warnOfUnreadable(io, answer);
    return exitCode;
  },
};

/** gcloud's own configuration is the user's; without the context's variables it would act on a real project of that name. */
function placeOf({ context }: NamedContext, program: string): Place {
  const { project, region, environment } = context;
  const redirectsGcloud = Object.keys(environment).some((name) => name.startsWith('CLOUDSDK_'));
  return {
    project,
    ...(region !== undefined && { region }),
    ...(redirectsGcloud && { setUp: `eval "$(${program} env)"` }),
  };
}
