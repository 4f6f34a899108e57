/** Where a push subscription pushes to: a server of this test, which keeps what came. */
import { createServer, type IncomingHttpHeaders } from 'node:http';

/** One push request. */
export interface Push {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly body: {
    readonly subscription: string;
    readonly deliveryAttempt?: number;
    readonly message: Readonly<Record<string, unknown>> & { readonly data?: string };
  };
  /** When it came, by the clock of the thing under test. */
  readonly atMs: number;
}

export interface PushEndpoint {
  readonly url: string;
  readonly pushes: readonly Push[];
  /** What was pushed, in the order in which it came. */
  readonly texts: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** `answer` gives the status of each push, counted from 0. */
export function startPushEndpoint(
  nowMs: () => number,
  answer: (push: Push, index: number) => number = () => 204,
): Promise<PushEndpoint> {
  const pushes: Push[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const push: Push = { method: request.method ?? '', headers: request.headers, body, atMs: nowMs() };
      pushes.push(push);
      response.writeHead(answer(push, pushes.length - 1)).end();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      resolve({
        url: `http://127.0.0.1:${port}/push`,
        pushes,
        texts: () => pushes.map(({ body }) => Buffer.from(body.message.data ?? '', 'base64').toString('utf8')),
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
