import { describe, expect, it } from 'vitest';
import { configMap, configMaps, deployment, deployments, makeApi } from './kubernetes-fixtures.ts';

const pods = '/api/v1/namespaces/default/pods';
const pod = (name: string, nodeName?: string) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'img:1' }], ...(nodeName !== undefined && { nodeName }) },
});
const merge = { type: 'application/merge-patch+json' };

describe('deleting', () => {
  it('answers with a Status for what goes at once', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a') });

    const deleted = call('DELETE', `${configMaps}/a`);

    expect(deleted).toMatchObject({
      status: 200,
      body: { status: 'Success', details: { name: 'a', kind: 'configmaps' } },
    });
    expect(call('DELETE', `${configMaps}/a`).status).toBe(404);
  });

  it('keeps an object until its last finalizer is removed', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', {}, { finalizers: ['example.com/hold'] }) });

    const marked = call('DELETE', `${configMaps}/a`);
    const again = call('POST', configMaps, { body: configMap('a') });
    const released = call('PATCH', `${configMaps}/a`, { body: { metadata: { finalizers: null } }, ...merge });

    expect(marked.body['metadata']).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    expect(again.body['message']).toBe('object is being deleted: configmaps "a" already exists');
    expect(released.status).toBe(200);
    expect(call('GET', `${configMaps}/a`).status).toBe(404);
  });

  it('adds no finalizers to what is being deleted', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a', {}, { finalizers: ['x/hold'] }) });
    call('DELETE', `${configMaps}/a`);

    const answer = call('PATCH', `${configMaps}/a`, {
      body: { metadata: { finalizers: ['x/hold', 'x/two'] } },
      ...merge,
    });

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain('found new finalizers []string{"x/two"}');
  });

  it.each([
    { policy: 'Foreground', finalizers: ['foregroundDeletion'] },
    { policy: 'Orphan', finalizers: ['orphan'] },
  ])('leaves $policy to the garbage collector', ({ policy, finalizers }) => {
    const { call } = makeApi();
    call('POST', deployments, { body: deployment('a') });

    const { body } = call('DELETE', `${deployments}/a`, { body: { propagationPolicy: policy } });

    expect(body).toMatchObject({ kind: 'Deployment', metadata: { finalizers, generation: 2 } });
  });

  it('gives a pod on a node its grace period, and ends it early on request', () => {
    const { call } = makeApi();
    call('POST', pods, { body: pod('unbound') });
    call('POST', pods, { body: pod('bound', 'n1') });

    call('DELETE', `${pods}/unbound`);
    const leaving = call('DELETE', `${pods}/bound`);
    const stillThere = call('GET', `${pods}/bound`).status;
    call('DELETE', `${pods}/bound?gracePeriodSeconds=0`);

    expect(call('GET', `${pods}/unbound`).status).toBe(404);
    expect(leaving.body['metadata']).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    expect(stillThere).toBe(200);
    expect(call('GET', `${pods}/bound`).status).toBe(404);
  });

  it('deletes only the object with the uid that was meant', () => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a') });
    const uid = '11111111-2222-3333-4444-555555555555';

    const answer = call('DELETE', `${configMaps}/a`, { body: { preconditions: { uid } } });

    expect(answer.status).toBe(409);
    expect(answer.body['message']).toContain(`the UID in the precondition (${uid}) does not match the UID in record`);
  });

  it('deletes a selection', () => {
    const { call } = makeApi();
    for (const [name, g] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
    ]) {
      call('POST', configMaps, { body: configMap(name ?? '', {}, { labels: { g: g ?? '' } }) });
    }

    call('DELETE', `${configMaps}?labelSelector=g%3D1`);

    expect(call('GET', configMaps).body['items']).toMatchObject([{ metadata: { name: 'c' } }]);
  });

  it('closes a namespace for new content until it is empty', () => {
    const { call } = makeApi();

    const { body } = call('DELETE', '/api/v1/namespaces/team');
    const refused = call('POST', '/api/v1/namespaces/team/configmaps', { body: configMap('a') });

    expect(body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    expect(refused).toMatchObject({ status: 403, body: { details: { causes: [{ reason: 'NamespaceTerminating' }] } } });
  });

  it.each([
    { query: 'propagationPolicy=Sideways', message: /Unsupported value: "Sideways"/ },
    { query: 'dryRun=Some', message: /dryRun: Unsupported value: \["Some"\]/ },
  ])('refuses ?$query', ({ query, message }) => {
    const { call } = makeApi();
    call('POST', configMaps, { body: configMap('a') });

    const answer = call('DELETE', `${configMaps}/a?${query}`);

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toMatch(message);
  });
});
