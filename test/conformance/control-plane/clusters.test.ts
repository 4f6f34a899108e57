/** The local cloud's controllers, as clients of a real API server beside the real controllers, do what they do in an emulated cluster. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterPrograms, kubernetesVersion, whyNotBuilt } from '../../../emulator/control-plane/programs.ts';
import { skipped } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { type ClusterUnderTest, defineClusterCases } from './cases.ts';
import { startOurs, startReal } from './subjects.ts';

const wire = 'Kubernetes controllers';
const reason = whyNotBuilt(clusterPrograms);

describe.skipIf(reason !== undefined)(
  wireSuite({ wire, side: 'real', component: `Kubernetes ${kubernetesVersion} with the local cloud’s controllers` }),
  () => {
    const home = mkdtempSync(join(tmpdir(), 'clusters-'));
    const failures: Error[] = [];
    let cluster: ClusterUnderTest;

    beforeAll(async () => {
      cluster = await startReal(home, (error) => failures.push(error));
    });

    afterAll(async () => {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    });

    defineClusterCases(() => cluster);

    it('nothing broke on the way', () => {
      expect(failures).toEqual([]);
    });
  },
);

describe(wireSuite({ wire, side: 'ours', component: 'the local cloud' }), () => {
  let cluster: ClusterUnderTest;

  beforeAll(async () => {
    cluster = await startOurs();
  });

  afterAll(() => cluster.stop());

  defineClusterCases(() => cluster);
});

describe('a real control plane', () => {
  it('was tried; outside CI its programs may be missing', (context) => {
    if (reason === undefined) return;
    expect(skipped(reason)).toBeUndefined();
    context.skip(reason);
  });
});
