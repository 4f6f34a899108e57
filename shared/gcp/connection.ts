/** Where Google's services are and with which identity we call them. */
import { product } from '../product.ts';

/** The services whose endpoint can be set, each by a variable of its own (shared/config.ts). */
export type GoogleService = 'compute' | 'container' | 'containerRest' | 'firestore' | 'monitoring' | 'pubsub' | 'tasks';

/** One per process: clients, channels and tokens are shared by whatever is built over the same one. */
export interface GoogleConnection {
  /** `adc`: Application Default Credentials, looked up at the first call. */
  readonly credentials: 'adc' | { readonly accessToken: string };
  /** `https://host[:port]` or, without TLS, `http://host:port`; an absent one is Google's own. */
  readonly endpoints: { readonly [Service in GoogleService]?: string };
}

/** Where a client connects; the port is always known. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** False: plain HTTP or gRPC without TLS. */
  readonly tls: boolean;
}

/**
 * Makes one thing per connection, at its first use: whatever is built over the same connection shares one client with its channel,
 * and one cached token.
 */
export function perConnection<Made extends object>(
  make: (connection: GoogleConnection) => Made,
): (connection: GoogleConnection) => Made {
  const known = new WeakMap<GoogleConnection, Made>();
  return (connection) => {
    const made = known.get(connection) ?? make(connection);
    known.set(connection, made);
    return made;
  };
}

/** Options of a Google client that make `x-goog-api-client` contain `inference-fleet/<version>`. */
export const clientIdentity = { libName: product.name, libVersion: product.version } as const;

/** The endpoint that the connection names for a service; undefined means Google's own. */
export function endpointOf(connection: GoogleConnection, service: GoogleService): Endpoint | undefined {
  const text = connection.endpoints[service];
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`reading the endpoint of ${service}: ${text} is not an http or https URL`);
  }
  if (url.pathname !== '/')
    throw new Error(`reading the endpoint of ${service}: ${text} has a path, which clients ignore`);
  const tls = url.protocol === 'https:';
  const usualPort = tls ? 443 : 80;
  return { host: url.hostname, port: url.port === '' ? usualPort : Number(url.port), tls };
}
