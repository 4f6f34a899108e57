/** A program that ends with us, whatever way we end, and whose end is never silent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { signalGroup } from '../process-groups.ts';
import { systemTime } from '../world/real-time.ts';

/** Real time between SIGTERM and SIGKILL. Nothing of what these programs keep is worth more. */
const GRACE_MS = 3000;
const TAIL_LINES = 15;

export interface SupervisedOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** What it writes, both streams, goes there. */
  readonly logFile: string;
}

/**
 * Started through a shell that becomes the program, after it has left something behind that waits for the end of a pipe: the kernel
 * ends the pipe when our side dies, even by SIGKILL, and then the whole process group is ended.
 */
const LIFELINE = '(cat <&3 >/dev/null; kill -KILL 0) & exec "$0" "$@" 3<&-';

export class Supervised {
  /** Resolves, with why, when it has ended without being told to. */
  readonly crashed: Promise<string>;
  readonly #options: SupervisedOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #isStopped = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    const log = openSync(options.logFile, 'a');
    // A process group of its own: Ctrl-C in the terminal is for us, who then end the program ourselves.
    this.#child = spawn('sh', ['-c', LIFELINE, options.program, ...options.args], {
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
    closeSync(log);
    const crash = Promise.withResolvers<string>();
    const exit = Promise.withResolvers<void>();
    this.crashed = crash.promise;
    this.#exited = exit.promise;
    this.#child.once('error', (error) => {
      crash.resolve(`starting ${basename(options.program)}: ${error.message}`);
      exit.resolve();
    });
    this.#child.once('exit', (code, signal) => {
      if (!this.#isStopped) crash.resolve(this.#obituary(signal === null ? `code ${code}` : `signal ${signal}`));
      signalGroup(this.#child.pid, 'SIGKILL');
      exit.resolve();
    });
  }

  /** The whole process group: SIGTERM, and SIGKILL if that does not help. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    signalGroup(this.#child.pid, 'SIGTERM');
    const cancel = systemTime.setTimer(GRACE_MS, () => signalGroup(this.#child.pid, 'SIGKILL'));
    await this.#exited;
    cancel();
  }

  #obituary(how: string): string {
    const lines = readFileSync(this.#options.logFile, 'utf8').trim().split('\n').slice(-TAIL_LINES);
    return `${basename(this.#options.program)} ended with ${how}; the end of its log:\n${lines.join('\n')}`;
  }
}
