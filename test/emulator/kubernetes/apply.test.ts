import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  configMap,
  configMaps,
  deployment,
  deployments,
  makeApi,
  makeApiWithWidgets,
  widget,
  widgets,
} from './kubernetes-fixtures.ts';

const path = `${configMaps}/a`;
const version = (body: JsonMap) => (body['metadata'] as JsonMap)['resourceVersion'];
const managers = (body: JsonMap) => (body['metadata'] as JsonMap)['managedFields'];

describe('server-side apply', () => {
  it('creates, and changes nothing when it is repeated', () => {
    const { apply } = makeApi();

    const first = apply(path, configMap('a', { k: 'v' }));
    const second = apply(path, configMap('a', { k: 'v' }));

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(managers(first.body)).toEqual([
      {
        manager: 'inference-fleet',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:k': {} } },
      },
    ]);
  });

  it('reads YAML', () => {
    const { call } = makeApi();
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: "1"\n';

    const applied = call('PATCH', `${path}?fieldManager=m`, { text, type: 'application/apply-patch+yaml' });

    expect(applied).toMatchObject({ status: 201, body: { data: { k: '1' } } });
  });

  it('removes what its manager stops listing, and only that', () => {
    const { apply } = makeApi();
    apply(path, configMap('a', { k: 'v', k2: 'v' }, { labels: { x: 'y' } }));
    apply(path, configMap('a', { other: 'o' }), 'somebody');

    const { body } = apply(path, configMap('a', { k: 'v' }));

    expect(body['data']).toEqual({ k: 'v', other: 'o' });
    expect(body['metadata']).not.toHaveProperty('labels');
  });

  it('gives a defaulted field back to its default', () => {
    const { apply } = makeApi();
    apply(`${deployments}/a`, deployment('a', { replicas: 4 }));

    const { body } = apply(`${deployments}/a`, deployment('a'));

    expect(body).toMatchObject({ spec: { replicas: 1 }, metadata: { generation: 2 } });
  });

  it('names the owner of a field that has another value, and takes it by force', () => {
    const { apply } = makeApi();
    apply(path, configMap('a', { k: 'v', k2: 'v' }), 'm1');

    const refused = apply(path, configMap('a', { k: 'other' }), 'm2');
    const forced = apply(`${path}?force=true`, configMap('a', { k: 'other' }), 'm2');

    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "m1": .data.k',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.data.k' }] },
      },
    });
    expect(forced.body['data']).toEqual({ k: 'other', k2: 'v' });
    expect(managers(forced.body)).toMatchObject([
      { manager: 'm1', fieldsV1: { 'f:data': { 'f:k2': {} } } },
      { manager: 'm2', fieldsV1: { 'f:data': { 'f:k': {} } } },
    ]);
  });

  it('lists several conflicts by their owner', () => {
    const { apply } = makeApi();
    apply(path, configMap('a', { k: 'v', k2: 'v' }), 'm1');

    const refused = apply(path, configMap('a', { k: '1', k2: '2' }), 'm2');

    expect(refused.body['message']).toBe('Apply failed with 2 conflicts: conflicts with "m1":\n- .data.k\n- .data.k2');
  });

  it('conflicts with an ordinary writer, whose version it names', async () => {
    const { apply, call } = await makeApiWithWidgets();
    apply(`${widgets}/a`, widget('a', { mode: 'Fast', size: 2 }), 'builder');
    call('PATCH', `${widgets}/a`, {
      body: { spec: { size: 5 } },
      type: 'application/merge-patch+json',
      agent: 'editor/1',
    });

    const refused = apply(`${widgets}/a`, widget('a', { mode: 'Fast', size: 2 }), 'builder');
    const yielding = apply(`${widgets}/a`, widget('a', { mode: 'Fast' }), 'builder');

    expect(refused.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using example.com/v1: .spec.size',
    );
    expect(yielding.body).toMatchObject({ spec: { mode: 'Fast', size: 5 } });
  });

  it('shares a field of equal value, and removes it with its last owner', () => {
    const { apply } = makeApi();
    apply(path, configMap('a', { k: 'v' }), 'm1');
    const shared = apply(path, configMap('a', { k: 'v' }), 'm2');

    const kept = apply(path, configMap('a', {}), 'm1');
    const removed = apply(path, configMap('a', {}), 'm2');

    expect(shared.status).toBe(200);
    expect(kept.body['data']).toEqual({ k: 'v' });
    expect(removed.body).not.toHaveProperty('data');
  });

  it('merges containers by name and takes back whole ones', () => {
    const { apply } = makeApi();
    const withContainers = (...containers: JsonMap[]): JsonMap => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers } } },
    });
    const env = [{ name: 'X', value: '1' }];
    apply(`${deployments}/a`, deployment('a'), 'm1');

    const added = apply(`${deployments}/a`, withContainers({ name: 'c', env }, { name: 'side', image: 's:1' }), 'm2');
    const reduced = apply(`${deployments}/a`, withContainers({ name: 'c', env }), 'm2');

    const containers = (body: JsonMap) =>
      (body as { spec: { template: { spec: JsonMap } } }).spec.template.spec['containers'];
    expect(containers(added.body)).toMatchObject([
      { name: 'c', image: 'img:1', env },
      { name: 'side', image: 's:1' },
    ]);
    expect(containers(reduced.body)).toMatchObject([{ name: 'c', image: 'img:1', env }]);
    expect(containers(reduced.body)).toHaveLength(1);
  });

  it('merges the keyed lists that a definition declares', async () => {
    const { apply } = await makeApiWithWidgets();
    apply(`${widgets}/a`, widget('a', { mode: 'Fast', parts: [{ name: 'one', weight: 1 }] }), 'm1');

    const { body } = apply(`${widgets}/a`, widget('a', { mode: 'Fast', parts: [{ name: 'two', weight: 2 }] }), 'm2');

    expect(body).toMatchObject({ spec: { parts: [{ name: 'one' }, { name: 'two' }] } });
  });

  it('honours a resource version', () => {
    const { apply } = makeApi();
    const first = apply(path, configMap('a', { k: '1' }));
    apply(path, configMap('a', { k: '2' }));

    const stale = apply(path, configMap('a', { k: '3' }, { resourceVersion: version(first.body) as string }));

    expect(stale).toMatchObject({ status: 409, body: { reason: 'Conflict', details: { name: 'a' } } });
  });

  it.each([
    {
      name: 'without a manager',
      target: path,
      body: configMap('a'),
      status: 422,
      message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    },
    {
      name: 'of another name',
      target: `${path}?fieldManager=m`,
      body: configMap('b'),
      status: 400,
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      name: 'of another version',
      target: `${path}?fieldManager=m`,
      body: { ...configMap('a'), apiVersion: 'v2' },
      status: 400,
      message: 'invalid object type: /v2, Kind=ConfigMap',
    },
    {
      name: 'that brings its own record of ownership',
      target: `${path}?fieldManager=m`,
      body: configMap('a', {}, { managedFields: [{ manager: 'x', operation: 'Apply' }] }),
      status: 400,
      message: 'metadata.managedFields must be nil',
    },
    {
      name: 'of a field that the definition does not declare',
      target: `${widgets}/a?fieldManager=m`,
      body: { ...widget('a'), bogus: 1 },
      status: 500,
      message:
        'failed to create typed patch object (/a; example.com/v1, Kind=Widget): .bogus: field not declared in schema',
    },
  ])('refuses an apply $name', async ({ target, body, status, message }) => {
    const { call } = await makeApiWithWidgets();

    const answer = call('PATCH', target, { body, type: 'application/apply-patch+yaml' });

    expect(answer).toMatchObject({ status, body: { message } });
  });
});
