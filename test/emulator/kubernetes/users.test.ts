import { describe, expect, it } from 'vitest';
import { configMaps, makeApi } from './kubernetes-fixtures.ts';

const pods = '/api/v1/namespaces/default/pods';

describe('who may do what', () => {
  it('refuses an invalid token without a hint', () => {
    const { call } = makeApi();

    expect(call('GET', pods, { token: 'invalid' })).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized', code: 401 },
    });
  });

  it.each([
    {
      name: 'nobody lists',
      token: '',
      method: 'GET',
      target: pods,
      message:
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
    },
    {
      name: 'a viewer gets one',
      token: 'viewer',
      method: 'GET',
      target: `${pods}/x`,
      message:
        'pods "x" is forbidden: User "viewer" cannot get resource "pods" in API group "" in the namespace "default"',
    },
    {
      name: 'a viewer lists nodes',
      token: 'viewer',
      method: 'GET',
      target: '/api/v1/nodes',
      message: 'nodes is forbidden: User "viewer" cannot list resource "nodes" in API group "" at the cluster scope',
    },
    {
      name: 'a viewer deletes all',
      token: 'viewer',
      method: 'DELETE',
      target: configMaps,
      message:
        'configmaps is forbidden: User "viewer" cannot deletecollection resource "configmaps" in API group "" in the namespace "default"',
    },
    {
      name: 'nobody discovers',
      token: '',
      method: 'GET',
      target: '/apis',
      message: 'forbidden: User "system:anonymous" cannot get path "/apis"',
    },
  ])('refuses: $name', ({ token, method, target, message }) => {
    const { call } = makeApi();

    expect(call(method, target, { token })).toMatchObject({ status: 403, body: { reason: 'Forbidden', message } });
  });

  it.each([
    { token: 'admin', allowed: true },
    { token: 'viewer', allowed: false },
  ])('answers $token about itself', ({ token, allowed }) => {
    const { call } = makeApi();
    const body = { spec: { resourceAttributes: { verb: 'patch', resource: 'nodes' } } };

    const answer = call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { token, body });

    expect(answer).toMatchObject({ status: 201, body: { status: { allowed } } });
  });
});
