/** What one look at a pool reads of its surroundings. */
import { expect, it } from 'vitest';
import { observe } from '../../../functions/scale-node-pool/observe.ts';
import type { ScaleNodePoolPorts } from '../../../functions/scale-node-pool/ports.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeObserved, makeSubject } from './make-look.ts';
import { makeGkePool, makePodObject } from './make-objects.ts';

it('pods on nodes of other pools are kept apart from those on its own: they count as replicas, and take none of its GPUs', async () => {
  const cluster = {
    status: 'RUNNING',
    endpoint: '10.0.0.1',
    masterAuth: { clusterCaCertificate: 'YQ==' },
    nodePools: [makeGkePool()],
  };
  const pods = [
    makePodObject('own', { node: 'n1' }),
    makePodObject('far', { node: 'n9' }),
    makePodObject('agent', { node: 'n9', owner: { kind: 'DaemonSet', name: 'agent' } }),
  ];
  const ports = {
    ...makeLoopBench(),
    clusters: { read: async () => cluster, runningOperations: async () => [] },
    sizes: { readGroups: async () => [] },
    objects: {
      list: async (_connection: unknown, { kind }: { kind: string }) =>
        kind === 'Node' ? [{ metadata: { name: 'n1' } }] : pods,
    },
  } as unknown as ScaleNodePoolPorts; // what a look reads

  const observed = await observe({ ...makeSubject(), wanted: { spec: makeObserved().wanted } }, ports);

  expect(observed).toMatchObject({
    kind: 'pool',
    nodes: [{ name: 'n1', pods: [{ name: 'own' }] }],
    podsElsewhere: [{ name: 'far' }],
  });
});
