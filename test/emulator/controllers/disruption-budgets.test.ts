import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { deployments, makeWorkloads, modelDeployment, pods, settledMs } from './workload-fixtures.ts';

const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

const budgeted = async (limits: JsonMap) => {
  const cluster = await makeWorkloads(2);
  cluster.apply(`${deployments}/llama`, modelDeployment('llama', 2));
  const selector = { matchLabels: { app: 'llama' } };
  cluster.call('POST', budgets, { body: { metadata: { name: 'llama' }, spec: { selector, ...limits } } });
  await cluster.world.pass(settledMs);
  const evict = (name: string) =>
    cluster.call('POST', `${pods}/${name}/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
    });
  return { cluster, evict };
};

describe('a disruption budget', () => {
  it.each([
    { limits: { minAvailable: 1 }, counts: { expectedPods: 2, desiredHealthy: 1, disruptionsAllowed: 1 } },
    { limits: { minAvailable: '100%' }, counts: { expectedPods: 2, desiredHealthy: 2, disruptionsAllowed: 0 } },
    { limits: { maxUnavailable: 1 }, counts: { expectedPods: 2, desiredHealthy: 1, disruptionsAllowed: 1 } },
    { limits: { maxUnavailable: '50%' }, counts: { expectedPods: 2, desiredHealthy: 1, disruptionsAllowed: 1 } },
  ])('counts what $limits allows', async ({ limits, counts }) => {
    const { cluster } = await budgeted(limits);

    expect(cluster.object(`${budgets}/llama`)['status']).toMatchObject({ currentHealthy: 2, ...counts });
  });

  it('lets one pod go, and the next when its successor serves', async () => {
    const { cluster, evict } = await budgeted({ minAvailable: 1 });
    const [first, second] = cluster.rows('app=llama');

    const evicted = evict(first!.name);
    const refused = evict(second!.name);
    await cluster.world.pass(settledMs);
    const later = evict(second!.name);

    expect(evicted.status).toBe(201);
    expect(refused).toMatchObject({
      status: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: 'DisruptionBudget' }] },
      },
    });
    expect(later.status).toBe(201);
  });
});
