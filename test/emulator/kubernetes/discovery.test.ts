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
    expect(call('GET', '/api/v1/namespaces/default/pods/a/log')).toMatchObject({
      status: 501,
      body: { message: 'the local cloud does not serve pods/log' },
    });
    expect(call('GET', configMaps, { accept: 'text/html' }).status).toBe(406);
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

  it('give metadata alone on request', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', { k: 'v' }) });
    const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

    const { body } = call('GET', `${configMaps}/a`, { accept });

    expect(Object.keys(body)).toEqual(['kind', 'apiVersion', 'metadata']);
  });
});
