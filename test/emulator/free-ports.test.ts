import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { findFreePorts, whyNotFree } from '../../emulator/free-ports.ts';

it('finds ports that are different and free', async () => {
  const ports = await findFreePorts(5);

  expect(new Set(ports).size).toBe(5);
  expect(await Promise.all(ports.map(whyNotFree))).toEqual(ports.map(() => undefined));
});

it('says why a port is not free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server's address is never a path or null.
  const { port } = server.address() as AddressInfo;

  const why = await whyNotFree(port);
  server.close();

  expect(why).toBe('is in use already');
});
