/** What is deployed is the bundle, with its pruned descriptors: it must build what the sources build. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';

const root = new URL('../..', import.meta.url).pathname;

it('the bundles of npm run build build a cluster over the wires', async () => {
  execFileSync(process.execPath, ['infra/build.ts'], { cwd: root, stdio: 'pipe' });
  const cloud = await startCloud({ functionsEntry: `${root}test/support/bundled-server.ts` });
  cloud.publish(makeClusterDocument());

  const details = await cloud.untilPhase('cluster/demo', ['ready', 'failed', 'holding']);

  expect(details).toMatchObject({
    phase: 'ready',
    report: { networks: 3, subnetworks: 11, gpus: 16, rdmaNics: 16, objects: 20 },
  });
  expect(cloud.strayCalls).toEqual([]);
  await cloud.stop();
});
