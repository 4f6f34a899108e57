import { describe, expect, it } from 'vitest';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import { KubernetesCallError } from '../../../emulator/kubernetes/client-types.ts';
import { configMap, configMaps, makeApi, makeApiWithWidgets } from './kubernetes-fixtures.ts';

const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
const ref = { ...kind, name: 'a', namespace: 'default' };
const object = (data: { [key: string]: string }) => configMap('a', data, { namespace: 'default' });

describe('the client inside the world', () => {
  it('reads and writes like one outside', () => {
    const { api, call } = makeApi();
    const client = new KubernetesClient(api, 'controller');

    client.create(object({ k: '1' }));
    client.patch(ref, { data: { k: '2' } });
    const found = client.get(ref);

    expect(found).toEqual(call('GET', `${configMaps}/a`).body);
    expect(client.list(kind, { namespace: 'default' })).toHaveLength(1);
    expect(client.delete(ref)).toBe(true);
    expect(client.delete(ref)).toBe(false);
    expect(client.get(ref)).toBeUndefined();
  });

  it('takes a kind that is not served for an empty one, until it is served', async () => {
    const widgetKind = { apiVersion: 'example.com/v1', kind: 'Widget' };
    const empty = new KubernetesClient(makeApi().api, 'controller');
    const { api } = await makeApiWithWidgets();

    expect(empty.list(widgetKind)).toEqual([]);
    expect(empty.get({ ...widgetKind, name: 'a' })).toBeUndefined();
    expect(new KubernetesClient(api, 'controller').kinds()).toContainEqual({ ...widgetKind, namespaced: false });
  });

  it('reports refusals with status and reason', () => {
    const { api } = makeApi();
    const client = new KubernetesClient(api, 'controller');
    client.create(object({}));

    const again = () => client.create(object({}));

    expect(again).toThrow(KubernetesCallError);
    expect(again).toThrow('creating ConfigMap a: 409 configmaps "a" already exists');
  });

  it('hands out objects that cannot be changed', () => {
    const { api } = makeApi();
    const created = new KubernetesClient(api, 'controller').create(object({ k: '1' }));

    expect(() => {
      (created['data'] as { k: string }).k = '2';
    }).toThrow(TypeError);
  });

  it('leaves no trace in the journal', () => {
    const { api, world } = makeApi();
    const before = world.journal.entries.length;

    new KubernetesClient(api, 'controller').create(object({}));

    expect(world.journal.entries).toHaveLength(before);
  });

  it('holds the clock until the listener has seen an event', async () => {
    const { api, world } = makeApi();
    const client = new KubernetesClient(api, 'controller');
    const seen: string[] = [];
    client.watch(kind, (type) => seen.push(type));

    client.create(object({}));
    const holdsBefore = world.clock.holds;
    await Promise.resolve();

    expect([holdsBefore, world.clock.holds]).toEqual([1, 0]);
    expect(seen).toEqual(['ADDED']);
  });

  it('delivers nothing after the watch was cancelled, not even what is under way', async () => {
    const { api, world } = makeApi();
    const client = new KubernetesClient(api, 'controller');
    const seen: string[] = [];
    const cancel = client.watch(kind, (type) => seen.push(type));

    client.create(object({}));
    cancel();
    await Promise.resolve();

    expect(seen).toEqual([]);
    expect(world.clock.holds).toBe(0);
  });
});
