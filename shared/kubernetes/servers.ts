/** The API servers that this instance talks to, over HTTPS with kept connections. */
import { accessTokenOf } from '../gcp/auth.ts';
import type { GoogleConnection } from '../gcp/connection.ts';
import { exchange, keptConnections } from '../http-exchange.ts';
import type { ClusterConnection } from '../ports/cluster-objects.ts';
import { userAgent } from '../product.ts';
import { ApiServer, type SendToServer } from './api-server.ts';

export interface ServersOptions {
  /** Whose access token the API servers get. */
  readonly connection: GoogleConnection;
  /** PEM of a private CA for connections that name none of their own. */
  readonly caCertificate?: string;
}

export type ServerOf = (connection: ClusterConnection) => ApiServer;

/** One API server per address and CA for the life of the process, so that connections and discovery are kept. */
export function makeServers({ connection: google, caCertificate }: ServersOptions): ServerOf {
  const known = new Map<string, ApiServer>();
  return ({ server, caCertificate: ownCertificate }) => {
    const ca = ownCertificate ?? caCertificate;
    const key = `${server} ${ca ?? ''}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const made = new ApiServer(overHttps({ server: new URL(server), ca, token: () => accessTokenOf(google) }));
    known.set(key, made);
    return made;
  };
}

interface Https {
  readonly server: URL;
  readonly ca: string | undefined;
  /** Bearer token, asked for at every call. */
  readonly token: () => Promise<string>;
}

function overHttps({ server, ca, token }: Https): SendToServer {
  // The stock client opens a TLS connection per request as soon as a CA is given (kubernetes-client/javascript issue 2893 is
  // the same for its WebSockets), and it knows no deadline. A call's deadline begins before it has a connection,
  // so there are enough for what several looks of one instance ask at once, pods that hang included.
  const agent = keptConnections(server, { connections: 64, ...(ca !== undefined && { ca }) });
  return async ({ method, path, query, headers, body, signal, maxBytes }) => {
    const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
    url.search = new URLSearchParams(query).toString();
    const answer = await exchange({
      url,
      method,
      signal,
      agent,
      headers: { ...headers, authorization: `Bearer ${await token()}`, 'user-agent': userAgent },
      ...(body !== undefined && { body }),
      ...(maxBytes !== undefined && { maxBytes }),
    });
    return { status: answer.status, text: answer.text, retryAfter: answer.headers['retry-after'] };
  };
}
