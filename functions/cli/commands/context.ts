/** Lists and chooses contexts. Creating one is writing a file, which people and `npm start` do themselves. */
import { mapValues } from '#shared/domain/json.ts';
import { type Command, formatOf, type Invocation, outputOption } from '../command.ts';
import { chooseContext, type ContextFile, contextsPath, readContexts, useContext } from '../contexts.ts';
import { type ExitCode, exitCodes, usageError } from '../exit.ts';
import { isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { askedContext, contextLine } from '../session.ts';
import { renderLines, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';

export const context: Command = {
  name: 'context',
  summary: 'list the contexts, or choose one',
  usage: '[list | use NAME] [-o json|yaml]',
  maxPositionals: 2,
  options: { output: outputOption },
  notes: [
    'A context says where a deployment is. Order: --context, INFERCTL_CONTEXT, the one chosen here; never the project of your credentials.',
    'They stand in contexts.json in $INFERCTL_HOME, or ~/.config/inference-fleet; `npm start` writes the context local, and chooses it only if none is.',
  ],
  examples: [
    ['inferctl context list', 'list them (as without a word); the current one is marked'],
    ['inferctl context use local', 'choose one'],
  ],
  async run(invocation) {
    const [verb, name] = invocation.positionals;
    if (verb === undefined || (verb === 'list' && name === undefined)) return await list(invocation);
    if (verb !== 'use' || name === undefined)
      throw usageError(`context ${invocation.positionals.join(' ')}: must be context list, or context use NAME`);
    const chosen = await useContext(invocation.io, name);
    invocation.io.out(`${contextLine(chosen)}\nWritten to ${contextsPath(invocation.io)}\n`);
    return exitCodes.ok;
  },
};

async function list(invocation: Invocation): Promise<ExitCode> {
  const { io } = invocation;
  const file = await readContexts(io);
  const format = formatOf(invocation);
  const current = currentName(file, askedContext(invocation));
  if (format !== undefined) {
    io.out(formatStructured({ ...(current !== undefined && { current }), contexts: withoutTokens(file) }, format));
    return exitCodes.ok;
  }
  const rows = Object.entries(file.contexts).map(([name, { project, statusUrl, credentials }]) => [
    span(name === current ? '*' : ''),
    span(name),
    span(project),
    span(statusUrl),
    span(shownCredentials(credentials)),
  ]);
  io.out(
    renderLines(toTable(['CURRENT', 'NAME', 'PROJECT', 'STATUS', 'CREDENTIALS'], rows), { isColoured: isColoured(io) }),
  );
  return exitCodes.ok;
}

/** What a command would act on now; undefined: nothing is chosen, which only other commands mind. */
function currentName(file: ContextFile, asked: string | undefined): string | undefined {
  if (asked === undefined && file.current === undefined) return undefined;
  return chooseContext(file, asked).name;
}

function withoutTokens({ contexts }: ContextFile): ContextFile['contexts'] {
  return mapValues(contexts, ({ credentials, ...rest }) => ({
    ...rest,
    credentials: credentials.startsWith('token:') ? 'token:…' : credentials,
  }));
}

/** A token belongs on no screen. */
function shownCredentials(credentials: string): string {
  return credentials.startsWith('token:') ? 'token' : credentials;
}
