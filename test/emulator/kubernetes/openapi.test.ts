import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { KubernetesApi } from '../../../emulator/kubernetes/api.ts';
import { mapAt, valueAt } from '../../../emulator/kubernetes/objects.ts';
import { makeApi, makeApiWithWidgets, makeWorld, type TestApi } from './kubernetes-fixtures.ts';

const schemasOf = ({ call }: TestApi, path: string): JsonMap =>
  mapAt(call('GET', `/openapi/v3/${path}`).body, 'components', 'schemas');

/** The schema behind a field, as `kubectl explain` finds it. */
function follow(schemas: JsonMap, type: string, ...fields: readonly string[]): JsonMap {
  let schema = mapAt(schemas, type);
  for (const field of fields) {
    const found = mapAt(schema, 'properties', field);
    const reference = valueAt(found, 'allOf', '0') ?? mapAt(found, 'items');
    const [first] = Array.isArray(found['allOf']) ? found['allOf'] : [reference];
    const target = String(mapAt({ first }, 'first')['$ref'] ?? '');
    schema = target === '' ? found : mapAt(schemas, target.replace('#/components/schemas/', ''));
  }
  return schema;
}

describe('OpenAPI', () => {
  it('knows the fields of built-in kinds with type and description', () => {
    const schemas = schemasOf(makeApi(), 'apis/apps/v1');

    expect(follow(schemas, 'io.k8s.api.apps.v1.Deployment', 'spec', 'replicas')).toEqual({
      type: 'integer',
      format: 'int32',
      description: expect.stringMatching(/^Number of desired pods\./),
    });
    expect(mapAt(schemas, 'io.k8s.api.apps.v1.Deployment')['x-kubernetes-group-version-kind']).toEqual([
      { group: 'apps', version: 'v1', kind: 'Deployment' },
    ]);
  });

  it.each([
    { fields: ['spec', 'containers', 'resources', 'limits'], expected: { type: 'object' } },
    { fields: ['spec', 'containers', 'env'], expected: { type: 'array' } },
    { fields: ['spec', 'containers'], expected: { required: ['name'] } },
    { fields: ['metadata', 'creationTimestamp'], expected: { type: 'string', format: 'date-time' } },
  ])('follows $fields of a pod', ({ fields, expected }) => {
    const schemas = schemasOf(makeApi(), 'api/v1');
    const [last = '', ...before] = [...fields].reverse();

    const parent = follow(schemas, 'io.k8s.api.core.v1.Pod', ...before.reverse());
    const found = 'required' in expected ? follow(schemas, 'io.k8s.api.core.v1.Pod', ...fields) : undefined;

    expect(found ?? mapAt(parent, 'properties', last)).toMatchObject(expected);
  });

  it('knows what every custom object has', async () => {
    const schemas = schemasOf(await makeApiWithWidgets(), 'apis/example.com/v1');

    expect(follow(schemas, 'com.example.v1.Widget', 'metadata', 'name')['type']).toBe('string');
    expect(follow(schemas, 'com.example.v1.Widget', 'apiVersion')['description']).toMatch(/^APIVersion defines/);
  });

  it('gives a version another address when what it serves changes', async () => {
    const before = makeApi();
    const after = await makeApiWithWidgets();
    const pathsOf = ({ call }: TestApi) => JSON.parse(call('GET', '/openapi/v3').text) as { paths: JsonMap };

    expect(pathsOf(before).paths['apis/example.com/v1']).toBeUndefined();
    expect(pathsOf(after).paths['apis/example.com/v1']).toBeDefined();
    expect(pathsOf(after).paths['apis/apps/v1']).toEqual(pathsOf(before).paths['apis/apps/v1']);
  });

  it.each(['/openapi/v3/apis/apps/v1', '/openapi/v2'])('says the version of its cluster at %s', (path) => {
    const world = makeWorld();
    const { call } = makeApi(world, new KubernetesApi(world, 'demo', '1.33.4-gke.1134000'));

    expect(mapAt(call('GET', path).body, 'info')['version']).toBe('v1.33.4-gke.1134000');
    expect(call('GET', '/version').body['gitVersion']).toBe('v1.33.4-gke.1134000');
  });

  it('is there in version 2, too, where references stand alone', () => {
    const { call } = makeApi();

    const { body } = call('GET', '/openapi/v2');

    expect(mapAt(body, 'definitions', 'io.k8s.api.apps.v1.Deployment', 'properties', 'spec')).toEqual({
      $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentSpec',
    });
    expect(mapAt(body, 'paths')).toHaveProperty(['/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch']);
  });
});
