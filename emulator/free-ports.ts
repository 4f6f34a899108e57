/** Ports of the loopback interface, before somebody listens on them. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that Linux gives to outgoing connections (32768 and above by default: Linux kernel documentation, ip-sysctl,
 * `ip_local_port_range`; macOS and Windows begin at 49152). One of those may be a client's a second later, and a program that takes seconds
 * to start then listens elsewhere, or not at all.
 */
const FIRST = 10_000;
const END = 32_768;

/** Ports that are free now, all different. Somebody else could take one before it is used; chosen at random, that is very unlikely. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(FIRST, END);
    if ((await whyNotFree(port)) === undefined) found.add(port);
  }
  return [...found];
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
