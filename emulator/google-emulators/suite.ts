/** One run of firebase-tools with Google's emulators under it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CannotStart } from '../claims.ts';
import { findFreePorts, whyNotFree } from '../free-ports.ts';
import { signalGroup } from '../process-groups.ts';
import { type RealTime, systemTime } from '../world/real-time.ts';
import { type LaunchFolder, makeLaunchFolder, PROJECT, type SuitePorts } from './launch-folder.ts';
import { type Environment, findPrograms, type GoogleEmulator } from './programs.ts';

export interface SuiteOptions {
  readonly only: readonly GoogleEmulator[];
  /** Of the first emulator; the next one has the next port. 0: free ports. */
  readonly port: number;
  readonly env: Environment;
  readonly real?: RealTime;
}

export interface Suite {
  /** `127.0.0.1:port` of each emulator, by the environment variable that clients read it from. */
  readonly variables: Readonly<Record<string, string>>;
  /** Resolves when all of them answer; rejects with `CannotStart` when they do not come to it. */
  readonly ready: Promise<void>;
  /** Resolves when the CLI has ended; with what it said, if nobody asked it to. */
  readonly ended: Promise<string | undefined>;
  /** Ends the emulators and the CLI, by force if they do not; nothing is left. */
  readonly stop: () => Promise<void>;
}

/** The CLI needs 4 to 6 s on an idle machine, an emulator up to 4 s of them; a busy one is slower. */
const START_TIMEOUT_MS = 120_000;

/** Less than the 4 s after which firebase-tools looks for processes to kill (EMULATOR_INSTANCE_KILL_TIMEOUT). */
const EMULATOR_GRACE_MS = 3_000;

/** Its emulators are gone by then. */
const CLI_GRACE_MS = 15_000;

const READY = 'All emulators ready';

/** 10 s in all. */
const ANSWER_ATTEMPTS = 100;
const ANSWER_PAUSE_MS = 100;

/** Rejects with `CannotStart` where something is missing or a port is taken. Whoever has a suite has to stop it. */
export async function startSuite({ only, port, env, real = systemTime }: SuiteOptions): Promise<Suite> {
  const programs = findPrograms(only, env);
  const ports = await choosePorts(only, port);
  const folder = makeLaunchFolder(programs, ports, env);
  const hosts = only.map((emulator) => [`${emulator.toUpperCase()}_EMULATOR_HOST`, `127.0.0.1:${ports[emulator]}`]);
  const cli = new Cli({ folder, only, ports: only.map((emulator) => ports[emulator]), real });
  return { variables: Object.fromEntries(hosts), ready: cli.ready, ended: cli.ended, stop: () => cli.stop() };
}

interface CliOptions extends Pick<SuiteOptions, 'only'> {
  readonly folder: LaunchFolder;
  /** Of the emulators that were asked for. */
  readonly ports: readonly number[];
  readonly real: RealTime;
}

/** The process of firebase-tools, and those that it has started. */
class Cli {
  readonly ready: Promise<void>;
  readonly ended: Promise<string | undefined>;
  readonly #child: ChildProcess;
  readonly #folder: LaunchFolder;
  readonly #ports: readonly number[];
  readonly #real: RealTime;
  #output = '';
  #stopping: Promise<void> | undefined;

  constructor({ folder, only, ports, real }: CliOptions) {
    this.#folder = folder;
    this.#ports = ports;
    this.#real = real;
    const args = ['emulators:start', '--only', only.join(','), '--project', PROJECT, '--non-interactive'];
    this.#child = spawn(process.execPath, [firebaseTools(), ...args], {
      cwd: folder.path,
      env: { ...folder.environment },
      // A group of its own: the terminal's Ctrl-C reaches it once, through `stop`. A second one means to it: leave everything running.
      detached: true,
      // Standard input stays open as long as this process lives.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve(this.#stopping === undefined ? this.#said() : undefined));
    });
    this.ready = this.#becomeReady().then(() => this.#untilAllAnswer());
    // Whoever stops a suite that is not ready yet does not ask any more whether it came to it.
    this.ready.catch(() => undefined);
  }

  /** After what firebase-tools has said: of an emulator that does not start, it says no more than that. */
  #said(): string {
    return [this.#output.trim(), ...this.#folder.endsOfLogs()].join('\n');
  }

  #becomeReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new CannotStart(`Google’s emulators did not start: ${why}`));
      const tooLate = this.#real.setTimer(START_TIMEOUT_MS, () =>
        fail(`no answer in ${START_TIMEOUT_MS / 1000} s; firebase-tools said\n${this.#said()}`),
      );
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          this.#output += text;
          if (!this.#output.includes(READY)) return;
          tooLate();
          resolve();
        });
      }
      void this.ended.then((said = '') => {
        tooLate();
        fail(`firebase-tools said\n${said}`);
      });
    });
  }

  /**
   * firebase-tools calls one ready that does not answer yet; and where a port was taken meanwhile it chooses another one, and goes on.
   */
  async #untilAllAnswer(): Promise<void> {
    for (const port of this.#ports) {
      let attempts = 1;
      while (!(await answers(port))) {
        if (attempts++ === ANSWER_ATTEMPTS) {
          throw new CannotStart(`nothing answers on port ${port}; firebase-tools said\n${this.#said()}`);
        }
        await new Promise<void>((resolve) => void this.#real.setTimer(ANSWER_PAUSE_MS, resolve));
      }
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#child.kill('SIGINT');
    const slowEmulators = this.#real.setTimer(EMULATOR_GRACE_MS, () => this.#killEmulators());
    const slowCli = this.#real.setTimer(CLI_GRACE_MS, () => signalGroup(this.#child.pid, 'SIGKILL'));
    await this.ended;
    slowEmulators();
    slowCli();
    this.#killEmulators();
    this.#folder.remove();
  }

  /** Each with what it has started. */
  #killEmulators(): void {
    for (const pid of this.#folder.startedPids()) signalGroup(pid, 'SIGKILL');
  }
}

/** Both say `Ok` at their root. */
async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).ok;
  } catch {
    // Nobody listens yet: the answer, not an error.
    return false;
  }
}

/** The CLI's own start file, as its package.json names it (`bin.firebase`). */
function firebaseTools(): string {
  const manifest = createRequire(import.meta.url).resolve('firebase-tools/package.json');
  return join(manifest, '../lib/bin/firebase.js');
}

async function choosePorts(only: readonly GoogleEmulator[], port: number): Promise<SuitePorts> {
  const [pubsub = 0, firestore = 0, hub = 0, logging = 0, websocket = 0] = await findFreePorts(5);
  const free = { pubsub, firestore, hub, logging, websocket };
  if (port === 0) return free;
  const chosen = only.map((emulator, index): [GoogleEmulator, number] => [emulator, port + index]);
  for (const [, wanted] of chosen) {
    const why = await whyNotFree(wanted);
    if (why !== undefined) throw new CannotStart(`port ${wanted} ${why}: choose another with --port N, or --port 0`);
  }
  return { ...free, ...Object.fromEntries(chosen) };
}
