/** Asks the status function what a document would do: it has the rights to read the world, the user need not. */
import { type Command, fileOption, formatOf, type Invocation, outputOption } from '../command.ts';
import { readValidDocument } from '../documents.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import { isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { refusalOf } from '../refusal.ts';
import { openSession } from '../session.ts';
import { parseAnswer, PlanAnswer } from '../status-answers.ts';
import type { StatusReply } from '../status-client.ts';
import { renderLines } from '../text/line.ts';
import { countPlan, planLines } from '../views/plan.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'show what a document would do to the world as it is; changes nothing',
  usage: '-f FILE [--bodies] [-o json|yaml]',
  maxPositionals: 0,
  options: {
    file: fileOption,
    bodies: { summary: 'show the request bodies too (json and yaml always have them)' },
    output: outputOption,
  },
  notes: [
    'Steps: stands (is there as wanted), create (would be created), change (a size), under way, passed or check (creates nothing), problem.',
    'Of a ModelService: what is looked after, sizes and owners, the pools, and the price per hour at the fewest and the most replicas.',
  ],
  examples: [
    ['inferctl plan -f cluster.yaml', 'steps in order, price per hour'],
    ['inferctl plan -f cluster.yaml --bodies', 'with every request that would be sent'],
    ['inferctl plan -f model-service.yaml', 'what would be looked after'],
  ],
  async run(invocation) {
    const session = await openSession(invocation);
    // Also turns YAML into the JSON that the function takes.
    const document = await readValidDocument(invocation);
    const reply = await session.status.post('/plan', { ...document });
    if (reply.httpStatus !== 200) throw refusal(reply);
    return show(invocation, reply, session.name);
  },
};

function show(invocation: Invocation, { body }: StatusReply, context: string): ExitCode {
  const { io } = invocation;
  const answer = parseAnswer(PlanAnswer, body, 'the plan');
  const format = formatOf(invocation);
  const lines = planLines(answer, { context, showsBodies: invocation.flag('bodies') });
  io.out(format === undefined ? renderLines(lines, { isColoured: isColoured(io) }) : formatStructured(body, format));
  return countPlan(answer).problems === 0 ? exitCodes.ok : exitCodes.notAsWanted;
}

function refusal(reply: StatusReply): CliError {
  const wrongUrl = `POST /plan: answered ${reply.httpStatus}: check statusUrl of the context`;
  return refusalOf(reply) ?? new CliError(exitCodes.unreachable, wrongUrl);
}
