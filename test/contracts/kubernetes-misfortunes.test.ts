/** What the adapter makes of an API server's misfortunes, over TLS: the right kind of failure, and the effect at most once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApi } from '../../emulator/kubernetes/api.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import type { Misfortune } from '../../emulator/kubernetes/misfortunes.ts';
import { makeAuthority } from '../../emulator/wires/certificates.ts';
import { type KubernetesTlsServer, serveKubernetes } from '../../emulator/wires/kubernetes-tls.ts';
import { at, textAt } from '#shared/domain/compare.ts';
import { makeClusterObjects } from '#shared/kubernetes/cluster-objects.ts';
import { makeServers } from '#shared/kubernetes/servers.ts';
import { makeWorkloads } from '#shared/kubernetes/workloads.ts';
import { deployment } from '../emulator/kubernetes/kubernetes-fixtures.ts';
import { makeStillWorld } from './wired-world.ts';

const authority = await makeAuthority();
const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'a' };

let api: KubernetesApi;
let server: KubernetesTlsServer;
let closeWorld: () => Promise<void>;

beforeEach(async () => {
  const { world, time } = makeStillWorld();
  closeWorld = time.close;
  api = new KubernetesApi(world, 'demo');
  const client = new KubernetesClient(api, 'setup');
  client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  client.create({ ...deployment('a', { replicas: 2 }), metadata: { name: 'a', namespace: 'default' } } as never);
  server = await serveKubernetes({ port: 0, authority, apiOf: () => api });
});

afterEach(async () => {
  await closeWorld();
  await server.close();
});

/** Sets three replicas by the version that was read, as the product does. */
async function scaleOnce() {
  const servers = makeServers({ connection: { credentials: { accessToken: 'token' }, endpoints: {} } });
  const connection = {
    server: `https://127.0.0.1:${server.port}/clusters/demo`,
    caCertificate: authority.caCertificate,
  };
  const found = await makeClusterObjects(servers).read(connection, ref);
  const resourceVersion = textAt(found, 'metadata.resourceVersion') ?? '';
  const call = { timeoutMs: 5_000 };
  return await makeWorkloads(servers)
    .scale(connection, ref, { replicas: 3, resourceVersion }, call as never)
    .then(
      () => ({ kind: 'done' }),
      (thrown: { readonly kind: string; readonly facts: object }) => ({ kind: thrown.kind, ...thrown.facts }),
    );
}

const replicas = () => at(JSON.parse(JSON.stringify(new KubernetesClient(api, 'setup').get(ref))), 'spec.replicas');

describe('setting a size over TLS', () => {
  it.each<{ readonly name: string; readonly misfortune: Misfortune; readonly failure: object; readonly after: number }>(
    [
      { name: '401', misfortune: { kind: 'refused', httpStatus: 401 }, failure: { kind: 'auth' }, after: 2 },
      {
        name: '429',
        misfortune: { kind: 'refused', httpStatus: 429, retryAfterSeconds: 40 },
        failure: { kind: 'transient', retryAfterSeconds: 40 },
        after: 2,
      },
      { name: '500', misfortune: { kind: 'refused', httpStatus: 500 }, failure: { kind: 'transient' }, after: 2 },
      { name: '503', misfortune: { kind: 'refused', httpStatus: 503 }, failure: { kind: 'transient' }, after: 2 },
      { name: 'an answer that is lost', misfortune: { kind: 'lost' }, failure: { kind: 'transient' }, after: 3 },
      {
        name: '409',
        misfortune: {
          kind: 'preceded',
          by: () => void new KubernetesClient(api, 'other').patch(ref, { spec: { replicas: 5 } }),
        },
        failure: { kind: 'transient', code: 'Conflict' },
        after: 5,
      },
    ],
  )('meets $name once, and does it the next time', async ({ misfortune, failure, after }) => {
    api.misfortunes.strike(misfortune, { matches: ({ path }) => path.endsWith('/scale'), times: 1 });

    const first = await scaleOnce();
    const between = replicas();
    const second = await scaleOnce();

    expect(first).toMatchObject(failure);
    expect(between).toBe(after);
    expect(second).toEqual({ kind: 'done' });
    expect(replicas()).toBe(3);
  });

  it('is disturbed no more once the lever is let go', async () => {
    const end = api.misfortunes.strike({ kind: 'refused', httpStatus: 503 }, { matches: () => true });
    end();

    expect(await scaleOnce()).toEqual({ kind: 'done' });
  });
});
