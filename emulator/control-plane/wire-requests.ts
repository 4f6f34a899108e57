/** One request to the API server, and its answer as the world's thread takes it. */
import { Agent, type RequestOptions, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isMap, type JsonMap } from '../world/json.ts';
import type { WireStart } from './wire-messages.ts';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** JSON, or text as it is. */
  readonly body: JsonMap | string;
}

export class WireRequests {
  readonly #options: RequestOptions;
  readonly #token: string;
  /** Of a server that is not at the root of its address. */
  readonly #base: string;

  constructor({ server, ca, token }: Pick<WireStart, 'server' | 'ca' | 'token'>) {
    const { hostname, port, pathname } = new URL(server);
    this.#base = pathname.replace(/\/$/, '');
    this.#options = { hostname, port, ca, agent: new Agent({ keepAlive: true }) };
    this.#token = token;
  }

  async send(sent: Sent): Promise<Answer> {
    const response = await this.open(sent);
    const text = await readAll(response);
    return { status: response.statusCode ?? 0, body: parse(text) };
  }

  /** The answer's head; whoever asked reads the rest. */
  open({ method, path, headers, body }: Sent): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const own = {
        authorization: `Bearer ${this.#token}`,
        // Node frames no body of a DELETE by itself.
        ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }),
      };
      const options = { ...this.#options, method, path: `${this.#base}${path}`, headers: { ...headers, ...own } };
      httpsRequest(options, resolve).once('error', reject).end(body);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return text;
}

/** Unknown paths and a few errors are answered in plain text. */
function parse(text: string): JsonMap | string {
  if (!text.startsWith('{')) return text;
  const value: unknown = JSON.parse(text);
  return isMap(value) ? value : text;
}
