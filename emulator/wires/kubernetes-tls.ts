/** The Kubernetes API over TLS: one port for all clusters, each below `/clusters/<name>`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { jsonText } from '../kubernetes/json-text.ts';
import { LostAnswer } from '../kubernetes/misfortunes.ts';
import type { KubernetesReply, WatchReply } from '../kubernetes/reply.ts';
import { lineOf } from '../kubernetes/watch.ts';
import { systemTime } from '../world/real-time.ts';
import type { Authority } from './certificates.ts';
import type { HttpRequest } from './http.ts';

export interface KubernetesTlsOptions {
  /** 0 chooses a free port. */
  readonly port: number;
  readonly authority: Authority;
  readonly apiOf: (cluster: string) => KubernetesApi | undefined;
  /** Told of every call: the client's own name, and method with path. */
  readonly onCall?: (client: string, call: string) => void;
  /** Told of every error that is not an answer of the API, after the caller got its 500. */
  readonly onBug?: (error: Error) => void;
}

export interface KubernetesTlsServer {
  readonly port: number;
  /** Ends open watches, breaks connections and stops listening. */
  close(): Promise<void>;
}

export async function serveKubernetes(options: KubernetesTlsOptions): Promise<KubernetesTlsServer> {
  const { serverCertificate, serverKey } = options.authority;
  const server = createServer({ cert: serverCertificate, key: serverKey }, (incoming, response) => {
    void answer(options, incoming, response);
  });
  return await listen(server, options.port);
}

/** @param port 0 chooses a free one */
export async function listen(server: Server, port: number): Promise<KubernetesTlsServer> {
  // Idle connections are the client's to close: a reset at the moment of reuse would be a failure that nothing explains.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Error(`listening for the Kubernetes API on port ${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  // A listening TCP server's address is never a path or null.
  return { port: (server.address() as AddressInfo).port, close };
}

const clusterPath = /^\/clusters\/([^/]+)(\/.*)?$/;

interface Target {
  readonly cluster: string;
  /** Path as the cluster's own API server sees it. */
  readonly path: string;
  readonly query: string;
}

/** What a URL of the port means. */
export function targetOf(url: string): Target {
  const [whole = '', query = ''] = url.split('?');
  const [, cluster = '', path = '/'] = clusterPath.exec(whole) ?? [];
  return { cluster: decodeURIComponent(cluster), path, query };
}

async function answer(
  options: KubernetesTlsOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming).catch(() => undefined);
  // The caller hung up while sending: nobody is left to answer.
  if (body === undefined) return;
  try {
    const target = targetOf(incoming.url ?? '/');
    options.onCall?.(incoming.headers['user-agent'] ?? '', `${incoming.method} ${target.cluster}${target.path}`);
    const api = options.apiOf(target.cluster);
    if (api === undefined) {
      // The real control plane of a cluster that is gone does not answer at all; a clear text serves its reader better.
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`there is no cluster ${target.cluster}\n`);
      return;
    }
    write(response, api.handle(toRequest(incoming, { ...target, body })));
  } catch (thrown) {
    if (thrown instanceof LostAnswer) return void incoming.socket.destroy();
    const error = thrown instanceof Error ? thrown : new Error(`a non-error was thrown: ${String(thrown)}`);
    response
      .writeHead(500, { 'content-type': 'text/plain' })
      .end(`the local cloud failed: ${error.stack ?? error.message}`);
    options.onBug?.(error);
  }
}

function toRequest(incoming: IncomingMessage, target: Target & { readonly body: Buffer }): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path: target.path,
    query: new URLSearchParams(target.query),
    headers,
    body: target.body,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, reply: KubernetesReply): void {
  for (const [name, value] of Object.entries(reply.headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  response.statusCode = reply.status;
  if ('watch' in reply) stream(response, reply);
  else if (reply.bytes !== undefined) response.end(reply.bytes);
  else response.end(typeof reply.body === 'string' ? reply.body : jsonText(reply.body));
}

/** Sends events as they happen. Nothing here holds the clock: whoever watches from outside follows the world at its own pace. */
function stream(response: ServerResponse, reply: WatchReply): void {
  response.flushHeaders();
  const cancel = reply.watch(
    (event) => response.write(lineOf(event)),
    () => response.end(),
  );
  const cancelTimeout =
    reply.timeoutSeconds === undefined
      ? () => undefined
      : systemTime.setTimer(reply.timeoutSeconds * 1000, () => response.end());
  response.once('close', () => {
    cancel();
    cancelTimeout();
  });
}
