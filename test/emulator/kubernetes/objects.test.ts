import { describe, expect, it } from 'vitest';
import {
  makeApi,
  makeApiWithWidgets,
  configMap,
  configMaps,
  deployment,
  deployments,
  widget,
  widgets,
} from './kubernetes-fixtures.ts';

describe('creating', () => {
  it('gives the object identity, version and time', () => {
    const { call } = makeApi();

    const created = call('POST', configMaps, { body: configMap('a', { k: 'v' }) });

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      kind: 'ConfigMap',
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      data: { k: 'v' },
    });
    expect(call('GET', `${configMaps}/a`).body).toEqual(created.body);
  });

  it('adds the documented defaults of a workload', () => {
    const { call } = makeApi();

    const { body } = call('POST', deployments, { body: deployment('a') });

    expect(body).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        revisionHistoryLimit: 10,
        template: {
          spec: {
            containers: [{ name: 'c', image: 'img:1', imagePullPolicy: 'IfNotPresent', resources: {} }],
            restartPolicy: 'Always',
            terminationGracePeriodSeconds: 30,
          },
        },
      },
      status: {},
    });
  });

  it('makes a name from generateName, another one each time', () => {
    const { call } = makeApi();
    const body = { metadata: { generateName: 'job-' } };

    const names = [1, 2].map(() => (call('POST', configMaps, { body }).body['metadata'] as { name: string }).name);

    expect(names).toEqual([expect.stringMatching(/^job-[a-z0-9]{5}$/), expect.stringMatching(/^job-[a-z0-9]{5}$/)]);
    expect(names[0]).not.toBe(names[1]);
  });

  it('gives the same identities in every run of one seed', () => {
    const [first, second] = [makeApi(), makeApi()].map(({ call }) =>
      call('POST', configMaps, { body: configMap('a') }),
    );

    expect(first).toEqual(second);
  });

  it('stores nothing on a dry run', () => {
    const { call, world } = makeApi();
    const before = world.journal.entries.filter(({ effect }) => effect).length;

    expect(call('POST', `${configMaps}?dryRun=All`, { body: configMap('a') }).status).toBe(201);

    expect(call('GET', `${configMaps}/a`).status).toBe(404);
    expect(world.journal.entries.filter(({ effect }) => effect)).toHaveLength(before);
  });

  it.each([
    {
      name: 'a name that is taken',
      target: configMaps,
      body: configMap('taken'),
      status: 409,
      message: 'configmaps "taken" already exists',
    },
    {
      name: 'a namespace that does not exist',
      target: '/api/v1/namespaces/nowhere/configmaps',
      body: configMap('a'),
      status: 404,
      message: 'namespaces "nowhere" not found',
    },
    {
      name: 'another namespace in the body',
      target: configMaps,
      body: configMap('a', {}, { namespace: 'team' }),
      status: 400,
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    },
    {
      name: 'another kind',
      target: configMaps,
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
      status: 400,
      message:
        'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    },
    { name: 'no name', target: configMaps, body: {}, status: 422, message: /metadata.name: Required value/ },
    { name: 'a bad name', target: configMaps, body: configMap('Bad_Name'), status: 422, message: /RFC 1123 subdomain/ },
    {
      name: 'a bad label',
      target: configMaps,
      body: configMap('a', {}, { labels: { 'bad key!': 'x' } }),
      status: 422,
      message: /metadata.labels: Invalid value: "bad key!"/,
    },
    {
      name: 'a resource version',
      target: configMaps,
      body: configMap('a', {}, { resourceVersion: '5' }),
      status: 500,
      message: 'resourceVersion should not be set on objects to be created',
    },
    {
      name: 'a template that its selector does not select',
      target: deployments,
      body: deployment('a', { selector: { matchLabels: { app: 'b' } } }),
      status: 422,
      message: /`selector` does not match template `labels`/,
    },
    {
      name: 'a path without a namespace',
      target: '/api/v1/configmaps',
      body: configMap('a'),
      status: 405,
      message: /does not allow/,
    },
  ])('refuses $name', ({ target, body, status, message }) => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('taken') });

    const answer = call('POST', target, { body });

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    expect(answer.body['message']).toMatch(message);
  });
});

describe('updating', () => {
  it('changes the version only when something changes', () => {
    const { call } = makeApi();
    const before = call('POST', configMaps, { body: configMap('a', { k: '1' }) }).body;

    const same = call('PUT', `${configMaps}/a`, { body: configMap('a', { k: '1' }) }).body;
    const changed = call('PUT', `${configMaps}/a`, { body: configMap('a', { k: '2' }) }).body;

    expect(same).toEqual(before);
    expect(changed['metadata']).not.toEqual(before['metadata']);
    expect(changed['data']).toEqual({ k: '2' });
  });

  it('refuses a version that is not the current one', () => {
    const { call } = makeApi();
    const before = call('POST', configMaps, { body: configMap('a', { k: '1' }) }).body;
    call('PUT', `${configMaps}/a`, { body: configMap('a', { k: '2' }) });

    const stale = call('PUT', `${configMaps}/a`, { body: { ...before, data: { k: '3' } } });

    expect(stale).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: 'a', kind: 'configmaps' },
      },
    });
  });

  it('counts generations by the spec, not by labels or status', async () => {
    const { call } = await makeApiWithWidgets();
    call('POST', widgets, { body: widget('a') });
    const type = 'application/merge-patch+json';
    const generation = (target: string, body: { [key: string]: object }) =>
      (call('PATCH', target, { body: { ...body } as never, type }).body['metadata'] as { generation: number })
        .generation;

    expect(generation(`${widgets}/a`, { metadata: { labels: { x: 'y' } } })).toBe(1);
    expect(generation(`${widgets}/a`, { spec: { size: 5 } })).toBe(2);
    expect(generation(`${widgets}/a/status`, { status: { ok: true } })).toBe(2);
  });

  it('keeps status and spec apart', async () => {
    const { call } = await makeApiWithWidgets();
    call('POST', widgets, { body: { ...widget('a'), status: { ignored: true } } });
    const type = 'application/merge-patch+json';

    const onStatus = call('PATCH', `${widgets}/a/status`, { body: { spec: { size: 7 }, status: { seen: 1 } }, type });
    const onMain = call('PATCH', `${widgets}/a`, { body: { spec: { size: 8 }, status: { seen: 2 } }, type });

    expect(onStatus.body).toMatchObject({ spec: { size: 3 }, status: { seen: 1 } });
    expect(onMain.body).toMatchObject({ spec: { size: 8 }, status: { seen: 1 } });
  });

  it('answers 404 for what is not there and 415 for an unknown patch', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a') });

    expect(call('PUT', `${configMaps}/nope`, { body: configMap('nope') }).status).toBe(404);
    expect(call('PATCH', `${configMaps}/a`, { body: {}, type: 'application/json' })).toMatchObject({
      status: 415,
      body: { message: '415: Unsupported Media Type' },
    });
  });

  it('keeps the selector of a workload as it was', () => {
    const { call } = makeApi();
    call('POST', deployments, { body: deployment('a') });
    const labels = { app: 'b' };
    const body = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };

    const answer = call('PATCH', `${deployments}/a`, { body, type: 'application/merge-patch+json' });

    expect(answer.body['message']).toBe(
      'Deployment.apps "a" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    );
  });
});

describe('the journal', () => {
  it('records accepted calls with whether they had an effect', () => {
    const { call, apply, world } = makeApi();
    const before = world.journal.entries.length;

    apply(`${configMaps}/a`, configMap('a', { k: '1' }));
    apply(`${configMaps}/a`, configMap('a', { k: '1' }));
    call('DELETE', `${configMaps}/a`);
    call('DELETE', `${configMaps}/a`);

    const resource = `/clusters/demo${configMaps}/a`;
    expect(world.journal.entries.slice(before)).toMatchObject([
      { service: 'kubernetes', method: 'apply', resource, effect: true },
      { service: 'kubernetes', method: 'apply', resource, effect: false },
      { service: 'kubernetes', method: 'delete', resource, effect: true },
    ]);
  });
});
