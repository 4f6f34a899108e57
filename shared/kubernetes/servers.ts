/** The API servers that this instance has talked to. */
import { accessTokenOf } from '../gcp/auth.ts';
import type { GoogleConnection } from '../gcp/connection.ts';
import type { ClusterConnection } from '../ports/cluster-objects.ts';
import { ApiServer } from './api-server.ts';

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
  return (connection) => {
    const ca = connection.caCertificate ?? caCertificate;
    const key = `${connection.server} ${ca ?? ''}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const server = new ApiServer({
      connection: { server: connection.server, ...(ca !== undefined && { caCertificate: ca }) },
      token: () => accessTokenOf(google),
    });
    known.set(key, server);
    return server;
  };
}
