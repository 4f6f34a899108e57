/**
 * Single calls of Google's REST APIs with what a function has loaded anyway: a generated client costs 70 to 200 ms of import, which
 * the first API call of a cold function would wait for.
 */
import { exchange } from '../http-exchange.ts';
import { userAgent } from '../product.ts';
import { accessTokenOf } from './auth.ts';
import { endpointOf, type GoogleConnection, type GoogleService } from './connection.ts';
import { HttpAnswerError } from './google-error-facts.ts';

export interface RestCall {
  readonly service: GoogleService;
  /** Google's own host, where the connection names no other. */
  readonly host: string;
  /** With its leading slash and version. */
  readonly path: string;
  /** Present: a POST with this body as JSON; absent: a GET. */
  readonly body?: object;
  /** Deadline of the whole exchange, the token included, ms. */
  readonly timeoutMs: number;
}

/** The body of the answer. Throws `HttpAnswerError` for any status outside 200–299, and what the connection threw. */
export async function callRest(connection: GoogleConnection, call: RestCall): Promise<string> {
  const signal = AbortSignal.timeout(call.timeoutMs);
  const token = await within(signal, accessTokenOf(connection));
  const { status, headers, text } = await exchange({
    url: new URL(call.path, baseUrl(connection, call)),
    signal,
    headers: {
      authorization: `Bearer ${token}`,
      'user-agent': userAgent,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(call.body !== undefined && { method: 'POST', body: JSON.stringify(call.body) }),
  });
  if (status >= 200 && status < 300) return text;
  throw new HttpAnswerError({ status, retryAfter: headers['retry-after'] }, text);
}

/** The library that fetches tokens takes no deadline, and a metadata server that accepts and is silent would hold the whole look. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, expired]);
}

function baseUrl(connection: GoogleConnection, { service, host }: RestCall): string {
  const endpoint = endpointOf(connection, service);
  if (endpoint === undefined) return `https://${host}`;
  return `${endpoint.tls ? 'https' : 'http'}://${endpoint.host}:${endpoint.port}`;
}
