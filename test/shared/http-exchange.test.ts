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
