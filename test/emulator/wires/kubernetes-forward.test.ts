/** Calls that are passed on to the server of a cluster: nobody can tell, but for the path. */
import { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, makeAuthority } from '../../../emulator/wires/certificates.ts';
import { type Backend, forwardKubernetes } from '../../../emulator/wires/kubernetes-forward.ts';
import { type KubernetesTlsServer, serveKubernetes } from '../../../emulator/wires/kubernetes-tls.ts';
import { makeApi, type TestApi } from '../kubernetes/kubernetes-fixtures.ts';

let authority: Authority;
let cluster: TestApi;
let behind: KubernetesTlsServer;
let front: KubernetesTlsServer;
let writes: number;
let calls: string[];

beforeEach(async () => {
  authority = await makeAuthority();
  const backendAuthority = await makeAuthority();
  cluster = makeApi();
  writes = 0;
  calls = [];
  behind = await serveKubernetes({ port: 0, authority: backendAuthority, apiOf: () => cluster.api });
  const backend: Backend = {
    server: `https://127.0.0.1:${behind.port}/clusters/inside`,
    caCertificate: backendAuthority.caCertificate,
    onWrite: () => writes++,
  };
  front = await forwardKubernetes({
    port: 0,
    authority,
    backendOf: (name) => {
      if (name === 'broken') return Promise.reject(new Error('its control plane did not start'));
      return name === 'demo' ? Promise.resolve(backend) : undefined;
    },
    onCall: (client, call) => calls.push(`${client.split('/')[0]} ${call}`),
  });
});

afterEach(async () => {
  await front.close();
  await behind.close();
});

function kubeConfig(name = 'demo'): KubeConfig {
  const config = new KubeConfig();
  const caData = Buffer.from(authority.caCertificate).toString('base64');
  config.loadFromOptions({
    clusters: [{ name: 'local', server: `https://127.0.0.1:${front.port}/clusters/${name}`, caData }],
    users: [{ name: 'me', token: 'local' }],
    contexts: [{ name: 'local', cluster: 'local', user: 'me' }],
    currentContext: 'local',
  });
  return config;
}

const core = (name?: string) => kubeConfig(name).makeApiClient(CoreV1Api);

describe('a cluster behind the port', () => {
  it('is read and written like one that answers itself', async () => {
    const body = { metadata: { name: 'a' }, data: { k: '1' } };

    await core().createNamespacedConfigMap({ namespace: 'default', body });
    const found = await core().listNamespacedConfigMap({ namespace: 'default', labelSelector: '!x' });

    expect(found.items.map(({ data }) => data)).toEqual([{ k: '1' }]);
    expect(writes).toBe(1);
    expect(calls.map((call) => call.replace(/^\S+ /, ''))).toEqual([
      'POST demo/api/v1/namespaces/default/configmaps',
      'GET demo/api/v1/namespaces/default/configmaps',
    ]);
  });

  it('is watched until the caller hangs up', async () => {
    const told: string[] = [];
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    const request = await new Watch(kubeConfig()).watch(
      '/api/v1/configmaps',
      {},
      (type, { metadata }) => {
        told.push(`${type} ${metadata.name}`);
        resolve();
      },
      () => undefined,
    );

    await core().createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'a' } } });
    await seen;
    request.abort();

    expect(told).toEqual(['ADDED a']);
  });

  it.each([
    { name: 'other', code: 404, text: 'there is no cluster other' },
    { name: 'broken', code: 503, text: 'its control plane did not start' },
  ])('named $name answers $code', async ({ name, code, text }) => {
    await expect(core(name).listNamespace()).rejects.toMatchObject({ code, body: expect.stringContaining(text) });
  });

  it('whose server has gone answers 502', async () => {
    await behind.close();

    await expect(core().listNamespace()).rejects.toMatchObject({
      code: 502,
      body: expect.stringContaining('the API server of demo: '),
    });
  });
});
