import type { Release, WorldClock } from '../world/clock.ts';
import { type ClientResponse, HttpClient, NoAnswerInTimeError } from './http-client.ts';
import { Instance, type InstanceOptions, START_TIMEOUT_MS } from './instance.ts';

/**
 * Real time that a request may take, from the moment at which an instance gets it. Cloud Run lets a service choose up to 60 min
 * ("Set request timeout for services"); nobody who sends waits longer than a push does (google/pubsub/v1/pubsub.proto, ack deadline).
 */
const REQUEST_TIMEOUT_MS = 600_000;

export interface FunctionsProcessOptions extends InstanceOptions {
  readonly clock: WorldClock;
}

export interface FunctionRequest {
  readonly method: string;
  /** Path and query as the functions' process is to see them. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The functions in a process of their own, with the manners of a Cloud Run service: requests queue while an instance starts, a
 * crashed instance is replaced, one that cannot start is tried again with the next request, and a request without an answer is
 * given up while its instance lives on. The clock is held while an instance starts and while a request waits or is in flight (D8);
 * neither lasts for ever, so a function that hangs cannot stop the world.
 */
export class FunctionsProcess {
  readonly #options: FunctionsProcessOptions;
  readonly #client: HttpClient;
  #instance: Instance | undefined;
  #stopped = true;
  #inFlight = 0;
  #restarts = 0;

  constructor(options: FunctionsProcessOptions) {
    this.#options = options;
    // The functions' server may end an idle connection at any moment, so none is kept.
    this.#client = new HttpClient({ keepAlive: false, ...(options.real !== undefined && { real: options.real }) });
  }

  /** Requests that the process has and has not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How often a process that had ended, by itself or by a kill, was replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Of the present instance; changes with every restart. */
  get pid(): number | undefined {
    return this.#instance?.pid;
  }

  /** Resolves when the process listens; rejects when it ends before, or does not come to it in time. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#readyInstance();
  }

  /**
   * Hands a request over, once there is an instance. Rejects when the process ended before it answered: then the request may or
   * may not have had an effect; with a `NoAnswerInTimeError` when its time was up. Rejects as well when no instance can be started.
   */
  async send(request: FunctionRequest): Promise<ClientResponse> {
    const release = this.#options.clock.hold();
    try {
      for (;;) {
        const response = await this.#forward(await this.#readyInstance(), request);
        if (response !== undefined) return response;
      }
    } finally {
      release();
    }
  }

  /** SIGKILL, and a new instance at once. Returns false when there was nothing to kill. */
  kill(): boolean {
    if (this.#instance === undefined) return false;
    this.#instance.kill();
    this.#restart();
    return true;
  }

  /** Ends the process for good; requests are refused from now on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const instance = this.#instance;
    this.#instance = undefined;
    await instance?.stop();
    this.#client.close();
  }

  /** The instance that listens; starts one if there is none, and follows from a killed one to its successor. */
  async #readyInstance(): Promise<Instance> {
    for (;;) {
      if (this.#stopped) throw new Error('sending to the functions: they are stopped');
      const instance = this.#instance ?? this.#launch();
      const start = await instance.started;
      if (start === 'listening' && this.#instance === instance) return instance;
      if (start === 'listening') continue;
      const { code, signal } = await instance.exited;
      if (start === 'tooLate') throw new Error(this.#tooLate());
      // Ended from outside while it started: its successor may do better.
      if (signal !== null) continue;
      throw new Error(`starting ${this.#options.entry}: it ended with code ${code} before it listened on its port`);
    }
  }

  #restart(): void {
    this.#restarts++;
    this.#launch();
  }

  #launch(): Instance {
    const release = this.#options.clock.hold();
    const instance = new Instance(this.#options);
    this.#instance = instance;
    void this.#watch(instance, release);
    return instance;
  }

  /** Accompanies an instance to its end: gives the start's hold back, and replaces it when it crashed. */
  async #watch(instance: Instance, release: Release): Promise<void> {
    const start = await instance.started;
    if (start === 'listening') release();
    if (start === 'tooLate') this.#say(this.#tooLate());
    const { signal } = await instance.exited;
    if (this.#instance === instance) {
      this.#instance = undefined;
      if (start === 'listening' || (start === 'ended' && signal !== null)) this.#restart();
    }
    // Only now: a successor has taken its hold, and time has not moved in between.
    release();
  }

  #tooLate(): string {
    const seconds = START_TIMEOUT_MS / 1000;
    return `starting ${this.#options.entry}: it did not listen on its port within ${seconds} s, and was ended`;
  }

  /** Among what the process itself writes, where people look when something hangs. */
  #say(text: string): void {
    this.#options.onLine({ stream: 'stderr', text });
  }

  /** `undefined` when the request did not arrive, because the instance was gone already. */
  async #forward(instance: Instance, request: FunctionRequest): Promise<ClientResponse | undefined> {
    this.#inFlight++;
    try {
      const { path, ...rest } = request;
      const url = `http://127.0.0.1:${instance.port}${path}`;
      return await this.#client.send({ ...rest, url, timeoutMs: REQUEST_TIMEOUT_MS });
    } catch (thrown) {
      if (thrown instanceof NoAnswerInTimeError) {
        // Cloud Run does not end the instance either ("Set request timeout for services"): it may be serving others.
        this.#say(
          `${request.method} ${request.path}: ${thrown.message}; given up, while the functions may go on with it`,
        );
        throw thrown;
      }
      // Connections are not kept, so nothing but its end breaks one; we hear of that before we hear of the exit. The hold must
      // outlast both, or time would jump to the redelivery while the next instance is not even starting.
      instance.kill();
      await instance.exited;
      if (isRefusal(thrown)) return undefined;
      throw thrown;
    } finally {
      this.#inFlight--;
    }
  }
}

/** Nobody listened, so nothing can have been executed. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNREFUSED';
}
