/** A pool of nodes with eight GPUs each, seen for long enough that nodes may go; changed where a test says so. */
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import type { DemandFacts, NodeFacts, PodOnNode, PoolInput } from '#shared/domain/node-pool/types.ts';

export const NOW_MS = 100 * 60_000;
export const MINUTE_MS = 60_000;
const NAMESPACE = 'serving';

export function makePod(gpus = 8, over: Partial<PodOnNode> = {}): PodOnNode {
  const uid = over.uid ?? over.name ?? `pod-${gpus}`;
  const workload = `deployment/${uid}`;
  return { namespace: NAMESPACE, name: uid, uid, gpus, createdAtMs: 0, isReady: true, workload, group: uid, ...over };
}

export function makeNode(name: string, pods: readonly PodOnNode[] = [], over: Partial<NodeFacts> = {}): NodeFacts {
  // Ids are unique across nodes, whatever the test calls its pods.
  const own = pods.map((pod, index) => {
    const uid = `${name}/${pod.uid}/${index}`;
    return { ...pod, uid, group: pod.group === pod.uid ? uid : pod.group };
  });
  return { name, isReady: true, gpus: 8, isCordoned: false, pods: own, ...over };
}

/** `pods` of so many GPUs each, asked for since an hour ago. */
export function makeDemand(pods: number, gpusPerPod = 8, over: Partial<DemandFacts> = {}): DemandFacts {
  const items = [{ what: 'decode', pods, gpusPerPod }];
  return {
    from: 'model/demo/serving/llama',
    namespace: NAMESPACE,
    items,
    decidedAtMs: NOW_MS - 60 * MINUTE_MS,
    ...over,
  };
}

/** The size is that of the nodes unless `zones` says otherwise. */
export function makeInput(over: Partial<PoolInput> = {}): PoolInput {
  const { nodes = [] } = over;
  return {
    nowMs: NOW_MS,
    size: { min: 0, max: 10 },
    zones: [{ zone: 'us-central1-b', targetSize: nodes.length }],
    isAutoRepaired: false,
    gpusPerNode: 8,
    nodes,
    podsElsewhere: [],
    pendingPods: [],
    demands: [],
    demandsElsewhere: [],
    unreadableDemands: 0,
    leaving: new Set(),
    unconfirmed: 0,
    memory: longSeen(0),
    ...over,
  };
}

/** The need of the last ten minutes, as far as it is remembered. */
export function longSeen(nodes: number): PoolInput['memory'] {
  const need = { sinceMs: 0, lookedAtMs: NOW_MS - 15_000, peaks: [{ atMs: NOW_MS - 15_000, nodes }] };
  return { unfitSinceMs: {}, chosen: [], need };
}

/** The names of the nodes that go. */
export function goingNodes(input: PoolInput): readonly string[] {
  return decidePool(input)
    .chosen.filter(({ isReturning }) => !isReturning)
    .map(({ name }) => name);
}
