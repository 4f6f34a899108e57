import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { configMap, configMaps, makeApi, makeApiWithWidgets, widget, widgets } from './kubernetes-fixtures.ts';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const cells = (body: JsonMap) => (body['rows'] as JsonMap[]).map((row) => row['cells']);
const columnNames = (body: JsonMap) => (body['columnDefinitions'] as JsonMap[]).map(({ name }) => name);

describe('discovery', () => {
  it('lists what is served, custom kinds included', async () => {
    const { call } = await makeApiWithWidgets();

    expect(call('GET', '/apis/example.com/v1').body).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'example.com/v1',
      resources: [
        { name: 'widgets', kind: 'Widget', namespaced: false, shortNames: ['wd'] },
        { name: 'widgets/status', verbs: ['get', 'patch', 'update'] },
      ],
    });
    expect(call('GET', '/apis/example.com').body).toMatchObject({
      preferredVersion: { groupVersion: 'example.com/v1' },
    });
  });

  it('answers in one document for clients that can read it', () => {
    const { call } = makeApi();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

    const { headers, body } = call('GET', '/apis', { accept });

    expect(headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(body['items']).toContainEqual(
      expect.objectContaining({
        metadata: { name: 'apps' },
        versions: [expect.objectContaining({ version: 'v1', freshness: 'Current' })],
      }),
    );
  });

  it('tells kubectl that patches can be validated', async () => {
    const { call } = await makeApiWithWidgets();

    const index = JSON.parse(call('GET', '/openapi/v3').text) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const document = call('GET', index.paths['apis/example.com/v1']!.serverRelativeURL).body;

    expect(document).toMatchObject({
      paths: {
        '/apis/example.com/v1/widgets/{name}': { patch: { 'x-kubernetes-group-version-kind': { kind: 'Widget' } } },
      },
    });
    expect(JSON.stringify(document)).toContain('fieldValidation');
  });

  it('says what is unknown, and what only the real one serves', () => {
    const { call } = makeApi();

    expect(call('GET', '/apis/nope.example/v1')).toMatchObject({ status: 404, text: '404 page not found\n' });
    expect(call('GET', '/api/v1/nosuchresources').body['message']).toBe(
      'the server could not find the requested resource',
    );
    expect(call('DELETE', '/version').status).toBe(405);
    expect(call('GET', '/api/v1/namespaces/default/pods/a/resize')).toMatchObject({
      status: 501,
      body: { message: 'the local cloud does not serve pods/resize' },
    });
    expect(call('GET', '/api/v1/namespaces/default/pods/a/nothing')).toMatchObject({
      status: 404,
      body: { message: 'the server could not find the requested resource' },
    });
    expect(call('GET', configMaps, { accept: 'text/html' }).status).toBe(406);
  });

  it('names every subresource of a pod, and what its bodies are', () => {
    const { call } = makeApi();

    const resources = call('GET', '/api/v1').body['resources'] as JsonMap[];

    expect(resources.map(({ name }) => String(name)).filter((name) => name.startsWith('pods/'))).toEqual(
      [
        'attach',
        'binding',
        'ephemeralcontainers',
        'eviction',
        'exec',
        'log',
        'portforward',
        'proxy',
        'resize',
        'status',
      ].map((name) => `pods/${name}`),
    );
    expect(resources).toContainEqual(expect.objectContaining({ name: 'pods/exec', kind: 'PodExecOptions' }));
    expect(resources).toContainEqual(
      expect.objectContaining({ name: 'pods/eviction', group: 'policy', kind: 'Eviction' }),
    );
  });

  it.each(['/healthz', '/livez', '/readyz'])('is healthy at %s', (path) => {
    const { call } = makeApi();

    expect(call('GET', path, { token: '' })).toMatchObject({ status: 200, text: 'ok' });
  });
});

describe('tables', () => {
  it('show what kubectl shows of a node', () => {
    const { call } = makeApi();
    const conditions = [{ type: 'Ready', status: 'True' }];
    const addresses = [{ type: 'InternalIP', address: '10.128.0.2' }];
    const status = { conditions, addresses, nodeInfo: { kubeletVersion: 'v1.33.4-gke.1' } };
    call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' }, spec: { unschedulable: true }, status } });

    const { body } = call('GET', '/api/v1/nodes', { accept: table });

    expect(columnNames(body).slice(0, 6)).toEqual(['Name', 'Status', 'Roles', 'Age', 'Version', 'Internal-IP']);
    expect((cells(body)[0] as string[]).slice(0, 6)).toEqual([
      'n1',
      'Ready,SchedulingDisabled',
      '<none>',
      '0s',
      'v1.33.4-gke.1',
      '10.128.0.2',
    ]);
  });

  it.each([
    {
      path: '/api/v1/namespaces/default/services',
      body: { metadata: { name: 'a' }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } },
      columns: ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector'],
      row: ['a', 'ClusterIP', expect.any(String), '<none>', '80/TCP', '0s', 'app=a'],
    },
    {
      path: '/api/v1/namespaces/default/secrets',
      body: { metadata: { name: 'a' }, data: { k: 'dg==' } },
      columns: ['Name', 'Type', 'Data', 'Age'],
      row: ['a', 'Opaque', 1, '0s'],
    },
    {
      path: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      body: { metadata: { name: 'a' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } } },
      columns: ['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions', 'Age'],
      row: ['a', '1', 'N/A', 0, '0s'],
    },
    {
      path: '/api/v1/namespaces/default/events',
      body: {
        metadata: { name: 'a', namespace: 'default' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
        reason: 'Killing',
        message: 'Stopping',
        type: 'Normal',
        source: { component: 'kubelet', host: 'n1' },
      },
      columns: [
        'Last Seen',
        'Type',
        'Reason',
        'Object',
        'Subobject',
        'Source',
        'Message',
        'First Seen',
        'Count',
        'Name',
      ],
      row: ['<unknown>', 'Normal', 'Killing', 'pod/p', '', 'kubelet, n1', 'Stopping', '<unknown>', 1, 'a'],
    },
  ])('show what kubectl shows at $path', ({ path, body, columns, row }) => {
    const { call } = makeApi();
    call('POST', path, { body });

    const shown = call('GET', path, { accept: table }).body;

    expect(columnNames(shown)).toEqual(columns);
    expect(cells(shown)).toEqual([row]);
  });

  it('show the columns of a definition', async () => {
    const { call, world } = await makeApiWithWidgets();
    call('POST', widgets, { body: widget('a', { mode: 'Fast', size: 4 }) });
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    call('PATCH', `${widgets}/a/status`, { body: { status }, type: 'application/merge-patch+json' });
    await world.pass(90_000);

    const { body } = call('GET', widgets, { accept: table });

    expect(columnNames(body)).toEqual(['Name', 'Size', 'Ready']);
    expect(cells(body)).toEqual([['a', 4, 'True']]);
  });

  it.each([
    { afterMs: 5_000, age: '5s' },
    { afterMs: 119_000, age: '119s' },
    { afterMs: 200_000, age: '3m20s' },
    { afterMs: 25 * 60_000, age: '25m' },
    { afterMs: 4 * 3_600_000 + 600_000, age: '4h10m' },
    { afterMs: 51 * 3_600_000, age: '2d3h' },
  ])('say $age', async ({ afterMs, age }) => {
    const { call, world } = makeApi();
    call('POST', configMaps, { body: configMap('a', { k: 'v' }) });
    await world.pass(afterMs);

    const { body } = call('GET', configMaps, { accept: table });

    expect(cells(body)).toEqual([['a', 1, age]]);
  });

  it.each([
    {
      target: configMaps,
      as: 'PartialObjectMetadata',
      message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    },
    {
      target: `${configMaps}/a`,
      as: 'PartialObjectMetadataList',
      message: 'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    },
  ])('do not give a list for an object, or an object for a list: $as', ({ target, as, message }) => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', { k: 'v' }) });

    const answer = call('GET', target, { accept: `application/json;as=${as};v=v1;g=meta.k8s.io` });

    expect(answer).toMatchObject({ status: 406, body: { reason: 'NotAcceptable', message } });
  });

  it('carry only what can be carried', () => {
    const { call } = makeApi();

    expect(call('GET', `${configMaps}?includeObject=All`, { accept: table })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("must be 'Metadata', 'Object', 'None', or empty") },
    });
  });

  it('give metadata alone on request', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', { k: 'v' }) });
    const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

    const { body } = call('GET', `${configMaps}/a`, { accept });

    expect(Object.keys(body)).toEqual(['kind', 'apiVersion', 'metadata']);
  });
});
