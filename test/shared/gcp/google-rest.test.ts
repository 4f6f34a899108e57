import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callRest } from '#shared/gcp/google-rest.ts';

let silent: Server;

/** A metadata server that accepts connections and says nothing. */
beforeEach(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('CLOUDSDK_CONFIG', '/nonexistent');
  vi.stubEnv('HOME', '/nonexistent');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${port}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

it('ends by its deadline while it still waits for a token', async () => {
  const connection = { credentials: 'adc', endpoints: {} } as const;
  const call = { service: 'firestore', host: 'firestore.googleapis.com', path: '/v1/x', timeoutMs: 20 } as const;

  const calling = callRest(connection, call);

  await expect(calling).rejects.toMatchObject({ name: 'TimeoutError' });
});
