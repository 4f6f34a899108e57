import { describe, expect, it } from 'vitest';
import { makeApi, makeApiWithWidgets, widget, widgetDefinition, widgets } from './kubernetes-fixtures.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe('custom resource definitions', () => {
  it('serve their kind once they are established', async () => {
    const { call, world } = makeApi();
    call('POST', definitions, { body: widgetDefinition });

    const before = call('GET', widgets);
    await world.pass(2_000);
    const after = call('GET', widgets);

    expect(before).toMatchObject({ status: 404, text: '404 page not found\n' });
    expect(after).toMatchObject({ status: 200, body: { kind: 'WidgetList', items: [] } });
    expect(call('GET', `${definitions}/widgets.example.com`).body['status']).toMatchObject({
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }],
      storedVersions: ['v1'],
    });
  });

  it('take their objects along', async () => {
    const { call, world } = await makeApiWithWidgets();
    call('POST', widgets, { body: widget('a') });

    call('DELETE', `${definitions}/widgets.example.com`);
    const gone = call('GET', `${widgets}/a`);
    call('POST', definitions, { body: widgetDefinition });
    await world.pass(2_000);

    expect(gone.status).toBe(404);
    expect(call('GET', widgets).body['items']).toEqual([]);
  });
});

describe('custom resources', () => {
  it('get the defaults of their schema and lose what it does not know, with a warning', async () => {
    const { call } = await makeApiWithWidgets();

    const created = call('POST', widgets, { body: { ...widget('a'), spec: { mode: 'Fast', colour: 'red' } } });

    expect(created.body['spec']).toEqual({ mode: 'Fast', size: 3 });
    expect(created.headers['warning']).toEqual(['299 - "unknown field \\"spec.colour\\""']);
  });

  it('are refused for unknown fields on request', async () => {
    const { call } = await makeApiWithWidgets();

    const answer = call('POST', `${widgets}?fieldValidation=Strict`, {
      body: widget('a', { mode: 'Fast', colour: 'red' }),
    });

    expect(answer.status).toBe(400);
    expect(answer.body['message']).toMatch(/strict decoding error: unknown field "spec.colour"$/);
  });

  it.each([
    { spec: {}, message: 'spec.mode: Required value' },
    { spec: { mode: 'Odd' }, message: 'spec.mode: Unsupported value: "Odd": supported values: "Fast", "Slow"' },
    {
      spec: { mode: 'Fast', size: 10 },
      message: 'spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9',
    },
    {
      spec: { mode: 'Fast', size: 'big' },
      message: 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    },
  ])('are refused: $message', async ({ spec, message }) => {
    const { call } = await makeApiWithWidgets();

    const answer = call('POST', widgets, { body: widget('a', spec) });

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toBe(`Widget.example.com "a" is invalid: ${message}`);
  });

  it('are replaced only with a version', async () => {
    const { call } = await makeApiWithWidgets();
    call('POST', widgets, { body: widget('a') });

    const answer = call('PUT', `${widgets}/a`, { body: widget('a') });

    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain(
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });
});
