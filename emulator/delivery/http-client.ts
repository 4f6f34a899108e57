import { Agent, type IncomingMessage, request as sendRequest } from 'node:http';
import { type RealTime, systemTime } from '../world/real-time.ts';

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Real time until the whole answer must be there. */
  readonly timeoutMs: number;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Whoever was asked may still be at it, and may never have heard of it. */
export class NoAnswerInTimeError extends Error {
  override readonly name = 'NoAnswerInTimeError';

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1000} s`);
  }
}

export interface HttpClientOptions {
  /** A kept connection saves a round trip, but fails if the server ends it just before the next request. */
  readonly keepAlive: boolean;
  /** What timeouts are measured by; the system's unless given. */
  readonly real?: RealTime;
}

/** Plain HTTP. Not `fetch`: that gives up after 300 s without headers (undici's default), and a push may take 600 s. */
export class HttpClient {
  readonly #agent: Agent;
  readonly #real: RealTime;

  constructor({ keepAlive, real = systemTime }: HttpClientOptions) {
    this.#agent = new Agent({ keepAlive });
    this.#real = real;
  }

  /** Rejects when no complete answer came; with a `NoAnswerInTimeError` if that is because the time was up. */
  send(request: ClientRequest): Promise<ClientResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<ClientResponse>();
    const outgoing = sendRequest(request.url, {
      method: request.method,
      agent: this.#agent,
      headers: { ...request.headers, 'content-length': request.body.length },
    });
    const cancel = this.#real.setTimer(request.timeoutMs, () => {
      // Before the connection is broken, or that would be the reason.
      reject(new NoAnswerInTimeError(request.timeoutMs));
      outgoing.destroy();
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      readResponse(incoming).then(resolve, reject);
    });
    outgoing.end(request.body);
    return promise.finally(cancel);
  }

  /** Breaks what is under way and drops the kept connections. */
  close(): void {
    this.#agent.destroy();
  }
}

async function readResponse(incoming: IncomingMessage): Promise<ClientResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}
