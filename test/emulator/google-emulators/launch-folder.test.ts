/** What firebase-tools is given to start, run by the shell alone: neither Java nor an emulator is needed for it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeLaunchFolder } from '../../../emulator/google-emulators/launch-folder.ts';

const programsFolder = mkdtempSync(join(tmpdir(), 'it’s programs '));
/** Says what it was started with, and goes on until it is ended. */
const echo = join(programsFolder, 'echo');
writeFileSync(echo, '#!/bin/sh\necho "$@"\nexec sleep 1000\n');
chmodSync(echo, 0o755);
const jar = join(programsFolder, 'firestore.jar');

const ports = { pubsub: 1001, firestore: 1002, hub: 1003, logging: 1005, websocket: 1004 };
const folder = makeLaunchFolder({ java: echo, emulators: { pubsub: echo, firestore: jar } }, ports, process.env);
const variable = (name: string) => folder.environment[name] ?? '';

afterAll(() => {
  folder.remove();
  rmSync(programsFolder, { recursive: true });
});

/** As firebase-tools starts one: by name, in a group of its own. Comes back with the first line that it says. */
async function start(command: string, args: readonly string[]): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(command, [...args], {
    env: { ...folder.environment },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  return { child, said };
}

/** Closing its standard input is what happens when whoever holds it dies. */
function endOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  child.stdin?.end();
  return ended;
}

it('lets firebase-tools find no process to kill', () => {
  const found = execFileSync('sh', ['-c', 'ps aux'], { env: { ...folder.environment }, encoding: 'utf8' });

  expect(found).toBe('');
});

it('answers java -version with what firebase-tools asks for', () => {
  const answer = execFileSync('sh', ['-c', 'java -Duser.language=en -version 2>&1'], {
    env: { ...folder.environment },
    encoding: 'utf8',
  });

  expect(answer).toBe('openjdk version "21"\n');
});

it('starts the Firestore emulator by its main class, and ends it with whoever started it', async () => {
  const { child, said } = await start('java', [
    '-Dlevel=FINE',
    '-jar',
    variable('FIRESTORE_EMULATOR_BINARY_PATH'),
    '--port',
    '1002',
  ]);

  expect(said).toBe(`-Dlevel=FINE -cp ${jar} com.google.cloud.datastore.emulator.firestore.CloudFirestore --port 1002`);
  expect(folder.startedPids()).toContain(child.pid);
  expect(await endOf(child)).toBe('SIGTERM');
});

it('starts the Pub/Sub emulator as it is, and ends it with whoever started it', async () => {
  const { child, said } = await start(variable('PUBSUB_EMULATOR_BINARY_PATH'), ['--host=127.0.0.1', '--port=1001']);

  expect(said).toBe('--host=127.0.0.1 --port=1001');
  expect(folder.startedPids()).toContain(child.pid);
  expect(await endOf(child)).toBe('SIGTERM');
});

it('gives firebase-tools files of its own, because it changes their mode', () => {
  const mode = statSync(echo).mode;

  for (const name of ['PUBSUB_EMULATOR_BINARY_PATH', 'FIRESTORE_EMULATOR_BINARY_PATH']) {
    expect(variable(name).startsWith(folder.path)).toBe(true);
    expect(existsSync(variable(name))).toBe(true);
  }
  expect(statSync(echo).mode).toBe(mode);
});

it.each([
  {
    name: 'both',
    emulators: { pubsub: echo, firestore: jar },
    has: ['firestore', 'hub', 'logging', 'pubsub', 'singleProjectMode', 'ui'],
  },
  { name: 'Pub/Sub alone', emulators: { pubsub: echo }, has: ['hub', 'logging', 'pubsub', 'singleProjectMode', 'ui'] },
])('configures $name, on the loopback interface', ({ emulators, has }) => {
  const made = makeLaunchFolder({ java: echo, emulators }, ports, {});
  const { emulators: written } = JSON.parse(readFileSync(join(made.path, 'firebase.json'), 'utf8'));
  made.remove();

  expect(Object.keys(written).sort()).toEqual(has);
  expect(written).toMatchObject({
    pubsub: { host: '127.0.0.1', port: 1001 },
    hub: { host: '127.0.0.1' },
    ui: { enabled: false },
  });
  expect(existsSync(made.path)).toBe(false);
});

it('shows the end of what each emulator wrote into its log, and not what firebase-tools wrote into its own', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`);
  writeFileSync(join(folder.path, 'firestore-debug.log'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder.path, 'firebase-debug.log'), 'its own\n');

  const shown = folder.endsOfLogs();

  expect(shown).toEqual(['the end of firestore-debug.log:', ...lines.slice(5).map((line) => `  ${line}`)]);
});
