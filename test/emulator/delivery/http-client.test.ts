import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpDispatcher } from '../../../emulator/delivery/dispatcher.ts';
import { type ClientRequest, HttpClient } from '../../../emulator/delivery/http-client.ts';
import { HandTime } from './hand-time.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/target`;
}

const post = (url: string, over: Partial<ClientRequest> = {}): ClientRequest => ({
  method: 'POST',
  url,
  headers: { 'x-one': '1' },
  body: Buffer.from('hi'),
  timeoutMs: 10_000,
  ...over,
});

describe('the HTTP client', () => {
  it('sends a request and reads the whole answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(418, { 'x-length': request.headers['content-length'], 'x-one': request.headers['x-one'] });
      response.end(Buffer.alloc(300_000, 'x'));
    });

    const { status, headers, body } = await new HttpClient({ keepAlive: false }).send(post(url));

    expect(status).toBe(418);
    expect(headers).toMatchObject({ 'x-length': '2', 'x-one': '1' });
    expect(body).toHaveLength(300_000);
  });

  it.each([
    { keepAlive: true, connections: 1 },
    { keepAlive: false, connections: 3 },
  ])(
    'uses $connections connections for three requests with keepAlive $keepAlive',
    async ({ keepAlive, connections }) => {
      const url = await serve((_, response) => response.end());
      let opened = 0;
      server.on('connection', () => opened++);
      const client = new HttpClient({ keepAlive });

      for (let count = 0; count < 3; count++) await client.send(post(url));
      client.close();

      expect(opened).toBe(connections);
    },
  );

  it('rejects when nobody listens', async () => {
    const url = await serve(() => {});
    server.close();

    await expect(new HttpClient({ keepAlive: false }).send(post(url))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    { when: 'before', head: false },
    { when: 'in the middle of', head: true },
  ])('rejects when the time is over $when the answer', async ({ head }) => {
    const asked = Promise.withResolvers<void>();
    const url = await serve((_, response) => {
      if (head) response.writeHead(200, { 'content-length': 10 }).write('half', () => asked.resolve());
      else asked.resolve();
    });
    const time = new HandTime();
    const answer = new HttpClient({ keepAlive: false, real: time }).send(post(url, { timeoutMs: 600_000 }));
    await asked.promise;

    time.pass();

    await expect(answer).rejects.toThrow('no answer within 600 s');
  });

  it('forgets the deadline of what was answered', async () => {
    const url = await serve((_, response) => response.end());
    const time = new HandTime();

    await new HttpClient({ keepAlive: false, real: time }).send(post(url));

    expect(time.pending).toEqual([]);
  });

  it('rejects when the connection breaks in the middle of the answer', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half', () => response.destroy());
    });

    await expect(new HttpClient({ keepAlive: false }).send(post(url))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('the HTTP dispatcher', () => {
  const request = (url: string) => ({ url, headers: {}, body: Buffer.from('hi'), timeoutMs: 20, label: 'test' });

  it('posts and reports the status', async () => {
    const url = await serve((received, response) => response.writeHead(received.method === 'POST' ? 202 : 405).end());

    await expect(new HttpDispatcher().post({ ...request(url), timeoutMs: 10_000 })).resolves.toEqual({ status: 202 });
  });

  it('gives up on a target that does not answer in time', async () => {
    const url = await serve(() => {});

    await expect(new HttpDispatcher().post(request(url))).rejects.toThrow('no answer within 0.02 s');
  });
});
