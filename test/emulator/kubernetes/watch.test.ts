import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { configMap, configMaps, makeApi } from './kubernetes-fixtures.ts';

interface ShownEvent {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string }; readonly data?: { readonly k?: string } };
}

const shown = (events: readonly JsonMap[]) =>
  (events as unknown as readonly ShownEvent[]).map(({ type, object }) =>
    [type, object.metadata.name, object.data?.k].filter((part) => part !== undefined).join(' '),
  );
const merge = { type: 'application/merge-patch+json' };

describe('watching', () => {
  it('starts with what is there and follows every change', () => {
    const { call, watch } = makeApi();
    call('POST', configMaps, { body: configMap('a', { k: '1' }) });

    const { events } = watch(`${configMaps}?watch=1`);
    call('PATCH', `${configMaps}/a`, { body: { data: { k: '2' } }, ...merge });
    call('PATCH', `${configMaps}/a`, { body: { data: { k: '2' } }, ...merge });
    call('DELETE', `${configMaps}/a`);

    expect(shown(events)).toEqual(['ADDED a 1', 'MODIFIED a 2', 'DELETED a 2']);
  });

  it('replays what happened since a version', () => {
    const { call, watch } = makeApi();
    const { resourceVersion } = call('GET', configMaps).body['metadata'] as { resourceVersion: string };
    call('POST', configMaps, { body: configMap('a', { k: '1' }) });
    call('DELETE', `${configMaps}/a`);

    const { events } = watch(`${configMaps}?watch=true&resourceVersion=${resourceVersion}`);

    expect(shown(events)).toEqual(['ADDED a 1', 'DELETED a 1']);
  });

  it('shows objects as they enter and leave its selector', () => {
    const { call, watch } = makeApi();
    call('POST', configMaps, { body: configMap('a', {}, { labels: { g: '1' } }) });
    const { events } = watch(`${configMaps}?watch=1&labelSelector=g%3D1`);

    call('PATCH', `${configMaps}/a`, { body: { metadata: { labels: { g: '2' } } }, ...merge });
    call('PATCH', `${configMaps}/a`, { body: { metadata: { labels: { g: '1' } } }, ...merge });

    expect(shown(events)).toEqual(['ADDED a', 'DELETED a', 'ADDED a']);
  });

  it('sees one namespace only', () => {
    const { call, watch } = makeApi();
    const { events } = watch(`${configMaps}?watch=1`);

    call('POST', '/api/v1/namespaces/team/configmaps', { body: configMap('other') });

    expect(events).toEqual([]);
  });

  it('marks the end of what was there for clients that ask for it', () => {
    const { call, watch } = makeApi();
    call('POST', configMaps, { body: configMap('a') });
    const query = 'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';

    const { events } = watch(`${configMaps}?${query}`);

    expect(events[1]).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  it.each([
    { query: 'watch=1&allowWatchBookmarks=true', marked: true },
    { query: 'watch=1', marked: false },
    { query: 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan', marked: false },
    { query: 'watch=1&allowWatchBookmarks=true&resourceVersion=1003', marked: false },
  ])('marks it for nobody else: $query', ({ query, marked }) => {
    const { watch } = makeApi();

    const { events } = watch(`${configMaps}?${query}`);

    expect(events.some(({ type }) => type === 'BOOKMARK')).toBe(marked);
  });

  it('ends a stream from a version that is forgotten with an error event', () => {
    const { api, call, watch } = makeApi();
    call('POST', configMaps, { body: configMap('a') });
    api.state.store.compact();

    const { events } = watch(`${configMaps}?watch=1&resourceVersion=1001`);

    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }, { type: 'END' }]);
  });

  it('sends nothing after it was closed', () => {
    const { call, watch } = makeApi();
    const { events, close } = watch(`${configMaps}?watch=1`);

    close();
    call('POST', configMaps, { body: configMap('a') });

    expect(events).toEqual([]);
  });

  it('names the columns of a table once', () => {
    const { call, watch } = makeApi();
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { events } = watch(`${configMaps}?watch=1`, { accept });

    call('POST', configMaps, { body: configMap('a') });
    call('POST', configMaps, { body: configMap('b') });

    const columns = events.map((event) => (event['object'] as JsonMap)['columnDefinitions']);
    expect(columns).toEqual([expect.arrayContaining([expect.objectContaining({ name: 'Data' })]), null]);
  });
});

interface List {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

describe('listing', () => {
  const list = (body: JsonMap) => body as unknown as List;
  const names = (body: JsonMap) => list(body).items.map(({ metadata }) => metadata.name);

  it('gives pages of one version', () => {
    const { call } = makeApi();
    for (const name of ['c', 'a', 'b']) call('POST', configMaps, { body: configMap(name) });

    const first = call('GET', `${configMaps}?limit=2`).body;
    const { resourceVersion, remainingItemCount } = list(first).metadata;
    const next = encodeURIComponent(list(first).metadata.continue ?? '');
    const second = call('GET', `${configMaps}?limit=2&continue=${next}`).body;

    expect([names(first), names(second)]).toEqual([['a', 'b'], ['c']]);
    expect(remainingItemCount).toBe(1);
    expect(list(second).metadata).toEqual({ resourceVersion });
  });

  it('goes on with the version of the first page, whatever happened since', () => {
    const { call } = makeApi();
    for (const name of ['a', 'b', 'c', 'd']) call('POST', configMaps, { body: configMap(name, { k: 'old' }) });
    const first = call('GET', `${configMaps}?limit=2`).body;
    call('POST', configMaps, { body: configMap('bb') });
    call('DELETE', `${configMaps}/c`);
    call('PATCH', `${configMaps}/d`, { body: { data: { k: 'new' } }, type: 'application/merge-patch+json' });

    const next = encodeURIComponent(list(first).metadata.continue ?? '');
    const second = call('GET', `${configMaps}?limit=2&continue=${next}`).body;
    const { resourceVersion } = list(first).metadata;
    const exact = call('GET', `${configMaps}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`).body;

    expect(names(second)).toEqual(['c', 'd']);
    expect(second['items']).toMatchObject([{ data: { k: 'old' } }, { data: { k: 'old' } }]);
    expect(names(exact)).toEqual(['a', 'b', 'c', 'd']);
    expect(names(call('GET', configMaps).body)).toEqual(['a', 'b', 'bb', 'd']);
  });

  it('knows no pages when any version will do', () => {
    const { call } = makeApi();
    for (const name of ['a', 'b']) call('POST', configMaps, { body: configMap(name) });

    expect(names(call('GET', `${configMaps}?resourceVersion=0&limit=1`).body)).toEqual(['a', 'b']);
  });

  it('lists a namespace that does not exist as empty', () => {
    const { call } = makeApi();

    const { status, body } = call('GET', '/api/v1/namespaces/nowhere/configmaps');

    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'ConfigMapList', items: [] });
  });

  it.each([
    { query: 'limit=x', status: 400, message: 'strconv.ParseInt: parsing "x": invalid syntax' },
    { query: 'continue=garbage', status: 400, message: /^invalid continue token/ },
    { query: 'resourceVersion=999999999', status: 504, message: /^Timeout: Too large resource version: 999999999/ },
    { query: 'resourceVersionMatch=Exact', status: 422, message: /forbidden unless resourceVersion is provided/ },
    { query: 'sendInitialEvents=true', status: 422, message: /sendInitialEvents is forbidden for list/ },
    { query: 'timeoutSeconds=x', status: 400, message: 'strconv.ParseInt: parsing "x": invalid syntax' },
    {
      query: 'watch=1&resourceVersionMatch=Exact',
      status: 422,
      message: /forbidden for watch unless sendInitialEvents/,
    },
    { query: 'watch=1&continue=x', status: 422, message: /forbidden when continue is provided/ },
  ])('refuses ?$query', ({ query, status, message }) => {
    const { call } = makeApi();

    const answer = call('GET', `${configMaps}?${query}`);

    expect(answer.status).toBe(status);
    expect(answer.body['message']).toMatch(message);
  });
});
