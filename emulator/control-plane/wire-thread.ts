/**
 * The thread of the wire: makes the requests of the world's controllers to a real API server, one after the other while the world's
 * thread waits, and follows their watches.
 */
import { workerData } from 'node:worker_threads';
import { textAt } from '../kubernetes/objects.ts';
import { systemTime } from '../world/real-time.ts';
import { servePodWebhook, webhookConfiguration } from './pod-webhook.ts';
import type { Call, FromWire, OpenWatch, ToWire, WireStart } from './wire-messages.ts';
import { type Answer, WireRequests } from './wire-requests.ts';
import { WireWatch } from './wire-watch.ts';

/**
 * Real time that an answer waits for the watches of its collection to tell of it. They are some milliseconds behind; were one to be
 * later still, its controller would look again when the news comes.
 */
const CATCH_UP_MS = 1000;

class Wire {
  readonly #start: WireStart;
  readonly #requests: WireRequests;
  readonly #watches = new Map<number, WireWatch>();

  constructor(start: WireStart) {
    this.#start = start;
    this.#requests = new WireRequests(start);
    start.port.on('message', (message: ToWire) => void this.#take(message));
  }

  async #take(message: ToWire): Promise<void> {
    if (message.kind === 'close') {
      this.#watches.get(message.id)?.close();
      this.#watches.delete(message.id);
      return;
    }
    try {
      if (message.kind === 'watch') await this.#watch(message);
      else if (message.kind === 'webhook') await this.#serveWebhook(message.id);
      else await this.#call(message);
    } catch (thrown) {
      this.#tell({
        kind: 'failure',
        id: message.id,
        message: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
  }

  async #call(call: Call): Promise<void> {
    const answer = await this.#requests.send(call);
    if (call.method !== 'GET' && answer.status < 300) await this.#untilTold(call, answer);
    this.#tell({ kind: 'answer', id: call.id, ...answer });
  }

  async #watch({ id, path, userAgent }: OpenWatch): Promise<void> {
    const watch = new WireWatch(
      this.#requests,
      { path, userAgent },
      {
        onEvent: (type, object) => this.#tell({ kind: 'event', id, type, object }),
        onFailure: (message) => this.#tell({ kind: 'failure', id, message }),
      },
    );
    this.#watches.set(id, watch);
    await watch.opened;
    this.#tell({ kind: 'answer', id, status: 200, body: {} });
  }

  async #serveWebhook(id: number): Promise<void> {
    const { webhook } = this.#start;
    const { port } = await servePodWebhook(webhook);
    const answer = await this.#requests.send({
      method: 'POST',
      path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
      headers: { 'content-type': 'application/json', 'user-agent': 'lws' },
      body: JSON.stringify(webhookConfiguration(port, webhook.caCertificate)),
    });
    this.#tell({ kind: 'answer', id, ...answer });
  }

  /**
   * Whoever has written is told of it before the answer, as inside the world: a controller that looked again at its old view would
   * do everything twice.
   */
  async #untilTold(call: Call, { body }: Answer): Promise<void> {
    const version = textAt(body, 'metadata', 'resourceVersion');
    if (version === '') return;
    const collection = collectionOf(call.path);
    const watches = [...this.#watches.values()].filter(({ path }) => path === collection);
    if (watches.length === 0) return;
    const enough = Promise.withResolvers<void>();
    const cancel = systemTime.setTimer(CATCH_UP_MS, enough.resolve);
    await Promise.race([enough.promise, Promise.all(watches.map((watch) => watch.reached(BigInt(version))))]);
    cancel();
  }

  #tell(message: FromWire): void {
    const { port, signal } = this.#start;
    port.postMessage(message);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  }
}

/** The collection over all namespaces that a path lies in. */
function collectionOf(path: string): string {
  const [whole = ''] = path.split('?');
  const found = /^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+(?=\/))?(\/[^/]+)/.exec(whole);
  return found === null ? whole : `${found[1]}${found[2]}`;
}

// What the thread was started with is what `remote-api.ts` gives it.
new Wire(workerData as WireStart);
