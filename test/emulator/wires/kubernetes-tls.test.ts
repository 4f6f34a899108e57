/** The wire as clients nobody here wrote use it: the stock Kubernetes client over TLS with the private CA. */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { once } from 'node:events';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, makeAuthority } from '../../../emulator/wires/certificates.ts';
import { type KubernetesTlsServer, serveKubernetes } from '../../../emulator/wires/kubernetes-tls.ts';
import { configMap, deployment, makeApiWithWidgets, type TestApi, widget } from '../kubernetes/kubernetes-fixtures.ts';

let authority: Authority;
let server: KubernetesTlsServer;
let cluster: TestApi;
const bugs: Error[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
  cluster = await makeApiWithWidgets();
  const apiOf = (name: string) => (name === 'demo' ? cluster.api : undefined);
  server = await serveKubernetes({ port: 0, authority, apiOf, onBug: (error) => bugs.push(error) });
});

afterAll(async () => {
  await server.close();
  const [bug] = bugs;
  if (bug !== undefined) throw bug;
});

function kubeConfig(options: { ca?: string; name?: string; token?: string; host?: string } = {}): KubeConfig {
  const { ca = authority.caCertificate, name = 'demo', token = 'local', host = '127.0.0.1' } = options;
  const config = new KubeConfig();
  const caData = Buffer.from(ca).toString('base64');
  config.loadFromOptions({
    clusters: [{ name: 'local', server: `https://${host}:${server.port}/clusters/${name}`, caData }],
    users: [{ name: 'me', token }],
    contexts: [{ name: 'local', cluster: 'local', user: 'me' }],
    currentContext: 'local',
  });
  return config;
}

describe('the stock Kubernetes client over TLS', () => {
  it.each(['127.0.0.1', 'localhost'])('trusts the certificate for %s', async (host) => {
    const core = kubeConfig({ host }).makeApiClient(CoreV1Api);

    const { items } = await core.listNamespace();

    expect(items.map(({ metadata }) => metadata?.name)).toContain('default');
  });

  it('does not trust another authority', async () => {
    const { caCertificate } = await makeAuthority();
    const core = kubeConfig({ ca: caCertificate }).makeApiClient(CoreV1Api);

    const refused = await core.listNamespace().catch((thrown: unknown) => thrown);

    expect(refused).toMatchObject({ message: 'fetch failed', cause: { code: expect.stringMatching(/CERT|VERIFY/) } });
  });

  it('applies objects of any kind, twice without a change', async () => {
    const objects = KubernetesObjectApi.makeApiClient(kubeConfig());
    const apply = (object: KubernetesObject) =>
      objects.patch(object, undefined, undefined, 'automation', false, PatchStrategy.ServerSideApply);
    const configured = { ...configMap('applied', { k: 'v' }), metadata: { name: 'applied', namespace: 'default' } };

    const first = await apply(configured);
    const second = await apply(configured);
    const custom = await apply(widget('applied', { mode: 'Slow' }));

    expect(second.metadata).toEqual(first.metadata);
    expect(custom).toMatchObject({ kind: 'Widget', spec: { mode: 'Slow', size: 3 } });
  });

  it('reads custom objects and typed ones', async () => {
    const config = kubeConfig();
    cluster.apply('/apis/apps/v1/namespaces/default/deployments/typed', deployment('typed'));
    cluster.apply('/apis/example.com/v1/widgets/listed', widget('listed'));

    const custom = config.makeApiClient(CustomObjectsApi);
    const list = await custom.listClusterCustomObject({ group: 'example.com', version: 'v1', plural: 'widgets' });
    const typed = await config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ name: 'typed', namespace: 'default' });

    expect(list.items).toContainEqual(expect.objectContaining({ kind: 'Widget' }));
    expect(typed.spec?.replicas).toBe(1);
    expect(typed.metadata?.creationTimestamp).toBeInstanceOf(Date);
  });

  it('sees a conflict as an ApiException with the Status in it', async () => {
    const core = kubeConfig().makeApiClient(CoreV1Api);
    const options = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);
    const apply = (fieldManager: string, k: string) =>
      core.patchNamespacedConfigMap(
        { name: 'fought', namespace: 'default', fieldManager, body: configMap('fought', { k }) },
        options,
      );
    await apply('one', '1');

    const refused = await apply('two', '2').catch((thrown: unknown) => thrown);

    expect(refused).toBeInstanceOf(ApiException);
    const { code, body } = refused as ApiException<string>;
    expect(code).toBe(409);
    expect(JSON.parse(body)).toMatchObject({ message: 'Apply failed with 1 conflict: conflict with "one": .data.k' });
  });

  it('scales, binds, evicts and reaches a pod', async () => {
    const config = kubeConfig();
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    const place = { name: 'scaled', namespace: 'default' };
    cluster.apply('/apis/apps/v1/namespaces/default/deployments/scaled', deployment('scaled'));
    const containers = [{ name: 'c', image: 'img:1' }];
    await core.createNamespacedPod({
      namespace: 'default',
      body: { metadata: { name: 'scaled' }, spec: { containers } },
    });
    const stop = cluster.api.podEndpoints.register(8000, () => ({
      status: 200,
      contentType: 'text/plain',
      body: 'up 1\n',
    }));

    const scale = await apps.readNamespacedDeploymentScale(place);
    const scaled = await apps.replaceNamespacedDeploymentScale({
      ...place,
      body: { metadata: scale.metadata!, spec: { replicas: 3 } },
    });
    const target = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
    // The API answers with a Status where the client's types say Binding.
    await core.createNamespacedPodBinding({ ...place, body: { metadata: { name: 'scaled' }, target } });
    const status = { phase: 'Running', podIP: '10.4.0.1' };
    cluster.call('PATCH', '/api/v1/namespaces/default/pods/scaled/status', {
      body: { status },
      type: 'application/merge-patch+json',
    });
    const text = await core.connectGetNamespacedPodProxyWithPath({
      name: 'scaled:8000',
      namespace: 'default',
      path: 'metrics',
    });
    await core.createNamespacedPodEviction({ ...place, body: { metadata: { name: 'scaled' } } });
    stop();

    expect(scaled.spec).toEqual({ replicas: 3 });
    expect(text).toBe('up 1\n');
    expect((await core.readNamespacedPod(place)).metadata?.deletionTimestamp).toBeInstanceOf(Date);
  });

  it('watches without holding the clock', async () => {
    const seen = new EventTarget();
    const names: string[] = [];
    const path = '/api/v1/namespaces/team/configmaps';
    const watching = await new Watch(kubeConfig()).watch(
      path,
      {},
      (phase, object: { metadata: { name: string } }) => {
        names.push(`${phase} ${object.metadata.name}`);
        if (names.length === 2) seen.dispatchEvent(new Event('both'));
      },
      () => undefined,
    );
    const both = once(seen, 'both');

    cluster.call('POST', path, { body: configMap('a') });
    const { holds } = cluster.world.clock;
    cluster.call('DELETE', `${path}/a`);
    await both;
    watching.abort();

    expect(names).toEqual(['ADDED a', 'DELETED a']);
    expect(holds).toBe(0);
  });

  it.each([
    { name: 'a wrong token', options: { token: 'invalid' }, code: 401 },
    { name: 'a cluster that does not exist', options: { name: 'nope' }, code: 404 },
  ])('is refused: $name', async ({ options, code }) => {
    const core = kubeConfig(options).makeApiClient(CoreV1Api);

    await expect(core.listNode()).rejects.toMatchObject({ code });
  });
});

describe('an open stream', () => {
  it('ends when the server closes', async () => {
    const own = await serveKubernetes({ port: 0, authority, apiOf: () => cluster.api });
    const headers = { authorization: 'Bearer local' };
    const path = '/clusters/demo/api/v1/namespaces?watch=1';
    const call = request({ host: '127.0.0.1', port: own.port, path, headers, ca: authority.caCertificate });
    call.end();
    const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    const ended = new Promise((resolve) =>
      response.once('close', () => resolve('closed')).on('error', () => undefined),
    );

    await own.close();

    await expect(ended).resolves.toBe('closed');
  });
});
