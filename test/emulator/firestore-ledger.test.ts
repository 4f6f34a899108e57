import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { watchLedger, whyNoFirestore } from '../../emulator/firestore-ledger.ts';
import { findFreePorts } from '../../emulator/free-ports.ts';
import { HandTime } from './delivery/hand-time.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await close(server);
});

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

async function serve(answer: RequestListener, port = 0): Promise<{ readonly server: Server; readonly host: string }> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  // A listening TCP server's address is never a path or null.
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** As Google's Firestore emulator answers for a document that is not there. */
const firestore: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { documents } = JSON.parse(body) as { readonly documents: readonly string[] };
    response.end(`[\n{\n  "missing": "${documents[0]}",\n  "readTime": "2026-11-22T02:05:54.484054Z"\n}\n]\n`);
  });
};

describe('whether a Firestore answers', () => {
  it('it does', async () => {
    const { host } = await serve(firestore);

    expect(await whyNoFirestore(host)).toBeUndefined();
  });

  it.each([
    { what: 'another server', status: 404, body: 'Not Found' },
    { what: 'one that says Ok to everything', status: 200, body: 'Ok' },
  ])('$what is none', async ({ status, body }) => {
    const { host } = await serve((_, response) => response.writeHead(status).end(body));

    expect(await whyNoFirestore(host)).toBe(`what answers is not Firestore: HTTP ${status}`);
  });

  it('what sends back what it is sent is none', async () => {
    const { host } = await serve((request, response) => void request.pipe(response));

    expect(await whyNoFirestore(host)).toBe('what answers is not Firestore: HTTP 200');
  });

  it('nobody listens', async () => {
    const [port = 0] = await findFreePorts(1);

    expect(await whyNoFirestore(`127.0.0.1:${port}`)).toBe('ECONNREFUSED');
  });
});

describe('the watch over a ledger', () => {
  it('says once that it is silent, and once that it answers again', async () => {
    const real = new HandTime();
    const said: string[] = [];
    const { server, host } = await serve(firestore);
    const end = watchLedger({ host, database: 'x' }, (line) => said.push(line), real);
    const look = async () => {
      real.pass();
      await expect.poll(() => real.pending).toHaveLength(1);
    };

    await look();
    await close(server);
    for (let looks = 0; looks < 3; looks++) await look();
    const { server: second } = await serve(firestore, Number(host.split(':')[1]));
    for (let looks = 0; looks < 2; looks++) await look();
    end();

    expect(second.listening).toBe(true);
    expect(said).toEqual([
      `The ledger at ${host} does not answer (ECONNREFUSED): nothing goes on until it does`,
      `The ledger at ${host} answers again; if it was started anew it is empty: end this, and start it again`,
    ]);
    expect(real.pending).toEqual([]);
  });
});
