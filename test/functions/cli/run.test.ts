import { describe, expect, it } from 'vitest';
import { commands } from '../../../functions/cli/commands.ts';
import { exitCodes } from '../../../functions/cli/exit.ts';
import { run } from '../../../functions/cli/run.ts';
import { contextFile, makeIo, type Outside } from './make-io.ts';

async function runWith(line: string, outside: Outside = {}) {
  const io = makeIo(outside);
  const exitCode = await run(line.split(' ').filter(Boolean), io);
  return { exitCode, ...io.printed };
}

describe('help', () => {
  it.each(['help', 'help help', '--help', '-h', '--context local --help'])('is printed for %s', async (line) => {
    const { exitCode, out } = await runWith(line);

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain('\nUsage: inferctl [--context NAME] COMMAND …\n');
    expect(out).toContain('\n  4   no usable context\n');
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`\\n  ${name} +${summary.slice(0, 12)}`));
  });

  it('can be typed as it stands where npx is needed', async () => {
    const { out } = await runWith('help get', { environment: { npm_command: 'exec' } });

    expect(out).toContain('\nUsage: npx inferctl get [KIND|TARGET|messages]');
    expect(out).toContain('\n  npx inferctl get cluster/demo -w ');
    expect(out).not.toMatch(/(?<!npx )inferctl [a-z]/);
  });

  it('and errors name what can be typed', async () => {
    const files = { '/config/contexts.json': JSON.stringify({ contexts: {} }) };

    const { err } = await runWith('get', { files, environment: { npm_command: 'exec' } });

    expect(err).toMatch(/^inferctl: no context is chosen: npx inferctl context use NAME/);
  });

  it('is printed instead of nothing, but is no success', async () => {
    const { exitCode, out } = await runWith('');

    expect(exitCode).toBe(exitCodes.invalid);
    expect(out).toContain('Commands:');
  });

  it.each(commands.map(({ name }) => name))('of %s is the same by word and by option', async (name) => {
    const byWord = await runWith(`help ${name}`);
    const byOption = await runWith(`${name} --help`);

    expect(byOption).toEqual(byWord);
    expect(byWord.exitCode).toBe(exitCodes.ok);
  });

  it('of one command shows usage, options, notes and examples', async () => {
    const { out } = await runWith('help env');

    expect(out).toBe(`\
inferctl env: print shell lines that point gcloud, kubectl and the Pub/Sub client at the context

Usage: inferctl env [--shell bash|fish]

Options:
      --shell SHELL   whose syntax; bash (default) is that of every POSIX shell
      --context NAME  act on this context (also INFERCTL_CONTEXT)
  -h, --help          show how the command is used

Clients that take options instead of variables are named in comment lines.

Examples:
  eval "$(inferctl env)"              in bash or zsh
  inferctl env --shell fish | source  in fish
`);
  });

  it('names every option of the usage line', () => {
    for (const { usage, options } of commands) {
      for (const [option] of usage.matchAll(/(?<=--)[a-z-]+/g)) expect(options).toHaveProperty([option]);
    }
  });
});

it('prints its version', async () => {
  expect(await runWith('--version')).toEqual({ exitCode: exitCodes.ok, out: 'inference-fleet 0.1.0\n', err: '' });
});

describe('a command line that is not understood', () => {
  it.each([
    { line: 'aply -f x', err: 'inferctl: command aply does not exist: did you mean apply?\n' },
    { line: 'frobnicate', err: 'inferctl: command frobnicate does not exist: see inferctl help\n' },
    { line: 'help frobnicate', err: 'inferctl: command frobnicate does not exist: see inferctl help\n' },
    { line: '--contxt x get', err: "inferctl: Unknown option '--contxt'\n" },
    { line: '--verbose', err: "inferctl: Unknown option '--verbose'\n" },
    { line: 'get --wach', err: "inferctl: get: Unknown option '--wach': see inferctl help get\n" },
    { line: 'get -o toml', err: 'inferctl: get: --output toml: must be one of json, yaml: see inferctl help get\n' },
    { line: 'get a/b c/d', err: "inferctl: get: 'c/d' is one word too many: see inferctl help get\n" },
    {
      line: 'validate -f',
      err: "inferctl: validate: Option '-f, --file <value>' argument missing: see inferctl help validate\n",
    },
    {
      line: 'validate',
      err: 'inferctl: --file is missing: -f FILE: the document, YAML or JSON; - reads standard input\n',
    },
    { line: 'describe', err: 'inferctl: TARGET is missing, e.g. cluster/demo\n' },
    { line: 'get -w -o json', err: 'inferctl: -w prints for people: leave -o out, or read again and again\n' },
    { line: 'get messages -w', err: 'inferctl: messages cannot be followed: leave -w out\n' },
    { line: 'get cluster --until-ended', err: 'inferctl: --until-ended needs one TARGET, e.g. cluster/demo\n' },
    {
      line: 'get --phase refused',
      err: 'inferctl: --phase and --limit are for messages: get messages --phase refused\n',
    },
    { line: 'get messages --limit 0', err: 'inferctl: --limit 0: must be a whole number from 1\n' },
    { line: 'context drop local', err: 'inferctl: context drop local: must be context list, or context use NAME\n' },
    { line: 'context use', err: 'inferctl: context use: must be context list, or context use NAME\n' },
    { line: 'schema Clustr', err: 'inferctl: kind Clustr does not exist: did you mean Cluster?\n' },
    {
      line: 'env --shell tcsh',
      err: 'inferctl: env: --shell tcsh: must be one of bash, fish: see inferctl help env\n',
    },
  ])('$line', async ({ line, err }) => {
    expect(await runWith(line)).toEqual({ exitCode: exitCodes.invalid, out: '', err });
  });
});

describe('without a context', () => {
  it.each([
    'get',
    'get cluster/demo -w',
    'describe cluster/demo',
    'plan -f -',
    'apply -f -',
    'env',
    'context',
    'context use local',
  ])('%s ends with code 4 and what to do', async (line) => {
    const { exitCode, out, err } = await runWith(line, { files: {} });

    expect({ exitCode, out }).toEqual({ exitCode: exitCodes.noContext, out: '' });
    expect(err).toContain('`npm start` starts the local cloud and writes the context `local`');
  });
});

describe('the context of a command', () => {
  it.each([
    { name: 'is the current one', line: 'env', environment: {}, expected: 'context local' },
    {
      name: 'may be given before the command',
      line: '--context other env',
      environment: {},
      expected: 'context other',
    },
    { name: 'may be given after the command', line: 'env --context=other', environment: {}, expected: 'context other' },
    {
      name: 'may come from the environment',
      line: 'env',
      environment: { INFERCTL_CONTEXT: 'other' },
      expected: 'context other',
    },
    {
      name: 'is the option before the environment',
      line: 'env --context local',
      environment: { INFERCTL_CONTEXT: 'other' },
      expected: 'context local',
    },
    { name: 'is not an empty variable', line: 'env', environment: { INFERCTL_CONTEXT: '' }, expected: 'context local' },
  ])('$name', async ({ line, environment, expected }) => {
    const file = JSON.parse(contextFile['/config/contexts.json']) as { contexts: Record<string, unknown> };
    const files = {
      '/config/contexts.json': JSON.stringify({
        ...file,
        contexts: { ...file.contexts, other: file.contexts['local'] },
      }),
    };

    const { out } = await runWith(line, { environment, files });

    expect(out).toContain(`# ${expected}: project demo\n`);
  });
});

it('ends with a code of its own, and the place, after a bug', async () => {
  const io = { ...makeIo(), configFolder: undefined as unknown as string };

  const exitCode = await run(['env'], io);

  expect(exitCode).toBe(exitCodes.bug);
  expect(io.printed.err).toMatch(/^inferctl: a bug: TypeError.*\n +at /);
});
