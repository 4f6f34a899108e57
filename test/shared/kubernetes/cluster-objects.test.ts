import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeClusterObjects } from '#shared/kubernetes/cluster-objects.ts';
import { makeServers } from '#shared/kubernetes/servers.ts';
import { fencedCall } from '#shared/ports/fence.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number;
}

type Answer = readonly [status: number, body: unknown] | undefined;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** An API server below `/clusters/demo` that answers by path; no answer means that it never answers. */
async function serve(answers: Readonly<Record<string, Answer | ((seen: Seen) => Answer)>>) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const port = request.socket.remotePort ?? 0;
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString(), port };
      seen.push(entry);
      const given = answers[url.split('?')[0] ?? ''];
      const answer = typeof given === 'function' ? given(entry) : given;
      if (answer !== undefined) response.writeHead(answer[0]).end(JSON.stringify(answer[1]));
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { seen, connection: { server: `http://127.0.0.1:${port}/clusters/demo` } };
}

const objects = () =>
  makeClusterObjects(makeServers({ connection: { credentials: { accessToken: 'secret' }, endpoints: {} } }));

const core: Answer = [
  200,
  {
    resources: [
      { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
      { name: 'nodes', kind: 'Node', namespaced: false },
    ],
  },
];
const apps: Answer = [
  200,
  {
    resources: [
      { name: 'deployments/scale', kind: 'Scale', namespaced: true },
      { name: 'daemonsets', kind: 'DaemonSet', namespaced: true },
    ],
  },
];
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'c' }, data: { from: 'x' } };

describe('apply', () => {
  it('sends the object unchanged as a strict, unforced server-side apply below the path of the server', async () => {
    const { seen, connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/namespaces/c/configmaps/a': [200, configMap],
    });

    const applied = await objects().apply(connection, configMap, fencedCall(5_000));

    expect(applied).toEqual(configMap);
    expect(seen.at(-1)).toMatchObject({
      method: 'PATCH',
      url: '/clusters/demo/api/v1/namespaces/c/configmaps/a?fieldManager=inference-fleet&force=false&fieldValidation=Strict',
      body: JSON.stringify(configMap),
      headers: {
        'content-type': 'application/apply-patch+yaml',
        authorization: 'Bearer secret',
        'user-agent': expect.stringMatching(/^inference-fleet\/\d/),
      },
    });
  });

  it('is gone while the kind is not served, and looks again at the next call', async () => {
    let served = false;
    const path = '/clusters/demo/apis/networking.gke.io/v1';
    const { connection } = await serve({
      [path]: () =>
        served
          ? [200, { resources: [{ name: 'networks', kind: 'Network', namespaced: false }] }]
          : [404, '404 page not found'],
      [`${path}/networks/rdma-0`]: [201, {}],
    });
    const network = { apiVersion: 'networking.gke.io/v1', kind: 'Network', metadata: { name: 'rdma-0' } };
    const cluster = objects();

    await expect(cluster.apply(connection, network, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'gone',
      message: 'applying Network rdma-0: networking.gke.io/v1 Network is not served',
    });
    served = true;

    await expect(cluster.apply(connection, network, fencedCall(5_000))).resolves.toEqual({});
  });

  it.each([
    {
      name: 'no name',
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
      message: 'applying an object named null: it has no metadata.name',
    },
    {
      name: 'no namespace',
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      message: 'addressing ConfigMap a: ConfigMap needs a namespace',
    },
  ])('refuses an object with $name before it calls', async ({ object, message }) => {
    const { connection } = await serve({ '/clusters/demo/api/v1': core });

    await expect(objects().apply(connection, object, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'permanent',
      message,
    });
  });

  it('gives up at its deadline', async () => {
    const { connection } = await serve({ '/clusters/demo/api/v1': core });

    await expect(objects().apply(connection, configMap, fencedCall(30))).rejects.toMatchObject({
      kind: 'transient',
      facts: { code: 'TimeoutError' },
    });
  });

  it('says that nobody listens', async () => {
    const connection = { server: 'http://127.0.0.1:1' };

    await expect(objects().apply(connection, configMap, fencedCall(5_000))).rejects.toMatchObject({
      kind: 'transient',
      facts: { code: 'ECONNREFUSED' },
    });
  });
});

describe('read', () => {
  it('finds kinds of named groups and never takes a subresource for one', async () => {
    const path = '/clusters/demo/apis/apps/v1';
    const { connection } = await serve({
      [path]: apps,
      [`${path}/namespaces/kube-system/daemonsets/d`]: [200, { kind: 'DaemonSet' }],
    });
    const cluster = objects();

    await expect(
      cluster.read(connection, { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'd' }),
    ).resolves.toEqual({ kind: 'DaemonSet' });
    await expect(
      cluster.read(connection, { apiVersion: 'apps/v1', kind: 'Scale', namespace: 'a', name: 'd' }),
    ).resolves.toBeUndefined();
  });

  it('is undefined for an object and for a kind that do not exist', async () => {
    const { connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/nodes/n': [404, { reason: 'NotFound' }],
      '/clusters/demo/apis/x.io/v1': [404, 'x'],
    });
    const cluster = objects();

    await expect(cluster.read(connection, { apiVersion: 'v1', kind: 'Node', name: 'n' })).resolves.toBeUndefined();
    await expect(cluster.read(connection, { apiVersion: 'x.io/v1', kind: 'X', name: 'n' })).resolves.toBeUndefined();
  });

  it('asks for discovery once and keeps its connections', async () => {
    const { seen, connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/nodes/n': [200, { kind: 'Node' }],
    });
    const cluster = objects();

    for (let call = 0; call < 10; call++) await cluster.read(connection, { apiVersion: 'v1', kind: 'Node', name: 'n' });

    expect(seen.map(({ url }) => url)).toEqual([
      '/clusters/demo/api/v1',
      ...Array.from({ length: 10 }, () => '/clusters/demo/api/v1/nodes/n'),
    ]);
    // A second connection is opened when a request is made before the first has noticed that its answer is over.
    expect(new Set(seen.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
  });
});

describe('list', () => {
  it('follows pages and completes the items of built-in kinds', async () => {
    const pages: Readonly<Record<string, Answer>> = {
      first: [200, { metadata: { continue: 'second page' }, items: [{ metadata: { name: 'a' } }] }],
      'second page': [200, { metadata: {}, items: [{ metadata: { name: 'b' } }] }],
    };
    const { seen, connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/nodes': ({ url }) =>
        pages[new URL(url, 'http://x').searchParams.get('continue') ?? 'first'],
    });

    const nodes = await objects().list(connection, { apiVersion: 'v1', kind: 'Node', labelSelector: 'pool in (a, b)' });

    expect(nodes).toEqual(['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })));
    expect(seen.slice(1).map(({ url }) => new URL(url, 'http://x').searchParams.get('labelSelector'))).toEqual([
      'pool in (a, b)',
      'pool in (a, b)',
    ]);
  });

  it('is empty for a kind that is not served, and one namespace if asked', async () => {
    const { connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/namespaces/c/configmaps': [200, { items: [{ metadata: { name: 'a' } }] }],
    });
    const cluster = objects();

    await expect(cluster.list(connection, { apiVersion: 'v1', kind: 'Nothing' })).resolves.toEqual([]);
    await expect(
      cluster.list(connection, { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'c' }),
    ).resolves.toHaveLength(1);
  });

  describe('of a kind that was served once,', () => {
    const group = '/clusters/demo/apis/keda.sh/v1alpha1';
    const scaledObjects = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', namespace: 'serving' };
    const asPlural = (name: string): Answer => [200, { resources: [{ name, kind: 'ScaledObject', namespaced: true }] }];
    const notFound: Answer = [404, '404 page not found'];

    it('is empty from the look on at which its CRD is gone, and full again when it is back', async () => {
      let isServed = true;
      const { connection } = await serve({
        '/clusters/demo/api/v1': core,
        [group]: () => (isServed ? asPlural('scaledobjects') : notFound),
        [`${group}/namespaces/serving/scaledobjects`]: () =>
          isServed ? [200, { items: [{ metadata: { name: 'a' } }] }] : notFound,
      });
      const cluster = objects();
      const before = await cluster.list(connection, scaledObjects);
      isServed = false;

      const without = [await cluster.list(connection, scaledObjects), await cluster.list(connection, scaledObjects)];
      isServed = true;
      const back = await cluster.list(connection, scaledObjects);

      expect([before.length, ...without, back.length]).toEqual([1, [], [], 1]);
    });

    it('is looked for under its new name', async () => {
      let plural = 'scaledobjects';
      const answer = (name: string) => (): Answer =>
        name === plural ? [200, { items: [{ metadata: { name } }] }] : notFound;
      const { connection } = await serve({
        '/clusters/demo/api/v1': core,
        [group]: () => asPlural(plural),
        [`${group}/namespaces/serving/scaledobjects`]: answer('scaledobjects'),
        [`${group}/namespaces/serving/scalers`]: answer('scalers'),
      });
      const cluster = objects();
      await cluster.list(connection, scaledObjects);
      plural = 'scalers';

      expect(await cluster.list(connection, scaledObjects)).toMatchObject([{ metadata: { name: 'scalers' } }]);
    });

    it.each([
      { name: 'no API server any more', core: notFound, group: notFound },
      { name: 'one that says so and serves it nevertheless', core, group: asPlural('scaledobjects') },
    ])('is gone, and not empty, at $name', async ({ core: coreNow, group: groupNow }) => {
      let isOld = true;
      const { connection } = await serve({
        '/clusters/demo/api/v1': () => (isOld ? core : coreNow),
        [group]: () => (isOld ? asPlural('scaledobjects') : groupNow),
        [`${group}/namespaces/serving/scaledobjects`]: () => (isOld ? [200, { items: [] }] : notFound),
      });
      const cluster = objects();
      await cluster.list(connection, scaledObjects);
      isOld = false;

      for (let look = 0; look < 2; look++) {
        await expect(cluster.list(connection, scaledObjects)).rejects.toMatchObject({ kind: 'gone' });
      }
    });
  });

  it('does not take a failure for an empty list', async () => {
    const { connection } = await serve({
      '/clusters/demo/api/v1': core,
      '/clusters/demo/api/v1/nodes': [503, { message: 'not now', reason: 'ServiceUnavailable' }],
    });

    await expect(objects().list(connection, { apiVersion: 'v1', kind: 'Node' })).rejects.toMatchObject({
      kind: 'transient',
      message: 'listing v1 Node: not now',
    });
  });
});
