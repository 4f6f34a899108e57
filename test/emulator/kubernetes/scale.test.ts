import { describe, expect, it } from 'vitest';
import { installServingKinds } from '../../../emulator/controllers/serving-definitions.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { deployment, deployments, makeApi } from './kubernetes-fixtures.ts';

const leaderWorkerSets = '/apis/leaderworkerset.x-k8s.io/v1/namespaces/default/leaderworkersets';
const merge = 'application/merge-patch+json';

const groups: JsonMap = {
  apiVersion: 'leaderworkerset.x-k8s.io/v1',
  kind: 'LeaderWorkerSet',
  metadata: { name: 'a' },
  spec: {
    replicas: 2,
    leaderWorkerTemplate: { size: 2, workerTemplate: { spec: { containers: [{ name: 'c', image: 'img:1' }] } } },
  },
};

/** An API without controllers, with a Deployment and a LeaderWorkerSet of two replicas. */
const scalable = async () => {
  const test = makeApi();
  installServingKinds(test.api);
  await test.world.pass(2_000);
  test.apply(`${deployments}/a`, deployment('a', { replicas: 2 }), 'builder');
  test.apply(`${leaderWorkerSets}/a`, groups, 'builder');
  const patch = (path: string, body: JsonMap, query = '') =>
    test.call('PATCH', `${path}/scale?fieldManager=scaler${query}`, { body, type: merge });
  return { ...test, patch };
};

const workloads = [
  { kind: 'Deployment', path: `${deployments}/a`, resource: 'deployments.apps', version: 'apps/v1', selector: 'app=a' },
  {
    kind: 'LeaderWorkerSet',
    path: `${leaderWorkerSets}/a`,
    resource: 'leaderworkersets.leaderworkerset.x-k8s.io',
    version: 'leaderworkerset.x-k8s.io/v1',
    selector: undefined,
  },
] as const;

describe.each(workloads)('the scale of a $kind', ({ path, resource, version, selector }) => {
  it('shows the size under the identity of its parent', async () => {
    const { call } = await scalable();

    const scale = call('GET', `${path}/scale`).body;

    const { uid, resourceVersion, creationTimestamp } = call('GET', path).body['metadata'] as JsonMap;
    expect(scale).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'a', namespace: 'default', uid, resourceVersion, creationTimestamp },
      spec: { replicas: 2 },
      status: { replicas: 0, ...(selector !== undefined && { selector }) },
    });
  });

  it('is written by merge patch, JSON patch and PUT', async () => {
    const { call, patch } = await scalable();
    const operations = [{ op: 'replace', path: '/spec/replicas', value: 4 }];
    const put = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } };

    const merged = patch(path, { spec: { replicas: 3 } });
    const patched = call('PATCH', `${path}/scale`, { body: operations, type: 'application/json-patch+json' });
    const replaced = call('PUT', `${path}/scale`, { body: put });

    expect([merged, patched, replaced].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([merged, patched, replaced].map(({ body }) => body['spec'])).toEqual([
      { replicas: 3 },
      { replicas: 4 },
      { replicas: 5 },
    ]);
    expect(call('GET', path).body).toMatchObject({ metadata: { generation: 4 }, spec: { replicas: 5 } });
  });

  it('refuses a version that is not current, in the name of the parent', async () => {
    const { call, patch } = await scalable();
    const { resourceVersion = '' } = call('GET', path).body['metadata'] as JsonMap;
    patch(path, { spec: { replicas: 3 } });

    const refused = patch(path, { metadata: { resourceVersion }, spec: { replicas: 4 } });

    expect(refused).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(refused.body['message']).toBe(
      `Operation cannot be fulfilled on ${resource} "a": the object has been modified; please apply your changes to the latest version and try again`,
    );
  });

  it('belongs to who wrote it, as a field of the parent', async () => {
    const { call, apply, patch } = await scalable();

    patch(path, { spec: { replicas: 5 } });
    const owners = (call('GET', path).body['metadata'] as { managedFields: JsonMap[] }).managedFields;
    const refused = apply(path, path.includes('deploy') ? deployment('a', { replicas: 2 }) : groups, 'builder');

    expect(owners.find(({ manager }) => manager === 'scaler')).toEqual({
      manager: 'scaler',
      operation: 'Update',
      apiVersion: version,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      subresource: 'scale',
    });
    expect(refused.body['message']).toBe(
      `Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using ${version}: .spec.replicas`,
    );
  });

  it('changes nothing and nobody when the size is the same', async () => {
    const { call, patch } = await scalable();
    const before = call('GET', path).body;

    const same = patch(path, { spec: { replicas: 2 } });

    expect(same.status).toBe(200);
    expect(call('GET', path).body).toEqual(before);
  });

  it('conflicts with an applier of another size, unless forced', async () => {
    const { call } = await scalable();
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 3 } };
    const apply = (query: string) =>
      call('PATCH', `${path}/scale?fieldManager=scaler${query}`, { body, type: 'application/apply-patch+yaml' });

    const refused = apply('');
    const forced = apply('&force=true');

    expect(refused).toMatchObject({
      status: 409,
      body: { message: 'Apply failed with 1 conflict: conflict with "builder" using autoscaling/v1: .spec.replicas' },
    });
    expect(forced).toMatchObject({ status: 200, body: { spec: { replicas: 3 } } });
  });
});

describe('a size that cannot be', () => {
  it.each([
    {
      path: `${deployments}/a`,
      replicas: -1,
      text: 'Scale.autoscaling "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    },
    {
      path: `${leaderWorkerSets}/a`,
      replicas: -1,
      text: 'LeaderWorkerSet.leaderworkerset.x-k8s.io "a" is invalid: [spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0, .spec.replicas: Invalid value: -1: should be a non-negative integer]',
    },
    {
      path: `${leaderWorkerSets}/a`,
      replicas: 1_000_001,
      text: 'LeaderWorkerSet.leaderworkerset.x-k8s.io "a" is invalid: spec.replicas: Invalid value: 1000001: spec.replicas in body should be less than or equal to 1000000',
    },
  ])('is refused: $replicas at $path', async ({ path, replicas, text }) => {
    const { patch } = await scalable();

    const refused = patch(path, { spec: { replicas } });

    expect(refused).toMatchObject({ status: 422, body: { reason: 'Invalid', message: text } });
  });

  it('is refused when it is no number', async () => {
    const { patch } = await scalable();

    const refused = patch(`${deployments}/a`, { spec: { replicas: 'x' } });

    expect(refused.status).toBe(422);
    expect(refused.body['message']).toContain(
      'json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    );
  });
});

describe('discovery', () => {
  it('lists scales and what can be done to pods', async () => {
    const { call } = await scalable();
    const namesAt = (path: string) => (call('GET', path).body['resources'] as JsonMap[]).map(({ name }) => name);

    expect(namesAt('/apis/apps/v1')).toEqual(expect.arrayContaining(['deployments/scale', 'deployments/status']));
    expect(namesAt('/apis/leaderworkerset.x-k8s.io/v1')).toContain('leaderworkersets/scale');
    expect(namesAt('/api/v1')).toEqual(expect.arrayContaining(['pods/binding', 'pods/eviction', 'pods/proxy']));
  });
});
