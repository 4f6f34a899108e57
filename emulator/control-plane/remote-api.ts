/**
 * A real API server as the clients inside the world see the emulated one: they ask, and have the answer when the call returns; what
 * they watch is told afterwards. World code is synchronous, so the thread waits while another one makes the request.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ApiDoor } from '../kubernetes/client-types.ts';
import { freeze } from '../kubernetes/objects.ts';
import type { KubernetesReply } from '../kubernetes/reply.ts';
import type { WatchEvent } from '../kubernetes/watch.ts';
import type { HttpRequest } from '../wires/http.ts';
import type { Cancel, Release, WorldClock } from '../world/clock.ts';
import { systemTime } from '../world/real-time.ts';
import type { Answered, FromWire, ToWire, WireStart } from './wire-messages.ts';

/**
 * How long nothing may have happened in the real cluster before the world's time goes on, real milliseconds. Its controllers answer
 * to a change within some tens of milliseconds, and the next step to its own within as many again.
 */
const QUIET_MS = 200;

/** Real time after which a call is given up: longer than anything but a server that hangs. */
const CALL_TIMEOUT_MS = 60_000;

export interface RemoteApiOptions extends Pick<WireStart, 'server' | 'ca' | 'token' | 'webhook'> {
  readonly clock: WorldClock;
  /** A watch that cannot go on, or an error of the thread. */
  readonly onFailure: (error: Error) => void;
}

export class RemoteApi implements ApiDoor {
  readonly clock: WorldClock;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #signal: Int32Array;
  readonly #onFailure: (error: Error) => void;
  readonly #watches = new Map<number, (event: WatchEvent) => void>();
  #calls = 0;
  #isClosed = false;
  #busy: { readonly release: Release; cancelEnd: Cancel } | undefined;

  constructor({ clock, onFailure, ...wire }: RemoteApiOptions) {
    this.clock = clock;
    this.#onFailure = onFailure;
    this.#signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: WireStart = { ...wire, port: port2, signal: this.#signal };
    this.#worker = new Worker(new URL('wire-thread.ts', import.meta.url), { workerData, transferList: [port2] });
    this.#worker.on('error', onFailure);
    port1.on('message', (message: FromWire) => this.#hear(message));
  }

  handle(request: HttpRequest): KubernetesReply {
    if (request.query.get('watch') === '1') return this.#watch(request);
    const { method, path, query, body } = request;
    if (method !== 'GET') this.stir();
    const search = query.toString();
    const { status, body: answer } = this.#ask({
      kind: 'call',
      id: ++this.#calls,
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: headersOf(request),
      body: body.toString('utf8'),
    });
    return { status, headers: {}, body: typeof answer === 'string' ? answer : freeze(answer) };
  }

  /** From now on the API server asks about pods of LeaderWorkerSets. */
  serveWebhook(): void {
    const { status, body } = this.#ask({ kind: 'webhook', id: ++this.#calls, path: 'the pod webhook' });
    if (status !== 201) throw new Error(`registering the pod webhook: ${status} ${JSON.stringify(body)}`);
  }

  /** Something happens in the real cluster: the world's time waits until nothing has for a while. */
  stir(): void {
    if (this.#isClosed) return;
    const cancelEnd = systemTime.setTimer(QUIET_MS, () => {
      const busy = this.#busy;
      this.#busy = undefined;
      busy?.release();
    });
    this.#busy?.cancelEnd();
    this.#busy = { release: this.#busy?.release ?? this.clock.hold(), cancelEnd };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#busy?.cancelEnd();
    this.#busy?.release();
    this.#watches.clear();
    this.#port.close();
    await this.#worker.terminate();
  }

  #watch({ path, headers }: HttpRequest): KubernetesReply {
    return {
      status: 200,
      headers: {},
      watch: (send) => {
        const id = ++this.#calls;
        this.#watches.set(id, send);
        this.#ask({ kind: 'watch', id, path, userAgent: headers['user-agent'] ?? '' });
        return () => {
          this.#watches.delete(id);
          if (!this.#isClosed) this.#send({ kind: 'close', id });
        };
      },
    };
  }

  #send(message: ToWire): void {
    this.#port.postMessage(message);
  }

  /** Waits for the answer; what is told meanwhile goes to its watch, in order, before it. */
  #ask(message: Exclude<ToWire, { kind: 'close' }>): Answered {
    this.#send(message);
    const deadlineMs = systemTime.nowMs() + CALL_TIMEOUT_MS;
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) {
        Atomics.wait(this.#signal, 0, seen, CALL_TIMEOUT_MS);
        if (systemTime.nowMs() > deadlineMs) throw new Error(`calling a real API server: no answer to ${message.path}`);
        continue;
      }
      // Only the wire's thread writes to this port.
      const heard: FromWire = received.message as FromWire;
      if (heard.id !== message.id || heard.kind === 'event') this.#hear(heard);
      else if (heard.kind === 'answer') return heard;
      else throw new Error(`calling a real API server: ${message.path}: ${heard.message}`);
    }
  }

  #hear(message: FromWire): void {
    if (message.kind === 'failure') this.#onFailure(new Error(`a real API server: ${message.message}`));
    if (message.kind !== 'event') return;
    this.stir();
    this.#watches.get(message.id)?.({ type: message.type, object: freeze(message.object) });
  }
}

function headersOf({ headers }: HttpRequest): Readonly<Record<string, string>> {
  const wanted = Object.entries(headers).filter(([name]) => name !== 'authorization');
  return Object.fromEntries(wanted.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
