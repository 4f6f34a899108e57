/** What `npm start` refuses before anything is started, as its user sees it: one line, an exit code, and nothing touched. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePorts } from '../../emulator/free-ports.ts';

const entry = new URL('../../emulator/main.ts', import.meta.url).pathname;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inferctl-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const start = (...args: string[]) => startIn({}, args);

function startIn(
  extra: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, INFERCTL_HOME: home, ...extra };
    execFile(process.execPath, [entry, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('npm start', () => {
  it('refuses a file that is not there at once', async () => {
    const ended = await start('--scenario', 'traffic', '--trace', 'nofile.csv');

    expect(ended).toEqual({ code: 2, stdout: '', stderr: 'nofile.csv: there is no such file\n' });
    expect(readdirSync(home)).toEqual([]);
  });

  it.each([
    {
      args: ['--scenario', 'flood'],
      reason: '--scenario flood: must be one of build, crash, duplicates, busy, traffic',
    },
    { args: ['--hours', '1'], reason: '--hours 1: only with --scenario traffic, not with build' },
  ])('says in one line what is wrong with $args', async ({ args, reason }) => {
    const ended = await start(...args);

    expect(ended).toEqual({ code: 2, stdout: '', stderr: `${reason} (npm start -- --help lists the options)\n` });
  });

  it('says in one line what to run before clusters can run on a real control plane', async () => {
    const ended = await startIn({ XDG_CACHE_HOME: home }, ['--kubernetes', 'real']);

    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr:
        '--kubernetes real: etcd, kube-apiserver, kube-controller-manager, kube-scheduler not built yet: run npm run control-plane (needs Go 1.26 or newer; once some 6 min)\n',
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it('says in one line that no Firestore answers where it was told, before anything is begun', async () => {
    const [port = 0] = await findFreePorts(1);

    const ended = await start('--firestore', `127.0.0.1:${port}`);

    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `--firestore 127.0.0.1:${port}: no Firestore answers there (ECONNREFUSED); npm run emulators starts one, and prints where it is\n`,
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it('says in one line that what answers where it was told is not Firestore', async () => {
    const server = createHttpServer((_, response) => response.end('Ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A listening TCP server's address is never a path or null.
    const { port } = server.address() as AddressInfo;

    const ended = await start('--firestore', `127.0.0.1:${port}`);

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ \(what answers is not Firestore: HTTP 200\); /),
    });
    expect(readdirSync(home)).toEqual([]);
    server.close();
  });

  it('says in one line that its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A listening TCP server's address is never a path or null.
    const { port } = server.address() as AddressInfo;

    const ended = await start('--port', String(port));

    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^port \d+ \(HTTP\) is in use .*--port N.*\n$/),
    });
    expect(readdirSync(home)).toEqual(['local']);
    server.close();
  });
});
