/** What all our Google clients have in common: made at first use, one deadline per call, errors translated where they arrive. */
import { setImmediate } from 'node:timers/promises';
import type { CallOptions, ClientOptions } from 'google-gax';
import { AutomationError } from '../errors.ts';
import { authOf } from './auth.ts';
import { clientIdentity, endpointOf, type GoogleConnection, type GoogleService } from './connection.ts';
import { toAutomationError } from './google-errors.ts';

/** Deadline of a call that changes nothing, with the client's own retries in it; reads of a build take well under a second. */
export const readTimeoutMs = 20_000;

/** The deadline counts from now on, also while the client is still being made and while it retries. */
export function withDeadline(timeoutMs: number): CallOptions {
  return { timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs) };
}

/** Runs one call; whatever it throws leaves as an AutomationError that begins with `doing`. */
export async function attempt<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (thrown) {
    throw toAutomationError(doing, thrown);
  }
}

/** The clients that are wanted already, one behind the other. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * Each client is made in a turn of the event loop of its own: making one takes 10 ms and more of CPU, and a first call that is ready to
 * be sent must not wait until all clients are made which a look asks for at once (`npm run bench`, cold start of build-cluster).
 */
async function inTurn<Client>(make: () => Client): Promise<Client> {
  const made = queue.then(() => setImmediate()).then(make);
  queue = made.catch(() => undefined);
  return await made;
}

/**
 * Makes a client at its first use. Initialising is awaited here because the clients' own, lazy way turns a failure into an
 * unhandled rejection besides the rejected call; and a client that failed once is made anew, since it would stay failed.
 */
export function lazily<Client extends { initialize(): Promise<unknown> }>(make: () => Client): () => Promise<Client> {
  let made: Promise<Client> | undefined;
  return async () => {
    const client = (made ??= inTurn(make));
    try {
      await (await client).initialize();
    } catch (thrown) {
      made = undefined;
      throw thrown;
    }
    return await client;
  };
}

/** Identity, credentials and endpoint of a client; `protocol` is read by REST clients only. */
export function clientOptions(connection: GoogleConnection, service: GoogleService): ClientOptions {
  const endpoint = endpointOf(connection, service);
  const where = endpoint && {
    apiEndpoint: endpoint.host,
    port: endpoint.port,
    protocol: endpoint.tls ? 'https' : 'http',
  };
  return { ...clientIdentity, auth: authOf(connection), ...where };
}

/**
 * Starts an operation and returns its name, by which it is followed. An answer without one is `transient`: the next look finds the
 * resource itself.
 */
export function startOperation(doing: string, start: () => Promise<string | undefined>): Promise<string> {
  return attempt(doing, async () => {
    const name = await start();
    if (name === undefined) throw new AutomationError('transient', `${doing}: the answer names no operation`);
    return name;
  });
}

/** What was asked for, or undefined for the answer that there is none. */
export async function ifThere<T>(doing: string, call: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await attempt(doing, call);
  } catch (thrown) {
    if (thrown instanceof AutomationError && thrown.kind === 'gone') return undefined;
    throw thrown;
  }
}
