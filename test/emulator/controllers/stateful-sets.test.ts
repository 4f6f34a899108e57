import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeWorkloads, modelServer, names, readyMs, settledMs, stages } from './workload-fixtures.ts';

const sets = '/apis/apps/v1/namespaces/default/statefulsets';
const template = (image: string): JsonMap => ({
  metadata: { labels: { app: 'db' }, annotations: stages },
  spec: modelServer(2, image),
});

const create = async (over: JsonMap = {}) => {
  const cluster = await makeWorkloads();
  const spec = { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db:1') };
  cluster.call('POST', sets, { body: { metadata: { name: 'db' }, spec: { ...spec, ...over } } });
  return cluster;
};

describe('a StatefulSet', () => {
  it('starts its pods one after another, each when the one before is ready', async () => {
    const cluster = await create();
    const seen: (readonly string[])[] = [];

    for (let pod = 0; pod < 3; pod++) {
      await cluster.world.pass(readyMs - 1_000);
      seen.push(names(cluster.rows('app=db')));
      await cluster.world.pass(1_000);
    }

    expect(seen).toEqual([['db-0'], ['db-0', 'db-1'], ['db-0', 'db-1', 'db-2']]);
  });

  it('starts them all at once when it may', async () => {
    const cluster = await create({ podManagementPolicy: 'Parallel' });

    await cluster.world.pass(1_000);

    expect(names(cluster.rows('app=db'))).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it.each(['OrderedReady', 'Parallel'])('updates %s from the highest, one at a time', async (podManagementPolicy) => {
    const cluster = await create({ podManagementPolicy });
    await cluster.world.pass(settledMs);
    const order: string[] = [];
    let fewestReady = 3;

    cluster.patch(`${sets}/db`, { spec: { template: template('db:2') } });
    for (let second = 0; second < 150; second++) {
      await cluster.world.pass(1_000);
      const rows = cluster.rows('app=db');
      fewestReady = Math.min(fewestReady, rows.filter(({ ready }) => ready).length);
      for (const { name, image } of rows) if (image === 'db:2' && !order.includes(name)) order.push(name);
    }

    expect(order).toEqual(['db-2', 'db-1', 'db-0']);
    expect(fewestReady).toBe(2);
    expect(cluster.object(`${sets}/db`)['status']).toMatchObject({ updatedReplicas: 3, readyReplicas: 3 });
  });

  it('leaves pods below the partition as they were, even when they come again', async () => {
    const cluster = await create({ podManagementPolicy: 'Parallel' });
    await cluster.world.pass(settledMs);
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };

    cluster.patch(`${sets}/db`, { spec: { template: template('db:2'), updateStrategy } });
    await cluster.world.pass(settledMs);
    cluster.call('DELETE', '/api/v1/namespaces/default/pods/db-0');
    await cluster.world.pass(settledMs);

    expect(cluster.rows('app=db').map(({ image }) => image)).toEqual(['db:1', 'db:1', 'db:2']);
  });
});
