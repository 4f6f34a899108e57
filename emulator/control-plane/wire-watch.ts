/** One watch of a real API server that never ends by itself: what a watch inside the world is. */
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { isEstablished } from '../kubernetes/custom-kinds.ts';
import { textAt, textsAt } from '../kubernetes/objects.ts';
import type { ChangeType } from '../kubernetes/store.ts';
import { isMap, type JsonMap } from '../world/json.ts';
import { systemTime } from '../world/real-time.ts';
import type { WireRequests } from './wire-requests.ts';

export interface WatchListener {
  readonly onEvent: (type: ChangeType, object: JsonMap) => void;
  readonly onFailure: (message: string) => void;
}

/** Real time between a stream that broke and the next one. */
const RECONNECT_MS = 200;

export class WireWatch {
  /** Resolves when everything that was there has been told. */
  readonly opened: Promise<void>;
  readonly #requests: WireRequests;
  readonly #listener: WatchListener;
  readonly #what: { readonly path: string; readonly userAgent: string };
  readonly #arrivals: { readonly version: bigint; readonly arrived: () => void }[] = [];
  readonly #open = Promise.withResolvers<void>();
  #version = 0n;
  #stream: IncomingMessage | undefined;
  #isClosed = false;

  constructor(
    requests: WireRequests,
    what: { readonly path: string; readonly userAgent: string },
    listener: WatchListener,
  ) {
    this.#requests = requests;
    this.#what = what;
    this.#listener = listener;
    this.opened = this.#open.promise;
    void this.#follow();
  }

  get path(): string {
    return this.#what.path;
  }

  close(): void {
    this.#isClosed = true;
    this.#stream?.destroy();
  }

  /** Resolves when the watch has told of everything up to a version; versions of one collection grow (KEP-5504). */
  reached(version: bigint): Promise<void> {
    if (this.#version >= version) return Promise.resolve();
    return new Promise((arrived) => void this.#arrivals.push({ version, arrived }));
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#stay();
      } catch (thrown) {
        if (this.#isClosed) return;
        this.#fail(thrown instanceof Error ? thrown.message : String(thrown));
        return;
      }
      // The server ends each stream after a while; a broken one looks the same, and the next start tells them apart.
      await new Promise<void>((resolve) => void systemTime.setTimer(RECONNECT_MS, resolve));
    }
  }

  #fail(message: string): void {
    this.#isClosed = true;
    this.#open.resolve();
    this.#listener.onFailure(`watching ${this.#what.path}: ${message}`);
  }

  /** One stream, to its end. */
  async #stay(): Promise<void> {
    const { path, userAgent } = this.#what;
    const headers = { accept: 'application/json', 'user-agent': userAgent };
    this.#stream = await this.#requests.open({ method: 'GET', path: `${path}?${this.#query()}`, headers, body: '' });
    if (this.#stream.statusCode !== 200) throw new Error(`answered ${this.#stream.statusCode}`);
    try {
      for await (const line of createInterface({ input: this.#stream })) await this.#take(line);
    } catch (thrown) {
      // Cut off in the middle: what is missing comes with the next stream.
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET')) throw thrown;
    }
  }

  /** First everything there is, then on from where the last stream ended. */
  #query(): string {
    const start =
      this.#version === 0n
        ? 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
        : `resourceVersion=${this.#version}`;
    return `watch=1&allowWatchBookmarks=true&${start}`;
  }

  async #take(line: string): Promise<void> {
    const event: unknown = JSON.parse(line);
    if (!isMap(event) || !isMap(event['object'])) throw new Error(`not an event: ${line}`);
    const { type, object } = event;
    if (type === 'ERROR') throw new Error(textAt(object, 'message'));
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
      await this.#untilServed(object);
      if (!this.#isClosed) this.#listener.onEvent(type, object);
    }
    const isInitialEnd = textAt(object, 'metadata', 'annotations', 'k8s.io/initial-events-end') === 'true';
    // In the beginning objects come in the order of their names, not of their versions.
    if (this.#version !== 0n || isInitialEnd) this.#advance(BigInt(textAt(object, 'metadata', 'resourceVersion')));
    if (isInitialEnd) this.#open.resolve();
  }

  #advance(version: bigint): void {
    if (version > this.#version) this.#version = version;
    const isHere = (one: { readonly version: bigint }): boolean => one.version <= this.#version;
    for (const { arrived } of this.#arrivals.filter(isHere)) arrived();
    this.#arrivals.splice(0, this.#arrivals.length, ...this.#arrivals.filter((one) => !isHere(one)));
  }

  /**
   * A definition says that it is established a moment before its kind can be found and listed. Inside the world it is one moment,
   * so the news waits for the other.
   */
  async #untilServed(object: JsonMap): Promise<void> {
    if (textAt(object, 'kind') !== 'CustomResourceDefinition' || !isEstablished(object)) return;
    const plural = textAt(object, 'spec', 'names', 'plural');
    const [version = ''] = textsAt(object, 'status', 'storedVersions');
    const base = `/apis/${textAt(object, 'spec', 'group')}/${version}`;
    const headers = { accept: 'application/json', 'user-agent': this.#what.userAgent };
    const ask = (path: string) => this.#requests.send({ method: 'GET', path, headers, body: '' });
    for (;;) {
      const [found, listed] = [await ask(base), await ask(`${base}/${plural}?limit=1`)];
      const isFound = JSON.stringify(found.body).includes(`"${plural}"`);
      if ((isFound && listed.status === 200) || this.#isClosed) return;
      await new Promise<void>((resolve) => void systemTime.setTimer(RECONNECT_MS, resolve));
    }
  }
}
