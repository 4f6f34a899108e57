/** What a function looks like to us, and its adaptation to functions-framework's http signature. */
import type { HttpFunction } from '@google-cloud/functions-framework';
import type { JsonObject } from '#shared/domain/json.ts';
import { ensureError } from '#shared/errors.ts';
import type { Runtime } from './runtime.ts';

/** What a function is asked, without the web framework: stories in one process make it themselves. */
export interface DoorRequest {
  readonly method: string;
  /** Path below the function's own URL, `/` at least. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The `authorization` header. */
  readonly authorization: string | undefined;
  /** Parsed JSON, or undefined. */
  readonly body: unknown;
}

/** `status` decides what a sender does: 2xx is an acknowledgement, anything else is tried again. No body: an empty answer. */
export interface DoorReply {
  readonly status: number;
  readonly body?: JsonObject;
}

/** One function: opened once per process, at its first request, so that start-up loads nothing that is not used. */
export interface Door {
  open(runtime: Runtime): Promise<(request: DoorRequest) => Promise<DoorReply>>;
}

/** Everything is awaited before the response is sent: a serverless platform may freeze the process right after it. */
export function toHttpFunction(load: () => Promise<Door>, runtime: () => Promise<Runtime>): HttpFunction {
  let opened: Promise<(request: DoorRequest) => Promise<DoorReply>> | undefined;
  return async (request, response) => {
    try {
      opened ??= Promise.all([load(), runtime()]).then(([door, started]) => door.open(started));
      const answer = await opened;
      const url = new URL(request.url, 'http://function');
      const reply = await answer({
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        authorization: request.headers.authorization,
        body: request.body,
      });
      if (reply.body === undefined) response.status(reply.status).end();
      else response.status(reply.status).json(reply.body);
    } catch (thrown) {
      // The next request opens anew: a failed start (no clock, no ledger) must not stay failed for the life of the process.
      opened = undefined;
      const error = ensureError(thrown);
      const line = { severity: 'ERROR', message: 'function failed', error: error.stack ?? error.message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      response.status(500).json({ error: error.message });
    }
  };
}
