import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { findFreePorts } from '../free-ports.ts';
import { type RealTime, systemTime } from '../world/real-time.ts';

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface InstanceOptions {
  /** Module that Node runs. It listens on the port in the variable PORT, as on Cloud Run. */
  readonly entry: string;
  /** The whole environment but PORT; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: OutputLine) => void;
  /** What deadlines are measured by; the system's unless given. */
  readonly real?: RealTime;
}

/** How a start went. `tooLate`: it did not listen in time, and was ended for that. */
export type Start = 'listening' | 'ended' | 'tooLate';

/** How it ended; `signal` is set when somebody ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Loaded into the child before its entry: ends it when its stdin ends, which the kernel does whatever way this side dies
 * (Ctrl-C, an uncaught error, SIGKILL). The entry itself need not know.
 */
const LIFELINE = `data:text/javascript,${encodeURIComponent(
  `process.stdin.resume().once('end', () => process.kill(process.pid, 'SIGKILL')).unref()`,
)}`;

/** Real time between two looks whether a starting child listens; Cloud Run probes by TCP, too ("Configure container health checks"). */
const PROBE_INTERVAL_MS = 10;

/** Real time that a child gets to listen: that of Cloud Run's own startup probe ("Configure container health checks", the default TCP startup probe). */
export const START_TIMEOUT_MS = 240_000;

/** Real time that a child gets between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** One run of the functions' process, from its start to its end. */
export class Instance {
  readonly started: Promise<Start>;
  readonly exited: Promise<Exit>;
  #port = 0;
  #child: Child | undefined;
  #killed = false;

  constructor(options: InstanceOptions) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exited = promise;
    this.started = this.#start(options, resolve);
  }

  /** Known from the moment it listens. */
  get port(): number {
    return this.#port;
  }

  /** Absent until the process exists. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** SIGKILL; before the process exists it means that none will. */
  kill(): void {
    this.#killed = true;
    this.#child?.kill('SIGKILL');
  }

  /** As Cloud Run ends an instance: SIGTERM, and SIGKILL if that does not help. */
  async stop(): Promise<void> {
    if (this.#child === undefined) this.kill();
    this.#child?.kill('SIGTERM');
    const cancel = systemTime.setTimer(GRACE_MS, () => this.kill());
    await this.exited;
    cancel();
  }

  async #start(options: InstanceOptions, exit: (exit: Exit) => void): Promise<Start> {
    const [port = 0] = await findFreePorts(1);
    this.#port = port;
    if (this.#killed) {
      exit({ code: null, signal: 'SIGKILL' });
      return 'ended';
    }
    this.#child = spawnChild(options, this.#port);
    this.#child.once('exit', (code, signal) => exit({ code, signal }));
    return this.#waitUntilListening(options.real ?? systemTime);
  }

  async #waitUntilListening(real: RealTime): Promise<Start> {
    const { promise: over, resolve: end } = Promise.withResolvers<Start>();
    const cancel = real.setTimer(START_TIMEOUT_MS, () => end('tooLate'));
    void this.exited.then(() => end('ended'));
    void this.#probe(over, () => end('listening'));
    const start = await over;
    cancel();
    if (start === 'tooLate') this.kill();
    return start;
  }

  async #probe(over: Promise<Start>, found: () => void): Promise<void> {
    const stop = over.then(() => 'stop' as const);
    const pause = () => new Promise<void>((resolve) => void systemTime.setTimer(PROBE_INTERVAL_MS, resolve));
    for (;;) {
      // A child that was stopped leaves a connection without an answer for minutes; the start's end is not to wait for that.
      const seen = await Promise.race([stop, canConnect(this.#port)]);
      if (seen === true) return found();
      if (seen === 'stop' || (await Promise.race([stop, pause()])) === 'stop') return;
    }
  }
}

function spawnChild({ entry, env, onLine }: InstanceOptions, port: number): Child {
  const child = spawn(process.execPath, ['--import', LIFELINE, entry], {
    env: { ...env, PORT: String(port) },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C in the terminal is for the local cloud, which then ends the child itself.
    detached: true,
  });
  createInterface({ input: child.stdout }).on('line', (text) => onLine({ stream: 'stdout', text }));
  createInterface({ input: child.stderr }).on('line', (text) => onLine({ stream: 'stderr', text }));
  return child;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
