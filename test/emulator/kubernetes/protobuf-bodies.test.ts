/** Bodies as kubectl 1.33 sends them (`-v=9` prints them). */
import { describe, expect, it } from 'vitest';
import { readProtobuf } from '../../../emulator/kubernetes/protobuf-bodies.ts';
import { makeApi } from './kubernetes-fixtures.ts';

const configMapBody = Buffer.from(
  '6b3873000a0f0a02763112' +
    '09436f6e6669674d617012230a120a0263321200' +
    '1a0022002a0032003800420012060a0161' +
    '12016212050a016512001a002200',
  'hex',
);
const accessReviewBody = Buffer.from(
  '6b3873000a320a17617574686f72697a' +
    '6174696f6e2e6b38732e696f2f763112' +
    '1753656c665375626a65637441636365' +
    '7373526576696577123f0a100a001200' +
    '1a0022002a003200380042001221' +
    '0a1f0a0764656661756c7412066372656174' +
    '651a0022002a04706f647332003a001a' +
    '0808001200' +
    '1a0020001a002200',
  'hex',
);

describe('a body in protobuf', () => {
  it('is the object that JSON would be', () => {
    expect(readProtobuf(configMapBody)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c2', generation: 0, creationTimestamp: null },
      data: { a: 'b', e: '' },
    });
  });

  it('is read below its own message', () => {
    expect(readProtobuf(accessReviewBody)).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: 'default', verb: 'create', resource: 'pods' } },
    });
  });

  it.each([
    { name: 'no envelope', body: Buffer.from('{}') },
    { name: 'a kind whose fields are not known', body: Buffer.from('6b3873000a090a0276311203506f641200', 'hex') },
  ])('is not read with $name', ({ body }) => {
    expect(readProtobuf(body)).toBeUndefined();
  });

  it('of any other kind is refused with what to do instead', () => {
    const { call } = makeApi();
    const type = 'application/vnd.kubernetes.protobuf';

    expect(call('POST', '/apis/apps/v1/namespaces/default/deployments', { type, text: 'k8s\u0000' })).toMatchObject({
      status: 501,
      body: {
        reason: 'NotImplemented',
        message:
          'the local cloud does not serve deployments.apps in protobuf, only in JSON and YAML: use kubectl create -f FILE',
      },
    });
  });

  it('creates what it says', () => {
    const { call } = makeApi();
    const path = '/api/v1/namespaces/default/configmaps';
    const text = configMapBody.toString('latin1');

    const created = call('POST', path, { text, type: 'application/vnd.kubernetes.protobuf' });

    expect(created).toMatchObject({ status: 201, body: { data: { a: 'b', e: '' } } });
    expect(call('GET', `${path}/c2`).body['data']).toEqual({ a: 'b', e: '' });
  });
});

describe('what a user may do', () => {
  const reviews = '/apis/authorization.k8s.io/v1';
  const rules = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: 'default' },
  };

  it.each([
    { token: 'admin', verbs: ['*'] },
    { token: 'viewer', verbs: ['create'] },
  ])('is listed for $token', ({ token, verbs }) => {
    const { call } = makeApi();

    const { body } = call('POST', `${reviews}/selfsubjectrulesreviews`, { body: rules, token });

    expect(body['status']).toMatchObject({
      incomplete: false,
      resourceRules: expect.arrayContaining([expect.objectContaining({ verbs })]),
    });
  });
});
