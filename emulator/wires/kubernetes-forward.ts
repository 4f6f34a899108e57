/** The Kubernetes API over TLS, passed on: one port for all clusters, each below `/clusters/<name>`, each with a server of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { Authority } from './certificates.ts';
import { type KubernetesTlsServer, listen, targetOf } from './kubernetes-tls.ts';

/** The server of a cluster. */
export interface Backend {
  /** `https://127.0.0.1:<port>`, perhaps with a path. */
  readonly server: string;
  /** PEM */
  readonly caCertificate: string;
  /** Told of every call that may change something. */
  readonly onWrite: () => void;
}

export interface ForwardOptions {
  /** 0 chooses a free port. */
  readonly port: number;
  readonly authority: Authority;
  /** Undefined: there is no such cluster. It may take a while until one answers. */
  readonly backendOf: (cluster: string) => Promise<Backend> | undefined;
  /** Told of every call: the client's own name, and method with path. */
  readonly onCall?: (client: string, call: string) => void;
}

export async function forwardKubernetes(options: ForwardOptions): Promise<KubernetesTlsServer> {
  const { serverCertificate, serverKey } = options.authority;
  // One connection for each call, so that none of them is broken by the server while it is not in use.
  const agent = new Agent({ keepAlive: false });
  const server = createServer({ cert: serverCertificate, key: serverKey }, (incoming, response) => {
    void forward(options, agent, { incoming, response });
  });
  return await listen(server, options.port);
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

async function forward(options: ForwardOptions, agent: Agent, { incoming, response }: Exchange): Promise<void> {
  const { cluster, path, query } = targetOf(incoming.url ?? '/');
  options.onCall?.(incoming.headers['user-agent'] ?? '', `${incoming.method} ${cluster}${path}`);
  const fail = (status: number, text: string): void => {
    if (response.headersSent) response.destroy();
    else response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
  };
  try {
    const backend = await options.backendOf(cluster);
    if (backend === undefined) return fail(404, `there is no cluster ${cluster}`);
    if (incoming.method !== 'GET') backend.onWrite();
    const { hostname, port, pathname } = new URL(backend.server);
    const onward = httpsRequest({
      hostname,
      port,
      ca: backend.caCertificate,
      agent,
      method: incoming.method,
      headers: incoming.headers,
      path: `${pathname.replace(/\/$/, '')}${path}${query === '' ? '' : `?${query}`}`,
    });
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    onward.once('error', (error) => fail(502, `the API server of ${cluster}: ${error.message}`));
    // A watch goes on until its caller hangs up.
    response.once('close', () => onward.destroy());
    incoming.pipe(onward);
  } catch (thrown) {
    fail(503, thrown instanceof Error ? thrown.message : String(thrown));
  }
}
