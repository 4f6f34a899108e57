/** What a request names that its kind does not have: warned of, refused, or overlooked, as its client asks. */
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

const warning = (...texts: string[]) => texts.map((text) => `299 - ${JSON.stringify(text)}`);

describe('a field that the kind does not have', () => {
  const body = { ...deployment('a', { zeta: 1, alpha: { x: 1 } }), extra: true };
  const found = ['unknown field "spec.zeta"', 'unknown field "spec.alpha"', 'unknown field "extra"'];

  it.each([
    { validation: '', status: 201, warnings: warning(...found) },
    { validation: 'Warn', status: 201, warnings: warning(...found) },
    { validation: 'Ignore', status: 201, warnings: undefined },
  ])('is dropped with $validation', ({ validation, status, warnings }) => {
    const { call } = makeApi();

    const answer = call('POST', `${deployments}?fieldValidation=${validation}`, { body });

    expect(answer.status).toBe(status);
    expect(answer.headers['warning']).toEqual(warnings);
    expect(answer.body).not.toHaveProperty('extra');
    expect(answer.body['spec']).not.toHaveProperty('zeta');
  });

  it('is refused by strict validation', () => {
    const { call } = makeApi();

    const answer = call('POST', `${deployments}?fieldValidation=Strict`, { body });

    const message = `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ${found.join(', ')}`;
    expect(answer).toMatchObject({ status: 400, body: { message } });
  });

  it('is named even when the request is refused for something else', () => {
    const { call } = makeApi();

    const answer = call('POST', configMaps, { body: { ...configMap('a', {}, { namespace: 'team' }), bogus: 1 } });

    expect(answer).toMatchObject({ status: 400, headers: { warning: warning('unknown field "bogus"') } });
  });

  it('of a custom resource is named in order of the alphabet, after what is repeated', async () => {
    const { call } = await makeApiWithWidgets();
    const text = `{"metadata":{"name":"a","foo":1},"zz":1,"spec":{"mode":"Fast","mode":"Slow","extra":1}}`;

    const answer = call('POST', widgets, { text });

    expect(answer.headers['warning']).toEqual(
      warning(
        'duplicate field "spec.mode"',
        'unknown field "metadata.foo"',
        'unknown field "spec.extra"',
        'unknown field "zz"',
      ),
    );
  });

  it.each([
    { type: 'application/merge-patch+json', quoted: '{"apiVersion"' },
    { type: 'application/strategic-merge-patch+json', quoted: 'map[spec:map[replicaz:3]]' },
  ])('is refused by a strict $type, which is quoted', ({ type, quoted }) => {
    const { call } = makeApi();
    call('POST', deployments, { body: deployment('a') });

    const answer = call('PATCH', `${deployments}/a?fieldValidation=Strict`, { body: { spec: { replicaz: 3 } }, type });

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain('strict decoding error: unknown field "spec.replicaz"');
    expect(answer.body['message']).toContain(JSON.stringify(quoted).slice(1, -1));
  });
});

describe('a field that is named twice', () => {
  const json = '{"metadata":{"name":"a","labels":{"l":"1","l":"2"}},"data":{"k":"1","k":"2"}}';
  const yaml = "metadata:\n  name: a\ndata:\n  k: '1'\n  k: '2'\n";

  it.each([
    {
      name: 'JSON',
      options: { text: json },
      warnings: warning('duplicate field "metadata.labels.l"', 'duplicate field "data.k"'),
    },
    {
      name: 'YAML',
      options: { text: yaml, type: 'application/yaml' },
      warnings: warning('line 5: key "k" already set in map'),
    },
  ])('counts as it was named last in $name', ({ options, warnings }) => {
    const { call } = makeApi();

    const answer = call('POST', configMaps, options);

    expect(answer).toMatchObject({ status: 201, body: { data: { k: '2' } }, headers: { warning: warnings } });
  });
});

describe('a value of another type', () => {
  it.each([
    { spec: { replicas: 'two' }, found: 'string into Go struct field DeploymentSpec.spec.replicas of type int32' },
    { spec: { replicas: 1.5 }, found: 'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32' },
    { spec: { paused: 1 }, found: 'number into Go struct field DeploymentSpec.spec.paused of type bool' },
    {
      spec: { template: { spec: { containers: {} } } },
      found: 'object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    },
    {
      spec: { template: { spec: { containers: [{ name: 3 }] } } },
      found: 'number into Go struct field Container.spec.template.spec.containers.name of type string',
    },
  ] satisfies { spec: JsonMap; found: string }[])('is refused: $found', ({ spec, found }) => {
    const { call } = makeApi();

    const answer = call('POST', deployments, { body: deployment('a', spec) });

    const message = `Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal ${found}`;
    expect(answer).toMatchObject({ status: 400, body: { message } });
  });

  it('is refused by an apply in the words of its schema', () => {
    const { call } = makeApi();
    const body = { ...deployment('a', { replicas: 'x' }), bogus: 1 };

    const answer = call('PATCH', `${deployments}/a?fieldManager=m`, { body, type: 'application/apply-patch+yaml' });

    const message =
      'failed to create typed patch object (/a; apps/v1, Kind=Deployment): errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .bogus: field not declared in schema';
    expect(answer).toMatchObject({ status: 500, body: { message } });
  });
});

describe('a custom resource', () => {
  it.each([
    { name: 'with a wrong type and no such option', spec: { mode: 5 }, fields: ['spec.mode', 'spec.mode'] },
    { name: 'without what is required', spec: { size: 0 }, fields: ['spec.size', 'spec.mode'] },
    {
      name: 'with one key twice',
      spec: { mode: 'Fast', parts: [{ name: 'p' }, { name: 'p' }] },
      fields: ['spec.parts[1]'],
    },
  ])('$name is invalid', async ({ spec, fields }) => {
    const { call } = await makeApiWithWidgets();

    const answer = call('POST', widgets, { body: widget('a', spec) });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ details: { causes: fields.map((field) => ({ field })) } });
  });

  it('with a finalizer without a domain is warned of', async () => {
    const { call } = await makeApiWithWidgets();
    const body = widget('a');

    const answer = call('POST', widgets, { body: { ...body, metadata: { name: 'a', finalizers: ['mine'] } } });

    expect(answer.headers['warning']).toEqual([expect.stringContaining('prefer a domain-qualified finalizer name')]);
  });
});

describe('what is fixed at creation', () => {
  it.each([
    { path: '/api/v1/namespaces/default/pods', kind: 'Pod', change: { spec: { priority: 7 } }, field: 'spec' },
    { path: configMaps, kind: 'ConfigMap', change: { data: { k: '2' } }, field: 'data' },
    {
      path: deployments,
      kind: 'Deployment',
      change: { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } },
      field: 'spec.selector',
    },
  ])('of a $kind cannot be changed', ({ path, kind, change, field }) => {
    const { call } = makeApi();
    const bodies: Record<string, JsonMap> = {
      Pod: { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      ConfigMap: { ...configMap('a', { k: '1' }), immutable: true },
      Deployment: deployment('a'),
    };
    expect(call('POST', path, { body: bodies[kind] ?? {} }).status).toBe(201);

    const answer = call('PATCH', `${path}/a`, { body: change, type: 'application/merge-patch+json' });

    expect(answer).toMatchObject({ status: 422, body: { details: { causes: [{ field }] } } });
  });
});

describe('an event', () => {
  it('is one object under both groups', () => {
    const { call } = makeApi();
    const path = (group: string) => `${group}/namespaces/default/events`;
    const body = { metadata: { name: 'e' }, note: 'n', regarding: { name: 'p' }, reportingController: 'x' };

    const created = call('POST', path('/apis/events.k8s.io/v1'), { body });
    const core = call('GET', `${path('/api/v1')}/e`);

    expect(created).toMatchObject({ status: 201, body: { apiVersion: 'events.k8s.io/v1', note: 'n' } });
    expect(core.body).toMatchObject({
      apiVersion: 'v1',
      message: 'n',
      involvedObject: { name: 'p' },
      reportingComponent: 'x',
    });
  });
});
