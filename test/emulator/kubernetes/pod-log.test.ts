import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeApi } from './kubernetes-fixtures.ts';

const pods = '/api/v1/namespaces/default/pods';
const runningAt = '2026-01-01T00:00:00Z';
const readyAt = '2026-01-01T00:00:00Z';

const runningStatus = (name: string): JsonMap => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }],
  containerStatuses: [
    {
      name,
      image: 'img:1',
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: runningAt } },
    },
  ],
});

/** A pod `p` on the node `n1` with as many containers as it names. */
function withPod(names: readonly string[], nodeName?: string) {
  const test = makeApi();
  test.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } });
  const containers = names.map((name) => ({ name, image: 'img:1' }));
  test.call('POST', pods, { body: { metadata: { name: 'p' }, spec: { containers, ...(nodeName && { nodeName }) } } });
  return {
    ...test,
    log: (query = '') => test.call('GET', `${pods}/p/log${query}`),
    writeStatus: (status: JsonMap) =>
      test.call('PATCH', `${pods}/p/status`, { body: { status }, type: 'application/merge-patch+json' }),
  };
}

describe('the log of a pod', () => {
  it('says that nothing writes one, and what the world knows', () => {
    const pod = withPod(['c'], 'n1');
    pod.writeStatus(runningStatus('c'));

    expect(pod.log()).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      text: 'local cloud: container c (img:1) started; it is simulated and writes no log\nlocal cloud: pod p is ready\n',
    });
  });

  it.each([
    { query: '?tailLines=1', text: 'local cloud: pod p is ready\n' },
    { query: '?tailLines=0', text: '' },
    { query: '?limitBytes=11', text: 'local cloud' },
    { query: '?tailLines=1&timestamps=true', text: `${readyAt} local cloud: pod p is ready\n` },
    { query: '?sinceTime=2026-01-01T00:00:01Z', text: '' },
    { query: '?sinceSeconds=60&tailLines=1', text: 'local cloud: pod p is ready\n' },
  ])('is cut as it is asked for: $query', ({ query, text }) => {
    const pod = withPod(['c'], 'n1');
    pod.writeStatus(runningStatus('c'));

    expect(pod.log(query)).toMatchObject({ status: 200, text });
  });

  it('is empty while no node has the pod', () => {
    expect(withPod(['c']).log()).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    { query: '', message: 'a container name must be specified for pod p, choose one of: [a b]' },
    { query: '?container=c', message: 'container c is not valid for pod p' },
    { query: '?container=a', message: 'container "a" in pod "p" is waiting to start: ContainerCreating' },
    { query: '?container=b', message: 'container "b" in pod "p" is not available' },
    { query: '?container=a&previous=true', message: 'previous terminated container "a" in pod "p" not found' },
  ])('is refused with what is wrong: $query', ({ query, message }) => {
    const pod = withPod(['a', 'b'], 'n1');
    const waiting = { waiting: { reason: 'ContainerCreating' } };
    pod.writeStatus({
      containerStatuses: [{ name: 'a', image: 'img:1', imageID: '', ready: false, restartCount: 0, state: waiting }],
    });

    expect(pod.log(query)).toMatchObject({ status: 400, body: { reason: 'BadRequest', message } });
  });

  it('is asked of the node, which must be there', () => {
    expect(withPod(['c'], 'gone').log()).toMatchObject({ status: 404, body: { message: 'pods "gone" not found' } });
  });

  it.each([
    { query: 'tailLines=-1', cause: 'Invalid value: -1: must be greater than or equal to 0' },
    { query: 'limitBytes=0', cause: 'Invalid value: 0: must be greater than 0' },
    {
      query: 'sinceSeconds=5&sinceTime=2020-01-01T00:00:00Z',
      cause: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    },
  ])('takes no bounds that make no sense: $query', ({ query, cause }) => {
    expect(withPod(['c']).log(`?${query}`)).toMatchObject({
      status: 422,
      body: { details: { kind: 'PodLogOptions', causes: [{ message: cause }] } },
    });
  });
});

describe('a stream to a container', () => {
  it.each(['exec', 'attach', 'portforward'])('is refused plainly: %s', (subresource) => {
    const { call } = withPod(['c'], 'n1');

    expect(call('POST', `${pods}/p/${subresource}?command=ls`)).toMatchObject({
      status: 501,
      body: { message: `the local cloud does not serve pods/${subresource}: no program runs behind its containers` },
    });
  });

  it('needs a pod that is somewhere', () => {
    const { call } = withPod(['c']);

    expect(call('POST', `${pods}/p/exec`).body['message']).toBe('pod p does not have a host assigned');
  });
});
