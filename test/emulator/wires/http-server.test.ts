import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpService } from '../../../emulator/wires/http.ts';
import { type HttpServer, type HttpServerOptions, serveHttp } from '../../../emulator/wires/http-server.ts';
import { defineRejection, reject } from '../../../emulator/world/rejection.ts';

const notToday = defineRejection({
  id: 'test.notToday',
  code: 'FAILED_PRECONDITION',
  source: 'assumed: this test',
  message: (day: string) => `not on ${day}`,
});

let server: HttpServer | undefined;
afterEach(() => server?.close());

async function serve(services: readonly HttpService[], onBug?: HttpServerOptions['onBug']): Promise<string> {
  server = await serveHttp({ port: 0, services, ...(onBug && { onBug }) });
  return `http://127.0.0.1:${server.port}`;
}

describe('the HTTP port', () => {
  it('asks the services in order and sends the first answer', async () => {
    const url = await serve([
      ({ path }) => (path === '/a' ? { status: 200, body: { from: 'first' } } : undefined),
      async () => ({ status: 201, headers: { 'x-from': 'second' }, body: 'plain' }),
    ]);

    const first = await fetch(`${url}/a`);
    const second = await fetch(`${url}/b`);

    expect(first.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(await first.json()).toEqual({ from: 'first' });
    expect([second.status, second.headers.get('x-from'), await second.text()]).toEqual([201, 'second', 'plain']);
  });

  it('hands over method, path, query, headers and the whole body', async () => {
    let seen: unknown;
    const url = await serve([
      (received) => {
        seen = {
          ...received,
          query: [...received.query],
          headers: received.headers['x-one'],
          body: received.body.length,
        };
        return { status: 204 };
      },
    ]);

    await fetch(`${url}/p%20q/r?a=1&a=2`, { method: 'PUT', headers: { 'X-One': '1' }, body: Buffer.alloc(300_000) });

    expect(seen).toEqual({
      method: 'PUT',
      path: '/p%20q/r',
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
      headers: '1',
      body: 300_000,
    });
  });

  it('answers 404 in the error shape of Google when nobody serves the path', async () => {
    const url = await serve([() => undefined]);

    const reply = await fetch(`${url}/x`);

    expect(reply.status).toBe(404);
    expect(await reply.json()).toEqual({
      error: { code: 404, message: 'GET /x is not served by the local cloud', status: 'NOT_FOUND' },
    });
  });

  it('answers what the world rejects in the same shape', async () => {
    const url = await serve([() => reject(notToday, 'Sunday')]);

    const reply = await fetch(url);

    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({
      error: { code: 400, message: 'not on Sunday', status: 'FAILED_PRECONDITION' },
    });
  });

  it('answers a bug with 500 and reports it', async () => {
    const bugs: Error[] = [];
    const bug = new Error('index out of range');
    const url = await serve(
      [
        () => {
          throw bug;
        },
      ],
      (error) => bugs.push(error),
    );

    const reply = await fetch(url);

    expect(reply.status).toBe(500);
    expect(await reply.text()).toContain('index out of range');
    expect(bugs).toEqual([bug]);
  });

  it('survives a caller that hangs up while sending', async () => {
    const url = await serve([() => ({ status: 200 })]);
    const outgoing = request(url, { method: 'POST', headers: { 'content-length': 100 } });
    outgoing.write('half');
    const broken = new Promise((resolve) => outgoing.once('error', resolve));
    outgoing.once('socket', (socket) => socket.once('connect', () => outgoing.destroy(new Error('hung up'))));
    await broken;

    expect((await fetch(url)).status).toBe(200);
  });

  it('keeps connections', async () => {
    const url = await serve([() => ({ status: 200, body: 'x' })]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = () =>
      new Promise<number>((resolve, reject) => {
        const outgoing = request(url, { agent }, (incoming) =>
          incoming.resume().once('end', () => resolve(Number(outgoing.reusedSocket))),
        );
        outgoing.once('error', reject).end();
      });

    const reused = [await get(), await get(), await get()];
    agent.destroy();

    expect(reused).toEqual([0, 1, 1]);
  });

  it('says which port it could not have', async () => {
    await serve([]);

    await expect(serveHttp({ port: server!.port, services: [] })).rejects.toThrow(
      `listening for HTTP on port ${server!.port}`,
    );
  });
});
