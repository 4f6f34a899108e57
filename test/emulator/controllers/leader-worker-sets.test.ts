import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  drainedMs,
  groupTemplate,
  leaderWorkerSets,
  makeWorkloads,
  modelGroups,
  names,
  pods,
  settledMs,
  type Workloads,
} from './workload-fixtures.ts';

const llama = `${leaderWorkerSets}/llama`;
const selector = 'leaderworkerset.sigs.k8s.io/name=llama';

const serving = async (replicas: number, over: JsonMap = {}, gpuNodes = 2 * replicas) => {
  const cluster = await makeWorkloads(gpuNodes);
  cluster.apply(llama, modelGroups('llama', replicas, over));
  await cluster.world.pass(settledMs);
  return cluster;
};

const conditions = (cluster: Workloads) => {
  const { conditions: found } = cluster.object(llama)['status'] as { conditions: { type: string; status: string }[] };
  return Object.fromEntries(found.map(({ type, status }) => [type, status]));
};

describe('a LeaderWorkerSet', () => {
  it('is made of groups: a leader with its workers', async () => {
    const cluster = await serving(2);

    expect(names(cluster.rows(selector))).toEqual(['llama-0', 'llama-0-1', 'llama-1', 'llama-1-1']);
    expect(cluster.rows(selector).every(({ ready }) => ready)).toBe(true);
    expect(cluster.object(`${pods}/llama-1-1`)).toMatchObject({
      metadata: {
        labels: {
          'leaderworkerset.sigs.k8s.io/group-index': '1',
          'leaderworkerset.sigs.k8s.io/worker-index': '1',
          'leaderworkerset.sigs.k8s.io/group-key': expect.stringMatching(/^[0-9a-f]{40}$/),
        },
        annotations: {
          'leaderworkerset.sigs.k8s.io/size': '2',
          'leaderworkerset.sigs.k8s.io/leader-name': 'llama-1',
        },
      },
      spec: {
        hostname: 'llama-1-1',
        subdomain: 'llama',
        containers: [
          {
            env: [
              { name: 'LWS_LEADER_ADDRESS', value: 'llama-1.llama.default' },
              { name: 'LWS_GROUP_SIZE', value: '2' },
              { name: 'LWS_WORKER_INDEX', value: '1' },
            ],
          },
        ],
      },
    });
    expect(cluster.object('/api/v1/namespaces/default/services/llama')['spec']).toMatchObject({ clusterIP: 'None' });
  });

  it('counts groups, and selects their leaders for whoever scales it', async () => {
    const cluster = await serving(2);

    expect(cluster.object(llama)['status']).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 2,
    });
    expect(conditions(cluster)).toEqual({ Progressing: 'False', Available: 'True' });
    expect(cluster.object(`${llama}/scale`)).toMatchObject({
      spec: { replicas: 2 },
      status: { replicas: 2, selector: `${selector},leaderworkerset.sigs.k8s.io/worker-index=0` },
    });
  });

  it('gives up the highest groups, and their workers one termination later', async () => {
    const cluster = await serving(3);

    cluster.scale(llama, 1);
    await cluster.world.pass(drainedMs - 1_000);
    const first = cluster.rows(selector).map(({ name, status }) => `${name} ${status}`);
    const during = cluster.object(llama)['status'];
    const available = conditions(cluster)['Available'];
    await cluster.world.pass(2_000);
    const second = cluster.rows(selector).map(({ name, status }) => `${name} ${status}`);
    await cluster.world.pass(drainedMs);

    expect(first).toEqual([
      'llama-0 Running',
      'llama-0-1 Running',
      'llama-1 Terminating',
      'llama-1-1 Running',
      'llama-2 Terminating',
      'llama-2-1 Running',
    ]);
    expect(during).toMatchObject({ replicas: 3, readyReplicas: 3 });
    expect(available).toBe('True');
    expect(second).toEqual(['llama-0 Running', 'llama-0-1 Running', 'llama-1-1 Terminating', 'llama-2-1 Terminating']);
    expect(names(cluster.rows(selector))).toEqual(['llama-0', 'llama-0-1']);
    expect(cluster.object(llama)['status']).toMatchObject({ replicas: 1, readyReplicas: 1 });
  });

  it('says at once that it is growing', async () => {
    const cluster = await serving(1, {}, 4);

    cluster.scale(llama, 2);
    await cluster.world.pass(1_000);
    const growing = conditions(cluster);
    await cluster.world.pass(settledMs);

    expect(growing).toEqual({ Progressing: 'True', Available: 'False' });
    expect(conditions(cluster)).toEqual({ Progressing: 'False', Available: 'True' });
    expect(cluster.rows(selector)).toHaveLength(4);
  });

  it('goes to zero and stays available', async () => {
    const cluster = await serving(1);

    cluster.scale(llama, 0);
    await cluster.world.pass(settledMs);

    expect(cluster.rows(selector)).toEqual([]);
    expect(conditions(cluster)['Available']).toBe('True');
    expect(cluster.object(llama)['status']).not.toHaveProperty('replicas');
  });

  it('rolls a new template out group by group from the highest', async () => {
    const cluster = await serving(3);
    const order: string[] = [];
    let lowestReady = 3;

    cluster.patch(llama, { spec: { leaderWorkerTemplate: groupTemplate(2, 'vllm:2') } });
    await cluster.world.pass(1_000);
    const updating = conditions(cluster);
    for (let step = 0; step < 300; step++) {
      await cluster.world.pass(1_000);
      const { readyReplicas = 0 } = cluster.object(llama)['status'] as { readyReplicas?: number };
      lowestReady = Math.min(lowestReady, readyReplicas);
      for (const { name, image } of cluster.rows(selector)) {
        if (image === 'vllm:2' && !order.includes(name)) order.push(name);
      }
    }

    expect(updating).toEqual({ Progressing: 'True', Available: 'False', UpdateInProgress: 'True' });
    expect(order).toEqual(['llama-2', 'llama-2-1', 'llama-1', 'llama-1-1', 'llama-0', 'llama-0-1']);
    expect(lowestReady).toBe(2);
    expect(conditions(cluster)).toEqual({ Progressing: 'False', Available: 'True', UpdateInProgress: 'False' });
    expect(cluster.object(llama)['status']).toMatchObject({ updatedReplicas: 3, readyReplicas: 3 });
  });

  it('starts a group again that has lost a worker', async () => {
    const cluster = await serving(1);
    const before = cluster.object(`${pods}/llama-0`)['metadata'] as { uid: string };

    cluster.call('DELETE', `${pods}/llama-0-1`);
    await cluster.world.pass(2 * settledMs);

    const after = cluster.object(`${pods}/llama-0`)['metadata'] as { uid: string };
    expect(after.uid).not.toBe(before.uid);
    expect(cluster.rows(selector)).toMatchObject([
      { name: 'llama-0', ready: true },
      { name: 'llama-0-1', ready: true },
    ]);
  });

  it('starts a group again that has lost the node of a worker', async () => {
    const cluster = await serving(1, {}, 3);
    const [, worker] = cluster.rows(selector);
    const uidOf = () => (cluster.object(`${pods}/llama-0`)['metadata'] as { uid: string }).uid;
    const before = uidOf();

    cluster.runtime.instanceRemoved('demo', worker!.node);
    await cluster.world.pass(2 * settledMs);

    expect(uidOf()).not.toBe(before);
    expect(cluster.rows(selector)).toMatchObject([
      { name: 'llama-0', ready: true },
      { name: 'llama-0-1', ready: true },
    ]);
  });

  it('takes everything along', async () => {
    const cluster = await serving(1);

    cluster.call('DELETE', llama);
    await cluster.world.pass(2 * settledMs);

    expect(cluster.rows(selector)).toEqual([]);
    expect(cluster.call('GET', '/api/v1/namespaces/default/services/llama').status).toBe(404);
    expect(cluster.object('/apis/apps/v1/namespaces/default/statefulsets')['items']).toEqual([]);
    expect(cluster.object('/apis/apps/v1/namespaces/default/controllerrevisions')['items']).toEqual([]);
  });

  it('shows what kubectl shows', async () => {
    const cluster = await serving(1);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';

    const { body } = cluster.call('GET', leaderWorkerSets, { accept });

    expect((body['rows'] as { cells: unknown[] }[])[0]?.cells.slice(0, 4)).toEqual(['llama', 1, 1, 1]);
  });
});
