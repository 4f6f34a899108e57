import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSuite } from '../../../emulator/google-emulators/suite.ts';

it('says before anything starts that a port is in use, and what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'suite-'));
  mkdirSync(join(folder, 'bin'));
  for (const file of ['bin/java', 'start-pubsub']) {
    writeFileSync(join(folder, file), '#!/bin/sh\necho \'openjdk version "17"\' >&2\n');
    chmodSync(join(folder, file), 0o755);
  }
  const env = { JAVA_HOME: folder, PUBSUB_EMULATOR_BINARY_PATH: join(folder, 'start-pubsub') };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server's address is never a path or null.
  const { port } = server.address() as AddressInfo;

  const started = startSuite({ only: ['pubsub'], port, env });

  await expect(started).rejects.toThrow(`port ${port} is in use already: choose another with --port N, or --port 0`);
  server.close();
  rmSync(folder, { recursive: true });
});
