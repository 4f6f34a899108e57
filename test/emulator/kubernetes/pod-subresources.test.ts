import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../emulator/kubernetes/objects.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeApi, type TestApi } from './kubernetes-fixtures.ts';

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const merge = 'application/merge-patch+json';

/** No controllers: what the statuses say is what counts. */
const withPod = (spec: JsonMap = { nodeName: 'n1' }) => {
  const test = makeApi();
  const containers = [{ name: 'c', image: 'img:1', ports: [{ containerPort: 8000 }] }];
  test.call('POST', pods, { body: { metadata: { name: 'p', labels: { app: 'a' } }, spec: { containers, ...spec } } });
  return test;
};

function run({ call }: TestApi): void {
  const conditions = [{ type: 'Ready', status: 'True' }];
  call('PATCH', `${pods}/p/status`, {
    body: { status: { phase: 'Running', podIP: '10.4.0.9', conditions } },
    type: merge,
  });
}

function addBudget({ call }: TestApi, name: string, status: JsonMap | undefined): void {
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'a' } } };
  call('POST', budgets, { body: { metadata: { name }, spec } });
  if (status !== undefined) call('PATCH', `${budgets}/${name}/status`, { body: { status }, type: merge });
}

const counted = (disruptionsAllowed: number): JsonMap => ({
  observedGeneration: 1,
  disruptionsAllowed,
  currentHealthy: 1,
  desiredHealthy: 1,
  expectedPods: 1,
});

const evict = ({ call }: TestApi, over: JsonMap = {}) =>
  call('POST', `${pods}/p/eviction`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, ...over },
  });

describe('an eviction', () => {
  it('deletes the pod in its own time and says why', () => {
    const test = withPod();
    run(test);

    const { status, body } = evict(test);

    expect({ status, body }).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success', code: 201 } });
    expect(test.call('GET', `${pods}/p`).body).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 30 },
      status: { conditions: [{ type: 'Ready' }, { type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }] },
    });
  });

  it('spends what a budget allows', () => {
    const test = withPod();
    run(test);
    addBudget(test, 'b', counted(1));

    const evicted = evict(test);

    expect(evicted.status).toBe(201);
    expect(test.call('GET', `${budgets}/b`).body['status']).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: expect.any(String) },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    });
  });

  it.each([
    {
      name: 'that allows nothing',
      status: counted(0),
      cause: 'The disruption budget b needs 1 healthy pods and has 1 currently',
      retryAfter: undefined,
    },
    {
      name: 'that is not counted yet',
      status: undefined,
      cause: 'The disruption budget b is still being processed by the server.',
      retryAfter: '10',
    },
  ])('is refused by a budget $name', ({ status, cause, retryAfter }) => {
    const test = withPod();
    run(test);
    addBudget(test, 'b', status);

    const refused = evict(test);

    expect(refused).toMatchObject({
      status: 429,
      body: { reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget', message: cause }] } },
    });
    expect(refused.headers['retry-after']).toBe(retryAfter);
  });

  it('cannot serve two budgets', () => {
    const test = withPod();
    run(test);
    for (const name of ['b1', 'b2']) addBudget(test, name, counted(1));

    expect(evict(test).status).toBe(500);
  });

  it('takes a pod that does not run yet, whatever the budget', () => {
    const test = withPod({});
    addBudget(test, 'b', counted(0));

    const evicted = evict(test);

    expect(evicted.status).toBe(201);
    expect(test.call('GET', `${pods}/p`).status).toBe(404);
  });

  it.each([
    { over: { metadata: { name: 'q' } }, status: 400 },
    { over: { deleteOptions: { preconditions: { uid: 'another' } } }, status: 409 },
  ])('is of the pod that it names: $over', ({ over, status }) => {
    const test = withPod();
    run(test);

    expect(evict(test, over).status).toBe(status);
    expect(test.call('GET', `${pods}/p`).body['metadata']).not.toHaveProperty('deletionTimestamp');
  });
});

describe('a binding', () => {
  it('is made once', () => {
    const { call } = withPod({});
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };

    const first = call('POST', `${pods}/p/binding`, { body });
    const second = call('POST', `${pods}/p/binding`, { body });

    expect(first.status).toBe(201);
    expect(call('GET', `${pods}/p`).body['spec']).toMatchObject({ nodeName: 'n1' });
    expect(second).toMatchObject({
      status: 409,
      body: {
        message: 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
      },
    });
  });
});

describe('the proxy to a pod', () => {
  const text = 'vllm:num_requests_waiting 3\n';

  it.each(['p:8000', 'http:p:8000', 'p'])('asks whoever listens there: %s', (target) => {
    const test = withPod();
    run(test);
    const asked: string[] = [];
    test.api.podEndpoints.register(8000, (pod, path, cluster) => {
      asked.push(`${cluster} ${nameOf(pod)} ${path}`);
      return { status: 200, contentType: 'text/plain; version=0.0.4', body: text };
    });

    const answer = test.call('GET', `${pods}/${target}/proxy/metrics?x=1`);

    expect(answer).toMatchObject({ status: 200, text, headers: { 'content-type': 'text/plain; version=0.0.4' } });
    expect(asked).toEqual(['demo p /metrics?x=1']);
  });

  it('passes on how it is asked, without the credentials', () => {
    const test = withPod();
    run(test);
    test.api.podEndpoints.register(
      8000,
      (_pod, _path, _cluster, { method, body, headers }) => {
        const text = [method, body, headers['authorization'], headers['x-forwarded-for']].join(' ');
        return { status: 202, contentType: 'text/plain', body: text };
      },
      ['GET', 'POST'],
    );

    const answer = test.call('POST', `${pods}/p:8000/proxy/v1/load`, { body: { a: 1 } });

    expect(answer).toMatchObject({ status: 202, text: 'POST {"a":1}  127.0.0.1' });
  });

  it('refuses a method that the program does not take', () => {
    const test = withPod();
    run(test);
    test.api.podEndpoints.register(8000, () => ({ status: 200, contentType: 'text/plain', body: 'ok' }));

    expect(test.call('POST', `${pods}/p:8000/proxy/metrics`).status).toBe(405);
  });

  it.each([
    { name: 'nobody listens', register: () => {} },
    { name: 'the pod is not theirs', register: ({ api }: TestApi) => api.podEndpoints.register(8000, () => undefined) },
  ])('is refused when $name', ({ register }) => {
    const test = withPod();
    run(test);
    register(test);

    expect(test.call('GET', `${pods}/p:8000/proxy/metrics`)).toMatchObject({
      status: 503,
      body: {
        reason: 'ServiceUnavailable',
        message: 'error trying to reach service: dial tcp 10.4.0.9:8000: connect: connection refused',
      },
    });
  });

  it.each([
    { target: 'p:8000', status: 400, message: 'address not allowed' },
    { target: 'nope:8000', status: 404, message: 'pods "nope" not found' },
    { target: 'p:a:b:c', status: 400, message: 'invalid pod request "p:a:b:c"' },
  ])('says what is wrong with $target', ({ target, status, message }) => {
    const test = withPod();

    expect(test.call('GET', `${pods}/${target}/proxy/metrics`)).toMatchObject({ status, body: { message } });
  });

  it('is no mutation and is not recorded', () => {
    const test = withPod();
    run(test);
    const before = test.world.journal.entries.length;

    test.call('GET', `${pods}/p:8000/proxy/metrics`);

    expect(test.world.journal.entries).toHaveLength(before);
  });
});
