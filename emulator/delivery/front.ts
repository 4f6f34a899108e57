import type { HttpReply, HttpRequest, HttpService } from '../wires/http.ts';
import type { FunctionsProcess } from './functions-process.ts';
import { NoAnswerInTimeError } from './http-client.ts';

/** Headers that belong to one connection, not to the message (RFC 9110 §7.6.1), and the length, which is written anew. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The functions' address: `/functions/<name>/<rest>` on the local cloud's port reaches the functions' process as
 * `/<name>/<rest>`. Pushes, tasks, the command line and the status page all come this way, so that for all of them requests
 * queue and the clock is held alike.
 */
export function functionsFront(functions: FunctionsProcess): HttpService {
  return async (request): Promise<HttpReply | undefined> => {
    const path = /^\/functions(\/[^/].*)$/.exec(request.path)?.[1];
    if (path === undefined) return undefined;
    const query = request.query.toString();
    const { method, body } = request;
    try {
      const response = await functions.send({
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: endToEnd(request.headers),
        body,
      });
      return { status: response.status, headers: endToEnd(response.headers), body: response.body };
    } catch (thrown) {
      // What Cloud Run answers ("Set request timeout for services").
      if (thrown instanceof NoAnswerInTimeError) return { status: 504, body: `${thrown.message} from the functions\n` };
      // Cloud Run answers 503 for an instance that ended, or could not start; the stack is lost, the reason is passed on.
      return {
        status: 503,
        body: `no answer from the functions: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
      };
    }
  };
}

/** What a proxy passes on. The host stays the caller's: that is the address which a token's audience may name. */
function endToEnd(headers: HttpRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !CONNECTION_HEADERS.has(name)) kept[name] = value;
  }
  return kept;
}
