import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Hears from the children of a test: lines they send, and that they are gone. */
export interface Notifications {
  readonly port: number;
  /** Resolves when a child has sent this line (now or before). */
  heard(line: string): Promise<void>;
  /** Resolves when so many children in all have come and gone. */
  gone(children: number): Promise<void>;
  close(): void;
}

export async function listenForNotifications(): Promise<Notifications> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  let goneCount = 0;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    // A killed child resets its connection; 'close' follows.
    socket.on('error', () => {});
    socket.once('close', () => {
      goneCount++;
      change();
    });
    createInterface({ input: socket }).on('line', (line) => {
      lines.push(line);
      change();
    });
  });
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await changed.promise;
  };
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard: (line) => until(() => lines.includes(line)),
    gone: (children) => until(() => goneCount >= children),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
