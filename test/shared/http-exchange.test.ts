import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { exchange } from '#shared/http-exchange.ts';
import { brokenConnection, systemCodeOf } from '#shared/network-errors.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server's address is never a path or null.
  const { port } = server.address() as AddressInfo;
  return new URL(`http://127.0.0.1:${port}/a/b?c=d`);
}

const failureOf = async (answer: Promise<unknown>) =>
  await answer.then(
    () => 'none',
    (thrown: unknown) => systemCodeOf(thrown),
  );

describe('an HTTP exchange', () => {
  it('sends method, path, headers and body, and gives the whole answer, whatever its status', async () => {
    const url = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => void parts.push(part));
      request.on('end', () => {
        response.writeHead(409, { 'retry-after': '3' });
        response.end([request.method, request.url, request.headers['x-one'], Buffer.concat(parts)].join(' '));
      });
    });

    const { signal } = new AbortController();
    const answer = await exchange({ url, method: 'PUT', headers: { 'x-one': '1' }, body: 'grün', signal });

    expect(answer).toMatchObject({ status: 409, text: 'PUT /a/b?c=d 1 grün' });
    expect(answer.headers['retry-after']).toBe('3');
  });

  it.each([
    { name: 'as long as allowed', bytes: 1_000, outcome: 'whole' },
    { name: 'a byte longer', bytes: 1_001, outcome: 'reading an answer: it has more than 1000 bytes' },
  ])('reads an answer $name: $outcome', async ({ bytes, outcome }) => {
    const url = await serve((_request, response) => {
      // In parts: no length is announced, and none of them is too long.
      for (let sent = 0; sent < bytes; sent += 100) response.write('x'.repeat(Math.min(100, bytes - sent)));
      response.end();
    });

    const { signal } = new AbortController();
    const read = exchange({ url, signal, maxBytes: 1_000 }).then(
      ({ text }) => (text.length === bytes ? 'whole' : 'cut'),
      (thrown: Error) => thrown.message,
    );

    expect(await read).toBe(outcome);
  });

  it('ends an answer that has no end, and its connection', async () => {
    const part = Buffer.alloc(1 << 20, 'x');
    let sentBytes = 0;
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      response.on('close', close);
      const send = () => {
        while (!response.destroyed && response.write(part)) sentBytes += part.length;
        sentBytes += part.length;
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });

    const { signal } = new AbortController();
    const failure = await exchange({ url, signal }).catch((thrown: Error) => thrown.message);
    await closed;

    expect(failure).toBe(`reading an answer: it has more than ${16 * 2 ** 20} bytes`);
    // What the two kernels' buffers hold comes on top.
    expect(sentBytes).toBeLessThan(64 * 2 ** 20);
  });

  it('fails as a broken connection when the answer ends in its middle', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });

    const code = await failureOf(exchange({ url, signal: new AbortController().signal }));

    expect(code).toMatch(brokenConnection);
  });

  it.each(['before the answer', 'in the middle of the answer'])('fails as one when it is given up %s', async (when) => {
    const given = new AbortController();
    const url = await serve((_request, response) => {
      if (when !== 'before the answer') response.write('half');
      setImmediate(() => given.abort());
    });

    const code = await failureOf(exchange({ url, signal: given.signal }));

    expect(code).toMatch(brokenConnection);
  });

  it('fails as one when nobody listens', async () => {
    const url = await serve(() => undefined);
    await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));

    expect(await failureOf(exchange({ url, signal: new AbortController().signal }))).toMatch(brokenConnection);
  });
});
