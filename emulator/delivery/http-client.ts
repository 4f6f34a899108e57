import { Agent, type IncomingMessage, request as sendRequest } from 'node:http';

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Real time until the whole answer must be there; absent: as long as it takes. */
  readonly timeoutMs?: number;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Plain HTTP. Not `fetch`: that gives up after 300 s without headers (undici's default), and a push may take 600 s. */
export class HttpClient {
  readonly #agent: Agent;

  /** A kept connection saves a round trip, but fails if the server ends it just before the next request. */
  constructor(options: { readonly keepAlive: boolean }) {
    this.#agent = new Agent({ keepAlive: options.keepAlive });
  }

  /** Rejects when no complete answer came. */
  send(request: ClientRequest): Promise<ClientResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = sendRequest(request.url, {
        method: request.method,
        agent: this.#agent,
        headers: { ...request.headers, 'content-length': request.body.length },
        ...(request.timeoutMs !== undefined && { signal: AbortSignal.timeout(request.timeoutMs) }),
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        readResponse(incoming).then(resolve, reject);
      });
      outgoing.end(request.body);
    });
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
