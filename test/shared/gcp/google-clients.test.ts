/** What goes over the wire besides the contract: identity, credentials, deadlines, retries, pages. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { containerProtos } from '../../../emulator/wires/gke-protos.ts';
import { GrpcPort, loadService, unary } from '../../../emulator/wires/grpc.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeComputeNetworks } from '#shared/gcp/compute-networks.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import { makeGkeClusters } from '#shared/gcp/gke-clusters.ts';
import { fencedCall } from '#shared/ports/fence.ts';

const place = { project: 'demo', region: 'us-central1' };
const requestId = '6ba7b810-9dad-41d1-80b4-000000000001';
const identity = /(^| )inference-fleet\/\d+\.\d+\.\d+( |$)/;

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers with one reply after another, the last one for ever; `undefined` is no answer at all. */
async function serveRest(replies: readonly (readonly [status: number, body: object] | undefined)[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const reply = replies[Math.min(seen.length, replies.length - 1)];
    seen.push({ method: request.method ?? '', url: new URL(request.url ?? '', 'http://x'), headers: request.headers });
    if (reply !== undefined)
      response.writeHead(reply[0], { 'content-type': 'application/json' }).end(JSON.stringify(reply[1]));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  const connection: GoogleConnection = {
    credentials: { accessToken: 'secret' },
    endpoints: { compute: `http://127.0.0.1:${port}` },
  };
  return { seen, networks: makeComputeNetworks({ connection }) };
}

async function serveGrpc(methods: Readonly<Record<string, (request: JsonMap) => JsonMap | Promise<JsonMap>>>) {
  const port = new GrpcPort();
  const metadata: Record<string, unknown>[] = [];
  const handlers = Object.entries(methods).map(([name, method]) => {
    const answer = unary(method);
    return [
      name,
      (...[call, callback]: Parameters<typeof answer>) => {
        metadata.push(call.metadata.getMap());
        answer(call, callback);
      },
    ] as const;
  });
  port.add(loadService(containerProtos(), 'google.container.v1.ClusterManager'), Object.fromEntries(handlers));
  const endpoint = `http://127.0.0.1:${await port.listen(0)}`;
  closing.push(() => void port.close());
  return {
    metadata,
    clusters: makeGkeClusters({
      connection: { credentials: { accessToken: 'secret' }, endpoints: { container: endpoint } },
    }),
  };
}

const operation = { kind: 'compute#operation', name: 'operation-1', status: 'RUNNING' };
const unavailable = [503, { error: { code: 503, message: 'not now', errors: [{ reason: 'backendError' }] } }] as const;

describe('a REST call', () => {
  it('names us, shows the token, and carries the request id', async () => {
    const { seen, networks } = await serveRest([[200, operation]]);

    await networks.create('networks', { place, body: { name: 'a' }, requestId }, fencedCall(5_000));

    expect(seen).toMatchObject([
      {
        method: 'POST',
        headers: { authorization: 'Bearer secret', 'x-goog-api-client': expect.stringMatching(identity) },
      },
    ]);
    expect(seen[0]?.url.pathname).toBe('/compute/v1/projects/demo/global/networks');
    expect(seen[0]?.url.searchParams.get('requestId')).toBe(requestId);
  });

  it('gives up at its deadline', async () => {
    const { networks } = await serveRest([undefined]);

    await expect(
      networks.create('networks', { place, body: { name: 'a' }, requestId }, fencedCall(60)),
    ).rejects.toMatchObject({ kind: 'transient' });
  });

  it('does not repeat a creation whose outcome is unknown', async () => {
    const { seen, networks } = await serveRest([unavailable, [200, operation]]);

    await expect(
      networks.create('networks', { place, body: { name: 'a' }, requestId }, fencedCall(5_000)),
    ).rejects.toMatchObject({ kind: 'transient' });
    expect(seen).toHaveLength(1);
  });

  it('repeats a read and follows its pages', async () => {
    const { seen, networks } = await serveRest([
      unavailable,
      [200, { items: [{ name: 'a' }], nextPageToken: 'second' }],
      [200, { items: [{ name: 'b' }] }],
    ]);

    await expect(networks.list('networks', place)).resolves.toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(seen.map(({ url }) => url.searchParams.get('pageToken'))).toEqual([null, null, 'second']);
  });

  it.each([
    { code: 404, reason: 'notFound', reading: { state: 'gone', reason: 'reading operation operation-1: no' } },
    { code: 403, reason: 'forbidden', reading: { state: 'unreadable', error: { kind: 'auth' } } },
    { code: 500, reason: 'internalError', reading: { state: 'unreadable', error: { kind: 'transient' } } },
  ])('reads an operation answered by $code as $reading.state', async ({ code, reason, reading }) => {
    const { networks } = await serveRest([[code, { error: { code, message: 'no', errors: [{ reason }] } }]]);

    await expect(networks.readOperation('subnetworks', place, 'operation-1')).resolves.toMatchObject(reading);
  });

  it('says that nobody listens', async () => {
    const networks = makeComputeNetworks({
      connection: { credentials: { accessToken: 'x' }, endpoints: { compute: 'http://127.0.0.1:1' } },
    });

    await expect(
      networks.create('networks', { place, body: { name: 'a' }, requestId }, fencedCall(5_000)),
    ).rejects.toMatchObject({ kind: 'transient' });
  });
});

describe('a gRPC call', () => {
  it('names us and the resource it is routed by', async () => {
    const { metadata, clusters } = await serveGrpc({ getCluster: () => ({ name: 'demo' }) });

    await clusters.read(place, 'demo');

    expect(metadata).toMatchObject([
      {
        'x-goog-api-client': expect.stringMatching(identity),
        'x-goog-request-params': expect.stringContaining(
          'name=projects%2Fdemo%2Flocations%2Fus-central1%2Fclusters%2Fdemo',
        ),
      },
    ]);
  });

  it('gives up at its deadline', async () => {
    const { clusters } = await serveGrpc({ createCluster: () => new Promise(() => undefined) });

    await expect(clusters.create(place, { name: 'demo' }, fencedCall(60))).rejects.toMatchObject({ kind: 'transient' });
  });

  it.each([
    { field: 'networkConfg', body: { name: 'demo', networkConfg: {} } },
    { field: 'nodePools[0].config.machinetype', body: { name: 'demo', nodePools: [{ config: { machinetype: 'a' } }] } },
  ])('does not send a body with the unknown field $field', async ({ field, body }) => {
    const { metadata, clusters } = await serveGrpc({ createCluster: () => ({ name: 'operation-1' }) });

    await expect(clusters.create(place, body, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining(`CreateClusterRequest.cluster.${field} is not a field`),
    });
    expect(metadata).toEqual([]);
  });

  it('does not take an answer without an operation for a success', async () => {
    const { clusters } = await serveGrpc({ createCluster: () => ({}) });

    await expect(clusters.create(place, { name: 'demo' }, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'transient',
      message: 'creating cluster demo: the answer names no operation',
    });
  });

  it('says that nobody listens', async () => {
    const clusters = makeGkeClusters({
      connection: { credentials: { accessToken: 'x' }, endpoints: { container: 'http://127.0.0.1:1' } },
    });

    await expect(clusters.create(place, { name: 'demo' }, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'transient',
      facts: { code: 'UNAVAILABLE' },
    });
  });
});
