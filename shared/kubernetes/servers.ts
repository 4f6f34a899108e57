/** The API servers that this instance talks to, over HTTPS with kept connections. */
import { Agent } from 'undici';
import { accessTokenOf } from '../gcp/auth.ts';
import type { GoogleConnection } from '../gcp/connection.ts';
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
  // the same for its WebSockets), and it knows no deadline. 16 connections are enough for everything that is asked at once.
  const agent = new Agent({ connections: 16, connect: ca === undefined ? {} : { ca } });
  return async ({ method, path, query, headers, body, signal }) => {
    const response = await agent.request({
      origin: server.origin,
      path: `${server.pathname.replace(/\/$/, '')}${path}`,
      query,
      method,
      signal,
      headers: { ...headers, authorization: `Bearer ${await token()}`, 'user-agent': userAgent },
      ...(body !== undefined && { body }),
    });
    const retryAfter = response.headers['retry-after'];
    return {
      status: response.statusCode,
      text: await response.body.text(),
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    };
  };
}
