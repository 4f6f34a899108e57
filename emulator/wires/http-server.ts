import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, type CanonicalCode } from '../world/rejection.ts';
import { firstReply, type HttpReply, type HttpRequest, type HttpService } from './http.ts';

export interface HttpServerOptions {
  /** 0 chooses a free port. */
  readonly port: number;
  /** Asked in order. The list is read at each request: a service that needs the port's number is appended after listening. */
  readonly services: readonly HttpService[];
  /** Told of every error that is not an answer of the world, after the caller got its 500. */
  readonly onBug?: (error: Error) => void;
}

export interface HttpServer {
  readonly port: number;
  /** Breaks open connections and stops listening. */
  close(): Promise<void>;
}

/** Serves the services on one port of the loopback interface. */
export function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((incoming, response) => {
    void answer(options, incoming, response);
  });
  // An idle connection is never closed from this side: a client that reuses it at that moment would see a reset that
  // no rule of the world explains.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Error(`listening for HTTP on port ${options.port}: ${error.message}`, { cause: error })),
    );
    server.listen(options.port, '127.0.0.1', () => {
      // A listening TCP server's address is never a path or null.
      const { port } = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ port, close });
    });
  });
}

async function answer(options: HttpServerOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming).catch(() => undefined);
  // The caller hung up while sending: nobody is left to answer.
  if (request === undefined) return;
  try {
    write(response, (await firstReply(options.services, request)) ?? notServed(request));
  } catch (thrown) {
    if (thrown instanceof ApiError) {
      write(response, toErrorReply(thrown));
      return;
    }
    const error = thrown instanceof Error ? thrown : new Error(`a non-error was thrown: ${String(thrown)}`);
    write(response, errorReply(500, `the local cloud failed: ${error.stack ?? error.message}`, 'INTERNAL'));
    options.onBug?.(error);
  }
}

/** Whole bodies: the largest is a published message of 10 MB. */
async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const target = incoming.url ?? '/';
  const queryAt = target.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: queryAt < 0 ? target : target.slice(0, queryAt),
    query: new URLSearchParams(queryAt < 0 ? '' : target.slice(queryAt + 1)),
    headers: toHeaders(incoming),
    body: Buffer.concat(chunks),
  };
}

function toHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Texts and buffers bring their own content type, if any. */
function write(response: ServerResponse, reply: HttpReply): void {
  if (reply.body === undefined || typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
    response.writeHead(reply.status, reply.headers).end(reply.body);
    return;
  }
  response.writeHead(reply.status, { 'content-type': 'application/json; charset=UTF-8', ...reply.headers });
  response.end(JSON.stringify(reply.body));
}

/** An answer of the world in the error shape of Google's JSON APIs (google.rpc.Status as in AIP-193). */
function toErrorReply(error: ApiError): HttpReply {
  return errorReply(error.httpStatus, error.message, error.code);
}

function notServed(request: HttpRequest): HttpReply {
  return errorReply(404, `${request.method} ${request.path} is not served by the local cloud`, 'NOT_FOUND');
}

function errorReply(httpStatus: number, message: string, status: CanonicalCode): HttpReply {
  return { status: httpStatus, body: { error: { code: httpStatus, message, status } } };
}
