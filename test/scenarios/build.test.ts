import { expect, it } from 'vitest';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';

it('one published message builds a cluster that is ready', async () => {
  const fleet = makeFleet();
  fleet.publish(makeClusterDocument());

  const progress = await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);

  expect(progress).toMatchObject({ phase: 'ready', report: { networks: 3, subnetworks: 11, firewalls: 2, routers: 1, clusters: 1, nodePools: 2, gpuNodes: 2, gpus: 16, rdmaNics: 16 } });
});
