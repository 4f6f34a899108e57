/** Ports of the loopback interface, before somebody listens on them. */
import { createServer, type Server } from 'node:net';

/**
 * Ports that are free now, all different. Somebody else could take one before it is used; the kernel hands out fresh numbers, so
 * that does not happen in practice, and whoever cannot listen says so.
 */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  // All are held at once, so that no two are the same.
  const held = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = held.map(portOf);
  await Promise.all(held.map(close));
  return ports;
}

/** Why nobody can listen on a port now, as the rest of a sentence; undefined: it is free. */
export async function whyNotFree(port: number): Promise<string | undefined> {
  try {
    await close(await listen(port));
    return undefined;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return code === 'EADDRINUSE' ? 'is in use already' : `cannot be listened on (${code})`;
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('finding a free port: the server has none');
  return address.port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
