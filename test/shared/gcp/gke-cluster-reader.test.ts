import { afterEach, describe, expect, it } from 'vitest';
import type { HttpReply, HttpRequest } from '../../../emulator/wires/http.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { makeClusterReader } from '#shared/gcp/gke-cluster-reader.ts';

const place = { project: 'demo', region: 'us-central1' };

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function makeUnderTest(reply: HttpReply) {
  const seen: HttpRequest[] = [];
  const server = await serveHttp({
    port: 0,
    services: [
      (request) => {
        seen.push(request);
        return reply;
      },
    ],
  });
  servers.push(server);
  const endpoints = { containerRest: `http://127.0.0.1:${server.port}` };
  return { reader: makeClusterReader({ connection: { credentials: { accessToken: 'secret' }, endpoints } }), seen };
}

describe('reading a cluster over REST', () => {
  it('asks for it by its full name, with our token and name', async () => {
    const { reader, seen } = await makeUnderTest({ status: 200, body: { name: 'demo', endpoint: '10.0.0.2' } });

    const cluster = await reader.read(place, 'demo');

    expect(cluster).toEqual({ name: 'demo', endpoint: '10.0.0.2' });
    expect(seen).toMatchObject([
      {
        method: 'GET',
        path: '/v1/projects/demo/locations/us-central1/clusters/demo',
        headers: { authorization: 'Bearer secret', 'user-agent': expect.stringMatching(/^inference-fleet\//) },
      },
    ]);
  });

  it('finds none where GKE says so', async () => {
    const { reader } = await makeUnderTest({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } });

    expect(await reader.read(place, 'demo')).toBeUndefined();
  });

  it.each([
    { what: 'no object', reply: { status: 200, body: ['demo'] }, kind: 'transient' },
    {
      what: 'a refusal of the caller',
      reply: { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'no' } } },
      kind: 'auth',
    },
    { what: 'a server in trouble', reply: { status: 503, body: {} }, kind: 'transient' },
  ])('throws $kind for $what, and never takes it for an absent cluster', async ({ reply, kind }) => {
    const { reader } = await makeUnderTest(reply);

    await expect(reader.read(place, 'demo')).rejects.toMatchObject({
      kind,
      message: expect.stringContaining('reading cluster demo'),
    });
  });
});
