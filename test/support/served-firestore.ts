/** Firestore in memory behind the three methods of its REST API, in the form in which Google's emulator answers. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { listAt, objectAt, textAt } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import { ConflictError, type FirestoreStore, type FirestoreWrite } from '#shared/ledger/firestore-store.ts';
import { makeMemoryFirestore } from './memory-firestore.ts';

export interface ServedFirestore {
  readonly connection: GoogleConnection;
  /** What makes functions keep their ledger there. */
  environment(database: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `nowMs`: its clock, Unix ms. Databases appear when they are first asked for. */
export async function serveFirestore(nowMs: () => number): Promise<ServedFirestore> {
  const stores = new Map<string, FirestoreStore>();
  const storeOf = (root: string) => {
    const store = stores.get(root) ?? makeMemoryFirestore(nowMs, root);
    stores.set(root, store);
    return store;
  };
  const server = createServer((request, response) => {
    void answer(request, storeOf).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    connection: { credentials: { accessToken: 'local' }, endpoints: { firestore: endpoint } },
    environment: (database) => ({ FLEET_LEDGER: `firestore:${database}`, FLEET_FIRESTORE_ENDPOINT: endpoint }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function answer(request: IncomingMessage, storeOf: (root: string) => FirestoreStore): Promise<Answer> {
  const [, root = '', method = ''] = /^\/v1\/(.*):(\w+)$/.exec(request.url ?? '') ?? [];
  const body: JsonObject = JSON.parse(await text(request));
  try {
    return { status: 200, body: await call(storeOf(root), method, body) };
  } catch (thrown) {
    if (!(thrown instanceof ConflictError)) throw thrown;
    const [status = ''] = thrown.message.split(':', 1);
    return { status: 409, body: { error: { code: 409, status, message: thrown.message } } };
  }
}

async function call(store: FirestoreStore, method: string, body: JsonObject): Promise<Json> {
  const readTime = textAt(body, 'readTime');
  if (method === 'commit') {
    // Written by our own adapter, which its types hold.
    await store.commit(listAt(body, 'writes') as readonly Json[] as readonly FirestoreWrite[]);
    return { commitTime: '2026-01-01T00:00:00Z' };
  }
  if (method === 'runQuery') {
    const page = await store.runQuery(objectAt(body, 'structuredQuery'), readTime);
    return [
      ...page.documents.map((document) => ({ document: { ...document }, readTime: page.readTime })),
      { readTime: page.readTime },
    ];
  }
  const names = listAt(body, 'documents').filter((name) => typeof name === 'string');
  const snapshot = await store.batchGet(names, readTime);
  return names.map((name) => {
    const found = snapshot.found.get(name);
    return { ...(found === undefined ? { missing: name } : { found: { ...found } }), readTime: snapshot.readTime };
  });
}
