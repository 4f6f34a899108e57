/** The same commands against a real control plane: what is expected of the local cloud is what a real cluster says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubernetesVersion } from '../../../emulator/control-plane/programs.ts';
import { isInstalled, skipped } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { versions } from './kubectl.ts';
import { realMissing, startRealCluster } from './real-cluster.ts';
import type { RunningCluster } from './running-cluster.ts';
import { started, tellAll } from './told.ts';

const title = wireSuite({ wire: 'kubectl', side: 'real', component: `kube-apiserver ${kubernetesVersion}` });
const reason = realMissing();

describe.runIf(reason === undefined && isInstalled('kubectl'))(title, () => {
  let cluster: RunningCluster | undefined;

  beforeAll(async () => {
    cluster = await startRealCluster(versions.at(-1)?.path ?? 'kubectl');
  });

  afterAll(() => cluster?.stop());

  // What the versions between them print lies between; a rollout of the real one takes seconds.
  const essentialsWith = [versions[0], versions.at(-1)].filter((one) => one !== undefined);
  tellAll({ cluster: () => started(cluster), essentialsWith, isTold: ({ local }) => local === undefined });
});

it('a real control plane was asked; outside CI it may be missing', (context) => {
  if (reason === undefined) return;
  expect(skipped(reason)).toBeUndefined();
  context.skip(reason);
});
