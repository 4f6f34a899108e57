import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeServers } from '#shared/kubernetes/servers.ts';
import { makePodTexts, makeWorkloads } from '#shared/kubernetes/workloads.ts';
import { fencedCall } from '#shared/ports/fence.ts';

interface Seen {
  readonly request: string;
  readonly type: string | undefined;
  readonly body: unknown;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

const discovery = { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] };

/** An API server that knows Deployments and gives one answer to everything else. */
async function serve(answer: readonly [status: number, body: string]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/apis/apps/v1') return response.end(JSON.stringify(discovery));
      const text = Buffer.concat(chunks).toString();
      seen.push({
        request: `${request.method} ${request.url}`,
        type: request.headers['content-type'],
        body: text === '' ? undefined : JSON.parse(text),
      });
      return response.writeHead(answer[0]).end(answer[1]);
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { seen, connection: { server: `http://127.0.0.1:${port}` } };
}

const failure = (code: number, reason: string, details: object = {}): readonly [number, string] => [
  code,
  JSON.stringify({ kind: 'Status', status: 'Failure', message: `it is ${reason}`, reason, details, code }),
];

const serverOf = () => makeServers({ connection: { credentials: { accessToken: 'secret' }, endpoints: {} } });
const workloads = () => makeWorkloads(serverOf());
const call = fencedCall(5_000);
const decode = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'serving', name: 'decode' };
const pod = { namespace: 'serving', name: 'decode-1', uid: 'u-1' };

describe('scale', () => {
  it('puts the whole Scale with the resourceVersion that the decision was made about', async () => {
    const { seen, connection } = await serve([200, '{}']);

    await workloads().scale(connection, decode, { replicas: 4, resourceVersion: '17' }, call);

    expect(seen).toEqual([
      {
        request: 'PUT /apis/apps/v1/namespaces/serving/deployments/decode/scale?fieldManager=inference-fleet',
        type: 'application/json',
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'decode', namespace: 'serving', resourceVersion: '17' },
          spec: { replicas: 4 },
        },
      },
    ]);
  });

  it.each([
    ['a workload that changed meanwhile', failure(409, 'Conflict'), 'transient'],
    ['a workload that is not there', failure(404, 'NotFound'), 'gone'],
    ['a missing right', failure(403, 'Forbidden'), 'auth'],
  ] as const)('tells %s', async (_situation, answer, kind) => {
    const { connection } = await serve(answer);

    const scaling = workloads().scale(connection, decode, { replicas: 4, resourceVersion: '17' }, call);

    await expect(scaling).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(/^scaling Deployment serving\/decode to 4: /),
    });
  });

  it('is gone while the kind is not served', async () => {
    const { connection } = await serve(failure(404, 'NotFound'));
    const unknown = { ...decode, kind: 'Gadget' };

    const scaling = workloads().scale(connection, unknown, { replicas: 1, resourceVersion: '1' }, call);

    await expect(scaling).rejects.toMatchObject({
      kind: 'gone',
      message: 'scaling Gadget serving/decode: apps/v1 Gadget is not served',
    });
  });
});

describe('setUnschedulable', () => {
  it('merges one field into the node', async () => {
    const { seen, connection } = await serve([200, '{}']);

    await workloads().setUnschedulable(connection, { name: 'n-1', unschedulable: true }, call);

    expect(seen).toEqual([
      {
        request: 'PATCH /api/v1/nodes/n-1?fieldManager=inference-fleet',
        type: 'application/merge-patch+json',
        body: { spec: { unschedulable: true } },
      },
    ]);
  });
});

describe('setUnschedulable with annotations', () => {
  it('sets and removes them in the same call', async () => {
    const { seen, connection } = await serve([200, '{}']);
    const annotations = { 'a/b': 'c', 'a/d': null };

    await workloads().setUnschedulable(connection, { name: 'n-1', unschedulable: false, annotations }, call);

    expect(seen).toMatchObject([{ body: { spec: { unschedulable: false }, metadata: { annotations } } }]);
  });
});

describe('annotatePod', () => {
  const marked = { namespace: 'serving', name: 'decode-1', annotations: { 'a/b': 'c', 'a/d': null } };

  it('sets and removes annotations in one call', async () => {
    const { seen, connection } = await serve([200, '{}']);

    await workloads().annotatePod(connection, marked, call);

    expect(seen).toEqual([
      {
        request: 'PATCH /api/v1/namespaces/serving/pods/decode-1?fieldManager=inference-fleet',
        type: 'application/merge-patch+json',
        body: { metadata: { annotations: marked.annotations } },
      },
    ]);
  });

  it.each([
    ['a pod that is not there', failure(404, 'NotFound'), 'gone'],
    ['a missing right', failure(403, 'Forbidden'), 'auth'],
  ] as const)('tells %s', async (_situation, answer, kind) => {
    const { connection } = await serve(answer);

    const annotating = workloads().annotatePod(connection, marked, call);

    await expect(annotating).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(/^annotating pod serving\/decode-1: /),
    });
  });
});

describe('evict', () => {
  it('names the pod that was looked at by its uid', async () => {
    const { seen, connection } = await serve([201, '{}']);

    await workloads().evict(connection, pod, call);

    expect(seen[0]).toMatchObject({
      request: 'POST /api/v1/namespaces/serving/pods/decode-1/eviction',
      body: { kind: 'Eviction', deleteOptions: { preconditions: { uid: 'u-1' } } },
    });
  });

  it.each([
    ['is gone', failure(404, 'NotFound')],
    ['has a successor of the same name', failure(409, 'Conflict')],
  ] as const)('is done when the pod %s', async (_situation, answer) => {
    const { connection } = await serve(answer);

    await expect(workloads().evict(connection, pod, call)).resolves.toBeUndefined();
  });

  it('is busy while the disruption budget allows none', async () => {
    const { connection } = await serve(failure(429, 'TooManyRequests', { causes: [{ reason: 'DisruptionBudget' }] }));

    const evicting = workloads().evict(connection, pod, call);

    await expect(evicting).rejects.toMatchObject({ kind: 'busy', facts: { code: 'DISRUPTION_BUDGET' } });
  });
});

describe('a text of a pod', () => {
  it('comes through the proxy of the API server as it is', async () => {
    const { seen, connection } = await serve([200, 'vllm:num_requests_running 3\n']);

    const text = await makePodTexts(serverOf()).read(connection, {
      namespace: 'serving',
      pod: 'decode-1',
      port: 8000,
      path: '/metrics',
    });

    expect(text).toBe('vllm:num_requests_running 3\n');
    expect(seen[0]?.request).toBe('GET /api/v1/namespaces/serving/pods/decode-1:8000/proxy/metrics');
  });

  it('is a transient error while the pod does not answer', async () => {
    const { connection } = await serve(failure(503, 'ServiceUnavailable'));

    const reading = makePodTexts(serverOf()).read(connection, {
      namespace: 'serving',
      pod: 'decode-1',
      port: 8000,
      path: '/metrics',
    });

    await expect(reading).rejects.toMatchObject({ kind: 'transient' });
  });

  it.each([
    { name: 'as long as any is', bytes: 4 * 2 ** 20, outcome: 'read' },
    {
      name: 'longer than any is',
      bytes: 4 * 2 ** 20 + 1,
      outcome: /^asking pod serving\/decode-1 for \/metrics: .*bytes$/,
    },
  ])('that is $name is $outcome', async ({ bytes, outcome }) => {
    const { connection } = await serve([200, 'x'.repeat(bytes)]);

    const reading = makePodTexts(serverOf())
      .read(connection, { namespace: 'serving', pod: 'decode-1', port: 8000, path: '/metrics' })
      .then(
        () => 'read',
        ({ message }: Error) => message,
      );

    expect(await reading).toMatch(outcome);
  });

  it('does not wait for others that hang', async () => {
    const server = createServer((incoming, response) => {
      if (incoming.url?.includes('healthy') === true) response.end('vllm:num_requests_running 3\n');
    });
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const connection = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const texts = makePodTexts(serverOf());
    const read = (pod: string) => texts.read(connection, { namespace: 'serving', pod, port: 8000, path: '/metrics' });
    const hanging = Promise.allSettled(Array.from({ length: 48 }, (_, index) => read(`hangs-${index}`)));

    await expect(read('healthy')).resolves.toBe('vllm:num_requests_running 3\n');

    server.closeAllConnections();
    await hanging;
  });
});
