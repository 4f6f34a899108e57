/**
 * One HTTP exchange over Node's own `http`, which functions-framework has loaded already. `fetch` and `undici` would do the same, but
 * the first use of either costs a process 30 to 50 ms of CPU and as much again beside it, where its WebAssembly parser is compiled
 * (measured): time that a first API call waits for.
 */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';

export interface HttpRequest {
  readonly url: URL;
  /** `GET` unless given. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Covers everything up to the last byte of the answer. */
  readonly signal: AbortSignal;
  /** Keeps connections; absent: Node's own for all. */
  readonly agent?: Agent;
  /** Longest answer that is read; absent: `MAX_ANSWER_BYTES`. */
  readonly maxBytes?: number;
}

/**
 * Bytes. A server that answers without end must cost its own call and not this process' memory. The largest answers that are meant are
 * pages of 500 objects (shared/kubernetes/cluster-objects.ts): 32 KiB for each, where a pod or node of GKE has 5 to 20.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Keeps up to `connections` to one server; `ca` is the PEM of a private authority. */
export function keptConnections(server: URL, options: { readonly connections: number; readonly ca?: string }): Agent {
  const { connections: maxSockets, ca } = options;
  if (server.protocol !== 'https:') return new Agent({ keepAlive: true, maxSockets });
  return new TlsAgent({ keepAlive: true, maxSockets, ...(ca !== undefined && { ca }) });
}

/**
 * Resolves with whatever the server answers, errors of its own included; rejects when there is no whole answer, or one that is too
 * long, with the signal's reason if it was given up: that tells a deadline from a broken connection, as `fetch` would.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  try {
    const response = await sendRequest(request);
    const text = await textOf(response, request.maxBytes ?? MAX_ANSWER_BYTES);
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  } catch (thrown) {
    throw request.signal.aborted ? request.signal.reason : thrown;
  }
}

async function sendRequest({
  url,
  method = 'GET',
  headers,
  body,
  signal,
  agent,
}: HttpRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestTls : requestPlain;
  const options = { method, signal, ...(headers !== undefined && { headers }), ...(agent !== undefined && { agent }) };
  // Listens for good: the request reports an abort that comes while the answer is read, too, and nobody else hears it.
  send(url, options, resolve).on('error', reject).end(body);
  return await promise;
}

async function textOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop by an error closes the connection: the rest is never sent.
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error(`reading an answer: it has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
