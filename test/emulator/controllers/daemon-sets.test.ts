import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  bootedMs,
  cpuInstance,
  daemonSets,
  gpuInstance,
  installer,
  makeCluster,
  type TestCluster,
} from './cluster-fixtures.ts';

const status = (cluster: TestCluster) => cluster.daemonSet('installer')['status'] as Record<string, number>;
const images = (cluster: TestCluster) =>
  cluster
    .pods('app=installer')
    .map((pod) => (pod['spec'] as { initContainers: { image: string }[] }).initContainers[0]!.image);
const nodesOf = (pods: readonly JsonMap[]) => pods.map((pod) => (pod['spec'] as { nodeName: string }).nodeName).sort();

async function withGpuNodes(count: number): Promise<TestCluster> {
  const cluster = await makeCluster();
  cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
  for (let index = 1; index <= count; index++) cluster.runtime.instanceStarted('demo', gpuInstance(`gpu-${index}`));
  await cluster.world.pass(bootedMs);
  return cluster;
}

describe('a DaemonSet', () => {
  it('runs one pod on every node that fits and counts them', async () => {
    const cluster = await withGpuNodes(2);

    cluster.apply(`${daemonSets}/installer`, installer());
    await cluster.world.pass(1_000);
    const starting = status(cluster);
    await cluster.world.pass(60_000);

    expect(nodesOf(cluster.pods('app=installer'))).toEqual(['gpu-1', 'gpu-2']);
    expect(starting).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberReady: 0,
      numberUnavailable: 2,
    });
    expect(status(cluster)).toEqual({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberReady: 2,
      numberAvailable: 2,
      numberMisscheduled: 0,
      observedGeneration: 1,
    });
  });

  it('takes its time: the installer between 25 and 55 s', async () => {
    const cluster = await withGpuNodes(1);
    cluster.apply(`${daemonSets}/installer`, installer());

    await cluster.world.pass(25_000);
    const early = status(cluster)['numberReady'];
    await cluster.world.pass(30_000);

    expect([early, status(cluster)['numberReady']]).toEqual([0, 1]);
  });

  it('follows nodes that come and go', async () => {
    const cluster = await withGpuNodes(1);
    cluster.apply(`${daemonSets}/installer`, installer());

    cluster.runtime.instanceStarted('demo', gpuInstance('gpu-9'));
    await cluster.world.pass(bootedMs);
    const grown = status(cluster);
    cluster.runtime.instanceRemoved('demo', 'gpu-1');
    await cluster.world.pass(60_000);

    expect(grown).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 });
    expect(status(cluster)).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
  });

  it('waits for a node to be ready unless it tolerates that it is not', async () => {
    const cluster = await makeCluster();
    cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
    await cluster.world.pass(1_000);
    const labels = { app: 'plain' };
    const containers = [{ name: 'c', image: 'img:1' }];
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
    const plain = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'plain', namespace: 'kube-system' },
      spec,
    };

    cluster.apply(`${daemonSets}/plain`, plain);
    await cluster.world.pass(10_000);
    const early = cluster.pods('app=plain');
    await cluster.world.pass(60_000);

    expect(early).toEqual([]);
    expect(nodesOf(cluster.pods('app=plain'))).toEqual(['cpu-1']);
    expect(nodesOf(cluster.pods('k8s-app=anetd'))).toEqual(['cpu-1']);
  });

  it('rolls a new template out half of the nodes at a time', async () => {
    const cluster = await withGpuNodes(4);
    cluster.apply(`${daemonSets}/installer`, installer());
    await cluster.world.pass(60_000);

    cluster.apply(`${daemonSets}/installer`, installer('installer:2'));
    const worstReady: number[] = [];
    for (let step = 0; step < 40; step++) {
      await cluster.world.pass(5_000);
      worstReady.push(status(cluster)['numberReady'] ?? 0);
    }

    expect(Math.min(...worstReady)).toBe(2);
    expect(images(cluster)).toEqual(Array(4).fill('installer:2'));
    expect(status(cluster)).toMatchObject({ observedGeneration: 2, updatedNumberScheduled: 4, numberReady: 4 });
  });

  it('changes nothing by itself when a template is applied again', async () => {
    const cluster = await withGpuNodes(1);
    cluster.apply(`${daemonSets}/installer`, installer());
    await cluster.world.pass(60_000);
    const before = cluster.daemonSet('installer');
    const pods = cluster.pods('app=installer');

    cluster.apply(`${daemonSets}/installer`, installer());
    await cluster.world.pass(60_000);

    expect(cluster.daemonSet('installer')).toEqual(before);
    expect(cluster.pods('app=installer')).toEqual(pods);
  });

  it('replaces a pod that somebody deletes', async () => {
    const cluster = await withGpuNodes(1);
    cluster.apply(`${daemonSets}/installer`, installer());
    await cluster.world.pass(60_000);
    const [pod] = cluster.pods('app=installer') as [{ metadata: { name: string; uid: string } }];

    cluster.call('DELETE', `/api/v1/namespaces/kube-system/pods/${pod.metadata.name}`);
    await cluster.world.pass(90_000);

    const [successor] = cluster.pods('app=installer') as [{ metadata: { uid: string } }];
    expect(successor.metadata.uid).not.toBe(pod.metadata.uid);
    expect(status(cluster)).toMatchObject({ numberReady: 1 });
  });
});
