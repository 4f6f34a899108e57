/** `npm run emulators` as a person uses it: what it prints, what answers there, and that nothing is left of it, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isInstalled, skipReason } from '../components.ts';

const root = new URL('../../..', import.meta.url).pathname;
/** Whatever a killed one leaves behind lies in here. */
const folder = mkdtempSync(join(tmpdir(), 'emulators-'));
const started: ChildProcess[] = [];

afterAll(() => {
  // Of a test that failed half-way; each of them ends what it has started.
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly hosts: readonly string[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Comes back when it has printed where its emulators are. */
async function emulators(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Running> {
  const env = { ...process.env, TMPDIR: folder, ...variables };
  const child = spawn(process.execPath, [join(root, 'emulator/google-emulators/main.ts'), '--port', '0', ...args], {
    env,
  });
  started.push(child);
  let output = '';
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
        if (output.includes('Press Ctrl-C')) resolve();
      });
    }
  });
  await Promise.race([ready, ended]);
  const hosts = [...output.matchAll(/export \w+_EMULATOR_HOST='([^']+)'/g)].map(([, host = '']) => host);
  return { child, output: () => output, hosts, ended };
}

const answers = (host: string): Promise<boolean> =>
  fetch(`http://${host}/`).then(
    ({ ok }) => ok,
    () => false,
  );

async function untilSilent(host: string): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (await answers(host)) {
    if (Date.now() > deadlineMs) throw new Error(`waiting for ${host} to end: it still answers`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.runIf(isInstalled('pubsub-emulator') && isInstalled('firestore-emulator'))('npm run emulators', () => {
  it.concurrent('prints where both are, and ends them with Ctrl-C', async () => {
    const { child, output, hosts, ended } = await emulators([]);

    expect(output()).toMatch(
      /export PUBSUB_EMULATOR_HOST='127\.0\.0\.1:\d+'\n +export FIRESTORE_EMULATOR_HOST='127\.0\.0\.1:\d+'\n/,
    );
    expect(await Promise.all(hosts.map(answers))).toEqual([true, true]);
    child.kill('SIGINT');

    expect({ ended: await ended, output: output() }).toMatchObject({ ended: 0 });
    expect(await Promise.all(hosts.map(answers))).toEqual([false, false]);
  });

  it.concurrent('leaves nothing running when it is killed itself', async () => {
    const { child, hosts } = await emulators(['--only', 'firestore']);

    child.kill('SIGKILL');

    expect(hosts).toHaveLength(1);
    await Promise.all(hosts.map(untilSilent));
  });
});

describe.runIf(isInstalled('java'))('an emulator that does not end when it is told to', () => {
  it('is ended all the same, and no other of its name is', async () => {
    const stubborn = join(folder, 'pubsub-emulator');
    writeFileSync(
      stubborn,
      `#!${process.execPath}
const port = Number(process.argv.find((argument) => argument.startsWith('--port=')).slice('--port='.length));
process.on('SIGINT', () => {});
require('node:http').createServer((request, response) => response.end('Ok')).listen(port, '127.0.0.1');
`,
    );
    chmodSync(stubborn, 0o755);
    // What a search of the process table for its name finds, too.
    const beside = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'pubsub-emulator'], {
      stdio: 'ignore',
    });
    started.push(beside);
    const { child, output, hosts, ended } = await emulators(['--only', 'pubsub'], {
      PUBSUB_EMULATOR_BINARY_PATH: stubborn,
    });
    expect(await Promise.all(hosts.map(answers))).toEqual([true]);

    child.kill('SIGINT');

    expect({ ended: await ended, output: output() }).toMatchObject({ ended: 0 });
    expect(await Promise.all(hosts.map(answers))).toEqual([false]);
    expect(beside.exitCode ?? beside.signalCode).toBeNull();
  });
});

describe('what is needed', () => {
  it.each(['pubsub-emulator', 'firestore-emulator'] as const)('%s is there; outside CI it may be missing', (name) => {
    expect(skipReason(name)).toBeUndefined();
  });
});
