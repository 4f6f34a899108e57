import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../emulator/kubernetes/json-text.ts';
import { freeze } from '../../../emulator/kubernetes/objects.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { configMap, configMaps, makeApi } from './kubernetes-fixtures.ts';

describe('the text of an answer', () => {
  it.each<{ name: string; body: JsonMap }>([
    { name: 'an object', body: { kind: 'ConfigMap', data: { 'a"b': 'ü\n' }, gone: undefined } },
    {
      name: 'a list',
      body: { kind: 'PodList', metadata: { resourceVersion: '7' }, items: [{ a: 1 }, { b: [null, 2] }] },
    },
    { name: 'an empty list', body: { kind: 'PodList', metadata: {}, items: [] } },
    { name: 'nothing but items', body: { items: [1, { items: [] }] } },
  ])('of $name is its JSON', ({ body }) => {
    expect(jsonText(body)).toBe(JSON.stringify(body));
    expect(jsonText(freeze(body))).toBe(JSON.stringify(body));
  });

  it('tells of an object that was replaced what it is now', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', { value: 'before' }) });
    const before = jsonText(call('GET', configMaps).body);

    call('PATCH', `${configMaps}/a`, { body: { data: { value: 'after' } }, type: 'application/merge-patch+json' });

    expect(before).toContain('"value":"before"');
    expect(jsonText(call('GET', configMaps).body)).toContain('"value":"after"');
  });
});
