/** Keeps as many pods as a ReplicaSet says (pkg/controller/replicaset of kubernetes/kubernetes). */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
} from '../kubernetes/objects.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { EventRecorder } from './events.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { conditionOf, isActive, isReady, nodeNameOf, ownedBy, OwnedObjects, podKind, removePod } from './pods.ts';
import { writeStatus } from './status-writer.ts';
import { podFrom } from './templates.ts';

export const replicaSetKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };

export function runReplicaSets(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new ReplicaSetController(client, clock);
  return () => controller.stop();
}

class ReplicaSetController {
  readonly #client: KubernetesClient;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #sets: Informer;
  readonly #pods: OwnedObjects;

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#events = new EventRecorder(client, clock, 'replicaset-controller');
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#sets = new Informer(client, replicaSetKind, (_type, set) => this.#queue.add(keyOf(set)));
    this.#pods = new OwnedObjects(client, podKind, (pod, owner) => {
      if (owner?.['kind'] === replicaSetKind.kind) this.#queue.add(`${namespaceOf(pod)}/${textAt(owner, 'name')}`);
    });
  }

  stop(): void {
    this.#queue.stop();
    this.#sets.stop();
    this.#pods.stop();
  }

  #reconcile(key: string): void {
    const set = this.#sets.get(key);
    if (set === undefined) return;
    const pods = this.#pods.of(set).filter(isActive);
    if (!isTerminating(set)) this.#resize(set, pods);
    const readyCount = pods.filter(isReady).length;
    const labels = Object.entries(mapAt(set, 'spec', 'template', 'metadata', 'labels'));
    writeStatus(this.#client, replicaSetKind, set, {
      replicas: pods.length,
      fullyLabeledReplicas: labels.length === 0 ? 0 : pods.length,
      readyReplicas: readyCount,
      availableReplicas: readyCount,
      observedGeneration: numberAt(set, 'metadata', 'generation'),
    });
  }

  #resize(set: KubernetesObject, pods: readonly KubernetesObject[]): void {
    const missing = numberAt(set, 'spec', 'replicas') - pods.length;
    const template = mapAt(set, 'spec', 'template');
    const metadata = { generateName: `${nameOf(set)}-`, ownerReferences: [ownedBy(replicaSetKind, set)] };
    for (let count = 0; count < missing; count++) {
      const pod = this.#client.create(podFrom(template, set, { metadata }));
      this.#events.tell(set, { reason: 'SuccessfulCreate', message: `Created pod: ${nameOf(pod)}` });
    }
    if (missing >= 0) return;
    for (const pod of inDeletionOrder(pods).slice(0, -missing)) {
      removePod(this.#client, pod);
      this.#events.tell(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
    }
  }
}

/**
 * Who goes first when a set shrinks (`ActivePodsWithRanks` in pkg/controller/controller_utils.go): unbound, then pending, then unready,
 * then the cheaper to delete, then who shares its node with more siblings, then who has been ready for less long, then who has restarted
 * more often, then the younger.
 */
export function inDeletionOrder(pods: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const perNode = new Map<string, number>();
  for (const pod of pods) perNode.set(nodeNameOf(pod), (perNode.get(nodeNameOf(pod)) ?? 0) + 1);
  const ranks = new Map(pods.map((pod) => [pod, rankOf(pod, perNode.get(nodeNameOf(pod)) ?? 0)]));
  return [...pods].sort((a, b) => compareRanks(ranks.get(a) ?? [], ranks.get(b) ?? []));
}

type Rank = readonly (number | string)[];

/** Smaller goes first. */
function rankOf(pod: KubernetesObject, siblingsOnNode: number): Rank {
  const cost = Number(textAt(pod, 'metadata', 'annotations', 'controller.kubernetes.io/pod-deletion-cost'));
  return [
    nodeNameOf(pod) === '' ? 0 : 1,
    textAt(pod, 'status', 'phase') === 'Pending' ? 0 : 1,
    isReady(pod) ? 1 : 0,
    cost,
    -siblingsOnNode,
    -Date.parse(textAt(conditionOf(pod, 'Ready'), 'lastTransitionTime') || '1970-01-01T00:00:00Z'),
    -Math.max(0, ...mapsAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount'))),
    -Date.parse(textAt(pod, 'metadata', 'creationTimestamp')),
    // Among equals the real one draws by uid; names make it readable.
    nameOf(pod),
  ];
}

function compareRanks(a: Rank, b: Rank): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined || left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}
