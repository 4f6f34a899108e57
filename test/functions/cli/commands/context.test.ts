/** The commands about contexts: context, env. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../functions/cli/exit.ts';
import { run } from '../../../../functions/cli/run.ts';
import { localContext, makeIo } from '../make-io.ts';

const path = '/config/contexts.json';
const { pubsubEndpoint: _local, ...production } = {
  ...localContext,
  project: 'prod-1',
  credentials: 'token:secret',
  notes: [],
};
const contexts = { local: localContext, production };

async function runWith(line: string, file: object = { current: 'local', contexts }, environment = {}) {
  const io = makeIo({ files: { [path]: JSON.stringify(file) }, environment });
  const exitCode = await run(line.split(' '), io);
  return { io, exitCode, ...io.printed };
}

const table = (local: string, prod: string) => `\
CURRENT  NAME        PROJECT  STATUS                        CREDENTIALS
${local}        local       demo     http://status.example/status  none
${prod}        production  prod-1   http://status.example/status  token
`;

describe('context', () => {
  it.each([
    { name: 'the current one', environment: {}, expected: table('*', ' ') },
    {
      name: 'the one that the environment names',
      environment: { INFERCTL_CONTEXT: 'production' },
      expected: table(' ', '*'),
    },
  ])('lists all and marks $name', async ({ environment, expected }) => {
    expect((await runWith('context', { current: 'local', contexts }, environment)).out).toBe(expected);
  });

  it('lists them although none is chosen', async () => {
    expect(await runWith('context', { contexts })).toMatchObject({ exitCode: exitCodes.ok, out: table(' ', ' ') });
  });

  it('shows no token to programs either', async () => {
    const { out } = await runWith('context -o json');

    expect(JSON.parse(out)).toEqual({
      current: 'local',
      contexts: { ...contexts, production: { ...production, credentials: 'token:…' } },
    });
  });

  it('use chooses one and says what it is', async () => {
    const { io, exitCode, out } = await runWith('context use production');

    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toBe(
      'Context production: project prod-1, status at http://status.example/status\nWritten to /config/contexts.json\n',
    );
    expect(JSON.parse(io.written[path]!)).toEqual({ current: 'production', contexts });
  });

  it('use refuses one that does not exist', async () => {
    expect(await runWith('context use prodution')).toMatchObject({
      exitCode: exitCodes.noContext,
      err: 'inferctl: context prodution does not exist: did you mean production?\n',
    });
  });
});

describe('env', () => {
  it('prints lines for POSIX shells, quoted', async () => {
    expect((await runWith('env')).out).toBe(`\
# context local: project demo
# Pub/Sub client: new PubSub({ apiEndpoint })
export CLOUDSDK_CORE_PROJECT='demo'
export KUBECONFIG='/tmp/it'\\''s/kubeconfig'
`);
  });

  it('prints lines for fish, quoted', async () => {
    const environment = { A: "back\\slash and 'quote'" };

    const { out } = await runWith('env --shell fish', {
      current: 'local',
      contexts: { local: { ...localContext, environment } },
    });

    expect(out).toContain("set -gx A 'back\\\\slash and \\'quote\\''\n");
  });

  it('lets a shell evaluate nothing, neither in values nor in notes', async () => {
    const hostile = {
      environment: { A: '\'; $(echo run) `echo run` \\ "x"\nsecond line' },
      notes: ['a note\necho run'],
    };
    const { out } = await runWith('env', { current: 'local', contexts: { local: { ...localContext, ...hostile } } });

    const { stdout } = await promisify(execFile)('sh', ['-c', `${out}\nprintf %s "$A"`]);

    expect(stdout).toBe(hostile.environment.A);
  });
});
