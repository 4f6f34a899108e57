import { describe, expect, it } from 'vitest';
import {
  bootedMs,
  cpuInstance,
  daemonSets,
  gpuInstance,
  installer,
  makeCluster,
  settledMs,
} from './cluster-fixtures.ts';

const installed = async () => {
  const cluster = await makeCluster();
  cluster.runtime.instanceStarted('demo', gpuInstance('gpu-1'));
  cluster.apply(`${daemonSets}/installer`, installer());
  await cluster.world.pass(bootedMs);
  return cluster;
};

describe('what depends on a deleted object', () => {
  it('goes after it', async () => {
    const cluster = await installed();

    cluster.call('DELETE', `${daemonSets}/installer`);
    const gone = cluster.call('GET', `${daemonSets}/installer`).status;
    await cluster.world.pass(settledMs);

    expect(gone).toBe(404);
    expect(cluster.pods('app=installer')).toEqual([]);
  });

  it('goes before it when it waits', async () => {
    const cluster = await installed();

    cluster.call('DELETE', `${daemonSets}/installer?propagationPolicy=Foreground`);
    const waiting = cluster.daemonSet('installer');
    await cluster.world.pass(settledMs);

    expect(waiting['metadata']).toMatchObject({ finalizers: ['foregroundDeletion'] });
    expect(cluster.pods('app=installer')).toEqual([]);
    expect(cluster.call('GET', `${daemonSets}/installer`).status).toBe(404);
  });

  it('stays and forgets it when it is orphaned', async () => {
    const cluster = await installed();

    cluster.call('DELETE', `${daemonSets}/installer?propagationPolicy=Orphan`);
    await cluster.world.pass(settledMs);

    const [pod] = cluster.pods('app=installer');
    expect(cluster.call('GET', `${daemonSets}/installer`).status).toBe(404);
    expect(pod?.['metadata']).not.toHaveProperty('ownerReferences');
  });

  it('goes with its namespace', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
    cluster.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'work' } } });
    const pod = { metadata: { name: 'p' }, spec: { nodeName: 'cpu-1', containers: [{ name: 'c', image: 'i:1' }] } };
    cluster.call('POST', '/api/v1/namespaces/work/pods', { body: pod });
    cluster.call('POST', '/api/v1/namespaces/work/configmaps', { body: { metadata: { name: 'c' } } });
    await cluster.world.pass(settledMs);

    cluster.call('DELETE', '/api/v1/namespaces/work');
    await cluster.world.pass(settledMs);

    expect(cluster.call('GET', '/api/v1/namespaces/work').status).toBe(404);
    expect(cluster.call('GET', '/api/v1/namespaces/work/configmaps').body['items']).toEqual([]);
  });
});
