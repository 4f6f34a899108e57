/** kubectl 1.27 to 1.33 against the cluster of a local cloud. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { stories } from './commands.ts';
import { essentials } from './essentials.ts';
import { exceptions } from './exceptions.ts';
import { versions } from './kubectl.ts';
import { type RunningCluster, startCluster } from './running-cluster.ts';
import { started, tellAll } from './told.ts';

const title = wireSuite({ wire: 'kubectl', side: 'ours', component: 'the local cloud' });

describe.runIf(isInstalled('kubectl'))(title, () => {
  let cluster: RunningCluster | undefined;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  tellAll({ cluster: () => started(cluster), essentialsWith: versions, isTold: () => true });
});

it.each(exceptions)('$id: some command is asked of the local cloud alone for this reason', ({ id }) => {
  const commands = [...essentials, ...stories.flatMap((story) => story.commands)];

  expect(commands.map(({ local }) => local)).toContain(id);
});

it('kubectl is there; outside CI it may be missing', () => {
  expect(skipReason('kubectl')).toBeUndefined();
});
