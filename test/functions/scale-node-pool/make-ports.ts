/** What a step is done with: ports over a few values, and the facts of one look. */
import type { ScaleNodePoolPorts } from '../../../functions/scale-node-pool/ports.ts';
import type { ApplyContext } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeGkePool } from './make-objects.ts';

export const connection = { server: 'https://demo' };
export const target = 'pool/demo/h200';
export const node = 'gke-demo-h200-97da88a9-a';
export const context = (attempts = 0): ApplyContext => {
  const memory = {
    [`delete/${node}`]: { title: 't', state: 'intended', attempts, calls: 1, failuresInARow: 0 } as const,
  };
  const subject = {
    target,
    wanted: {},
    sequence: 1,
    buildId: 'b',
    memory,
    controls: { overrides: {} },
    nowMs: 0,
  };
  return { subject, fence: async () => fencedCall(1_000), guard: async () => undefined };
};

interface World {
  readonly node?: JsonObject | undefined;
  readonly pods?: readonly JsonObject[];
  /** Of the cluster; the one that goes is cordoned, and two others are not. */
  readonly nodes?: readonly JsonObject[];
  readonly pool?: JsonObject;
  readonly targetSize?: number;
}

export const cordoned = { metadata: { name: node }, spec: { unschedulable: true } };
export const elsewhere = { metadata: { name: 'elsewhere' } };
const standing: readonly JsonObject[] = [cordoned, elsewhere, { metadata: { name: 'going' } }];

/** The ports over a few values; every call that would change something is kept. */
export function makePorts({ pods = [], nodes = standing, pool = makeGkePool(), targetSize = 2, ...world }: World = {}) {
  const calls: unknown[] = [];
  const act = async (...call: readonly unknown[]) => `operation-${calls.push(call)}`;
  const none = () => Promise.reject(new Error('not asked here'));
  const ports: ScaleNodePoolPorts = {
    ...makeLoopBench(),
    clusters: { read: none, readOperation: none, runningOperations: none },
    pools: { read: async () => pool },
    sizes: {
      setNodesPerZone: (_ref, count) => act('setNodesPerZone', count),
      setAutoscalingBounds: (_ref, bounds) => act('setAutoscalingBounds', bounds),
      readGroups: async (groups) => groups.map((one) => ({ group: one, targetSize })),
      deleteInstances: (_group, { instances, requestId }) => act('deleteInstances', instances, requestId),
      readGroupOperation: none,
    },
    objects: {
      read: async () => ('node' in world ? world.node : cordoned),
      list: async (_connection, { kind }) => (kind === 'Node' ? nodes : pods),
    },
    workloads: {
      setUnschedulable: async (_connection, change) => void (await act('setUnschedulable', change)),
      evict: async (_connection, { name }) => void (await act('evict', name)),
    },
  };
  return { ports, calls };
}
