import { describe, expect, it } from 'vitest';
import { groupLabels } from '../../../emulator/controllers/leader-worker-objects.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import { ServicePods } from '../../../emulator/traffic/service-pods.ts';
import { makeApi } from '../kubernetes/kubernetes-fixtures.ts';
import { bareService } from './traffic-fixtures.ts';

const pods = '/api/v1/namespaces/team/pods';
const roleLabels = { 'llm-d.ai/guide': 'llama-70b', 'llm-d.ai/role': 'aggregated' };
const groupOfTwo = { [groupLabels.groupKey]: 'key' };
const running = (isReady = true) => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
});

interface PodOptions {
  readonly labels?: Record<string, string>;
  readonly size?: string;
  readonly status?: ReturnType<typeof running> | { readonly phase: string };
}

function makePods() {
  const test = makeApi();
  const { clock } = test.world;
  const service = { ...bareService(clock.nowMs()), namespace: 'team' };
  const view = new ServicePods({
    client: new KubernetesClient(test.api, 'traffic'),
    clock,
    service,
    onChange: () => undefined,
  });
  const create = (name: string, { labels = {}, size, status = running() }: PodOptions = {}) => {
    const annotations = size === undefined ? {} : { [groupLabels.size]: size };
    const resources = { requests: { 'nvidia.com/gpu': '4' }, limits: { 'nvidia.com/gpu': '4' } };
    const spec = { nodeName: 'gpu-1', containers: [{ name: 'vllm', image: 'vllm:1', resources }] };
    test.call('POST', pods, { body: { metadata: { name, labels: { ...roleLabels, ...labels }, annotations }, spec } });
    set(name, status);
  };
  const set = (name: string, status: object) =>
    test.call('PATCH', `${pods}/${name}/status`, { body: { status } as never, type: 'application/merge-patch+json' });
  const names = () => view.replicas().map(({ endpoint, accepts }) => `${endpoint} ${accepts ? 'serves' : 'leaves'}`);
  return { ...test, view, create, set, names };
}

describe('the replicas of a service', () => {
  it.each([
    { name: 'a ready pod serves', options: {}, expected: ['a serves'] },
    { name: 'a loading pod is not there', options: { status: running(false) }, expected: [] },
    { name: 'a failed pod is not there', options: { status: { phase: 'Failed' } }, expected: [] },
    { name: 'a pod of another role is not there', options: { labels: { 'llm-d.ai/role': 'decode' } }, expected: [] },
    { name: 'a leader without its worker is not there', options: { labels: groupOfTwo, size: '2' }, expected: [] },
  ])('$name', async ({ options, expected }) => {
    const { world, create, names } = makePods();

    create('a', options);
    await world.pass(0);

    expect(names()).toEqual(expected);
  });

  it('a group is one replica, by its leader', async () => {
    const { world, create, names } = makePods();

    create('a', { labels: { ...groupOfTwo, [groupLabels.workerIndex]: '0' }, size: '2' });
    create('a-1', { labels: { ...groupOfTwo, [groupLabels.workerIndex]: '1' }, size: '2' });
    await world.pass(0);

    expect(names()).toEqual(['a serves']);
  });

  it('a pod that breaks is gone at once; one that is deleted finishes what it has', async () => {
    const { world, create, set, names, call } = makePods();
    for (const name of ['a', 'b']) create(name);
    await world.pass(0);
    const before = names();

    set('a', running(false));
    call('DELETE', `${pods}/b`);
    await world.pass(0);

    expect(before).toEqual(['a serves', 'b serves']);
    expect(names()).toEqual(['b leaves']);
  });

  it('cost GPU hours from their node on, serving or not', async () => {
    const { world, create, view } = makePods();
    create('a', { status: running(false) });
    await world.pass(0);

    await world.pass(1_800_000);

    expect(view.gpuHours).toBeCloseTo(2, 6);
  });
});
