import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeFirestoreStore } from '#shared/gcp/firestore-store.ts';
import { ConflictError, type FirestoreStore, StoreTroubleError } from '#shared/ledger/firestore-store.ts';

const root = 'projects/p/databases/d/documents';

let server: Server;
let store: FirestoreStore;
let answer: { status: number; body: string };
const asked: { readonly path: string; readonly authorization: string | undefined; readonly body: JsonObject }[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body: JSON.parse(body) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP
  const connection = { credentials: { accessToken: 'secret' }, endpoints: { firestore: `http://127.0.0.1:${port}` } };
  store = makeFirestoreStore({ connection, project: 'p', database: 'd' });
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const refuse = (code: number, status: string) => ({
  status: code,
  body: JSON.stringify({ error: { code, status, message: 'because' } }),
});

describe('the store of Firestore', () => {
  it('takes the latest of several instants of one answer: what came before has not changed until then', async () => {
    const [a, b] = [`${root}/things/a`, `${root}/things/b`];
    const readTimes = ['2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:01Z'];
    answer = {
      status: 200,
      body: JSON.stringify([
        { missing: a, readTime: readTimes[0] },
        { missing: b, readTime: readTimes[1] },
      ]),
    };

    expect(await store.batchGet([a, b])).toEqual({ readTime: readTimes[1], found: new Map() });
  });

  it('does not take a document of which nothing is said for one that is not there', async () => {
    answer = { status: 200, body: JSON.stringify([{ missing: `${root}/things/a`, readTime: '2026-01-01T00:00:00Z' }]) };

    const read = store.batchGet([`${root}/things/a`, `${root}/things/b`]);

    await expect(read).rejects.toThrow(
      new StoreTroubleError('reading the answer of Firestore: it says nothing of things/b'),
    );
  });

  it.each([
    { name: 'at its beginning', status: 503, before: [] },
    {
      name: 'in the middle of it, behind a status of 200',
      status: 200,
      before: [{ readTime: '2026-01-01T00:00:00Z' }],
    },
  ])('reads an error that a stream ends with $name', async ({ status, before }) => {
    const error = { code: 503, status: 'UNAVAILABLE', message: 'because' };
    answer = { status, body: JSON.stringify([...before, { error }]) };

    await expect(store.runQuery({})).rejects.toThrow(new StoreTroubleError('searching Firestore: because'));
    await expect(store.batchGet([])).rejects.toThrow('because');
  });

  it.each(['<html>', '{}', ''])('does not take the answer %j to a commit for a commit', async (body) => {
    answer = { status: 200, body };

    await expect(store.commit([])).rejects.toBeInstanceOf(StoreTroubleError);
  });

  it('reads documents, and tells which are there and when that was', async () => {
    const [a, b] = [`${root}/things/a`, `${root}/things/b`];
    const readTime = '2026-01-01T00:00:00.000001Z';
    const document = { name: a, fields: { n: { integerValue: '1' } }, createTime: 'c', updateTime: 'u' };
    answer = {
      status: 200,
      body: JSON.stringify([
        { missing: b, readTime },
        { found: document, readTime },
      ]),
    };

    const snapshot = await store.batchGet([a, b]);

    expect(snapshot).toEqual({
      readTime,
      found: new Map([[a, { name: a, fields: { n: { integerValue: '1' } }, updateTime: 'u' }]]),
    });
    expect(asked).toEqual([
      { path: `/v1/${root}:batchGet`, authorization: 'Bearer secret', body: { documents: [a, b] } },
    ]);
  });

  it('searches as of an instant, where nothing is found too', async () => {
    const readTime = '2026-01-01T00:00:00.000001Z';
    answer = { status: 200, body: JSON.stringify([{ readTime }]) };

    expect(await store.runQuery({ limit: 1 }, readTime)).toEqual({ readTime, documents: [] });
    expect(asked[0]).toMatchObject({
      path: `/v1/${root}:runQuery`,
      body: { structuredQuery: { limit: 1 }, readTime },
    });
  });

  it.each([
    { code: 409, status: 'ABORTED' },
    { code: 400, status: 'FAILED_PRECONDITION' },
    { code: 409, status: 'ALREADY_EXISTS' },
  ])('takes $status of a commit for a lost race', async ({ code, status }) => {
    answer = refuse(code, status);

    await expect(store.commit([])).rejects.toThrow(new ConflictError(`${status}: because`));
  });

  it.each([
    { code: 503, status: 'UNAVAILABLE' },
    { code: 504, status: 'DEADLINE_EXCEEDED' },
    { code: 500, status: 'INTERNAL' },
    { code: 429, status: 'RESOURCE_EXHAUSTED' },
  ])('takes $status for trouble that passes', async ({ code, status }) => {
    answer = refuse(code, status);

    await expect(store.commit([])).rejects.toBeInstanceOf(StoreTroubleError);
    await expect(store.batchGet([`${root}/things/a`])).rejects.toThrow('reading things/a: because');
  });

  it.each([
    { code: 403, status: 'PERMISSION_DENIED', kind: 'auth' },
    // No database: to whoever works on a pod, `gone` would say that the pod is.
    { code: 404, status: 'NOT_FOUND', kind: 'permanent' },
    { code: 400, status: 'INVALID_ARGUMENT', kind: 'permanent' },
  ])(
    'takes $status for $kind, and names the variable that says where the ledger is',
    async ({ code, status, kind }) => {
      answer = refuse(code, status);
      const message = (doing: string) => `${doing} Firestore: because (FLEET_LEDGER=firestore:d of the project p)`;

      await expect(store.commit([])).rejects.toMatchObject({ kind, message: message('committing to') });
      await expect(store.runQuery({})).rejects.toMatchObject({ kind, message: message('searching') });
    },
  );

  it('takes a refused query, as for want of an index, for no lost race', async () => {
    answer = refuse(400, 'FAILED_PRECONDITION');

    await expect(store.runQuery({})).rejects.toMatchObject({ kind: 'permanent' });
  });

  it('takes a connection that cannot be made for trouble that passes', async () => {
    const connection = { credentials: { accessToken: 'x' }, endpoints: { firestore: 'http://127.0.0.1:1' } };
    const nowhere = makeFirestoreStore({ connection, project: 'p', database: 'd' });

    await expect(nowhere.commit([])).rejects.toBeInstanceOf(StoreTroubleError);
  });

  it.each(['<html>', '[{"readTime":"soon"}]'])('does not take the answer %j, which has no instant', async (body) => {
    answer = { status: 200, body };

    await expect(store.batchGet([])).rejects.toThrow('it has no readTime');
  });
});
