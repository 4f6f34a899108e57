/** What one look at a pool reads of its surroundings. */
import { expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { NODE_POOL_LABEL } from '#shared/domain/kubernetes-facts.ts';
import { observe } from '../../../functions/scale-node-pool/observe.ts';
import type { ScaleNodePoolPorts } from '../../../functions/scale-node-pool/ports.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeObserved, makeSubject } from './make-look.ts';
import { makeGkePool, makePodObject } from './make-objects.ts';

/** One node of the pool, two of another one, with a pod each. */
async function look(nodes: readonly JsonObject[]) {
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
        kind === 'Node' ? [{ metadata: { name: 'n1', labels: { [NODE_POOL_LABEL]: 'h200' } } }, ...nodes] : pods,
    },
  } as unknown as ScaleNodePoolPorts; // what a look reads

  return await observe({ ...makeSubject(), wanted: { spec: makeObserved().wanted } }, ports);
}

const other = (over: JsonObject = {}): JsonObject => ({
  metadata: { name: 'n9', labels: { [NODE_POOL_LABEL]: 'l4' }, ...over },
});

it('pods on nodes of other pools are kept apart from those on its own: they count as replicas, and take none of its GPUs', async () => {
  const observed = await look([other()]);

  expect(observed).toMatchObject({
    kind: 'pool',
    nodes: [{ name: 'n1', pods: [{ name: 'own' }] }],
    podsElsewhere: [{ name: 'far' }],
  });
});

it.each([
  { name: 'by a person is not counted on', mark: undefined, counted: [] },
  { name: 'for a pool whose name comes before ours is not counted on', mark: 'pool/demo/a100', counted: [] },
  {
    name: 'for a pool whose name comes after ours yields to a node that we have chosen',
    mark: 'pool/demo/l4',
    counted: [{ name: 'far', yields: true }],
  },
])('a replica on a node of another pool that is cordoned $name', async ({ mark, counted }) => {
  const annotations = mark === undefined ? {} : { 'inference-fleet/cordoned-for': mark };

  const observed = await look([{ ...other({ annotations }), spec: { unschedulable: true } }]);

  expect(observed).toMatchObject({ podsElsewhere: counted });
});
