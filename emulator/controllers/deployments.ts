/** Rolls Deployments out through ReplicaSets (pkg/controller/deployment of kubernetes/kubernetes; old sets are the history). */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isEqual,
  isTerminating,
  type KubernetesObject,
  mapAt,
  nameOf,
  namespaceOf,
  numberAt,
  stringsAt,
  textAt,
  valueAt,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { nextSizes, type RolloutState, type SetSize } from './deployment-rollout.ts';
import {
  desiredReplicasAnnotation,
  inheritedAnnotations,
  nextRevision,
  revisionAnnotation,
  revisionOf,
} from './deployment-revisions.ts';
import { deploymentStatus } from './deployment-status.ts';
import { EventRecorder } from './events.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { ownedBy, OwnedObjects, wakeOwner } from './pods.ts';
import { replicaSetKind } from './replica-sets.ts';
import { writeStatus } from './status-writer.ts';
import { contentHash } from './templates.ts';

const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' };
const hashLabel = 'pod-template-hash';

export function runDeployments(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new DeploymentController(client, clock);
  return () => controller.stop();
}

class DeploymentController {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #deployments: Informer;
  readonly #sets: OwnedObjects;

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
    this.#events = new EventRecorder(client, clock, 'deployment-controller');
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#deployments = new Informer(client, deploymentKind, (_type, one) => this.#queue.add(keyOf(one)));
    this.#sets = new OwnedObjects(client, replicaSetKind, wakeOwner(this.#queue, deploymentKind));
  }

  stop(): void {
    this.#queue.stop();
    this.#deployments.stop();
    this.#sets.stop();
  }

  #reconcile(key: string): void {
    const deployment = this.#deployments.get(key);
    if (deployment === undefined || isTerminating(deployment)) return;
    const sets = this.#sets.of(deployment);
    const current = sets.find((set) => isEqual(templateOf(set), mapAt(deployment, 'spec', 'template')));
    if (current === undefined) this.#createSet(deployment, sets);
    else this.#resize(deployment, current, sets);
    const now = rfc3339(this.#clock.nowMs());
    writeStatus(this.#client, deploymentKind, deployment, deploymentStatus(deployment, { sets, current, now }));
  }

  /** Empty at first; its own appearance is the next thing that happens. */
  #createSet(deployment: KubernetesObject, sets: readonly KubernetesObject[]): void {
    const template = mapAt(deployment, 'spec', 'template');
    const hash = contentHash(template);
    const label = { [hashLabel]: hash };
    const labels = { ...stringsAt(template, 'metadata', 'labels'), ...label };
    const selector = mapAt(deployment, 'spec', 'selector');
    const wanted = numberAt(deployment, 'spec', 'replicas');
    const replicas = sets.length === 0 ? wanted : 0;
    const revision = String(nextRevision(sets));
    const created = this.#client.create({
      ...replicaSetKind,
      metadata: {
        name: `${nameOf(deployment)}-${hash}`,
        namespace: namespaceOf(deployment),
        labels,
        annotations: {
          ...inheritedAnnotations(deployment),
          [desiredReplicasAnnotation]: String(wanted),
          [revisionAnnotation]: revision,
        },
        ownerReferences: [ownedBy(deploymentKind, deployment)],
      },
      spec: {
        replicas,
        selector: { ...selector, matchLabels: { ...mapAt(selector, 'matchLabels'), ...label } },
        template: { ...template, metadata: { ...mapAt(template, 'metadata'), labels } },
      },
    });
    if (replicas > 0) this.#tellScaled(deployment, nameOf(created), { from: 0, to: replicas });
    this.#number(deployment, revision);
  }

  #resize(deployment: KubernetesObject, current: KubernetesObject, sets: readonly KubernetesObject[]): void {
    const others = sets.filter((set) => set !== current);
    this.#renumber(deployment, current, others);
    const wanted = numberAt(deployment, 'spec', 'replicas');
    for (const [name, to] of sizesOf(deployment, { wanted, current, others })) {
      const ref = { ...replicaSetKind, name, namespace: namespaceOf(deployment) };
      const from = numberAt(
        sets.find((set) => nameOf(set) === name),
        'spec',
        'replicas',
      );
      this.#client.patch(ref, { spec: { replicas: to } });
      this.#tellScaled(deployment, name, { from, to });
    }
  }

  /** An old set that is rolled back to becomes the newest. */
  #renumber(deployment: KubernetesObject, current: KubernetesObject, others: readonly KubernetesObject[]): void {
    const revision = nextRevision(others);
    if (revisionOf(current) >= revision) return;
    const ref = { ...replicaSetKind, name: nameOf(current), namespace: namespaceOf(current) };
    this.#client.patch(ref, { metadata: { annotations: { [revisionAnnotation]: String(revision) } } });
    this.#number(deployment, String(revision));
  }

  /** By way of the status, as the real controller does: what is wanted has not changed. */
  #number(deployment: KubernetesObject, revision: string): void {
    const annotations = { [revisionAnnotation]: revision };
    this.#client.patchSubresource(refOf(deployment), 'status', { metadata: { annotations } });
  }

  #tellScaled(deployment: KubernetesObject, set: string, { from, to }: { from: number; to: number }): void {
    const direction = to > from ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set} from ${from} to ${to}`;
    this.#events.tell(deployment, { reason: 'ScalingReplicaSet', message });
  }
}

interface Sets {
  readonly wanted: number;
  readonly current: KubernetesObject;
  readonly others: readonly KubernetesObject[];
}

/** A paused Deployment is only scaled; Recreate starts the new pods when the old ones are stopped. */
function sizesOf(deployment: KubernetesObject, { wanted, current, others }: Sets): ReadonlyMap<string, number> {
  const isRecreate = textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate';
  const old = others.filter((set) => numberAt(set, 'spec', 'replicas') > 0);
  const isWaiting = isRecreate && others.some((set) => numberAt(set, 'status', 'replicas') > 0);
  if (old.length === 0) {
    const isRight = isWaiting || numberAt(current, 'spec', 'replicas') === wanted;
    return isRight ? new Map() : new Map([[nameOf(current), wanted]]);
  }
  if (valueAt(deployment, 'spec', 'paused') === true) return new Map();
  if (isRecreate) return new Map(old.map((set) => [nameOf(set), 0]));
  const { maxSurge, maxUnavailable } = mapAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  const state: RolloutState = { wanted, maxSurge, maxUnavailable, current: sizeOf(current), old: old.map(sizeOf) };
  return nextSizes(state);
}

const sizeOf = (set: KubernetesObject): SetSize => ({
  name: nameOf(set),
  replicas: numberAt(set, 'spec', 'replicas'),
  available: numberAt(set, 'status', 'availableReplicas'),
});

/** The Deployment's own template again: without the hash that its ReplicaSet added. */
function templateOf(set: KubernetesObject): ReturnType<typeof mapAt> {
  const template = mapAt(set, 'spec', 'template');
  const { [hashLabel]: _hash, ...labels } = mapAt(template, 'metadata', 'labels');
  return { ...template, metadata: { ...mapAt(template, 'metadata'), labels } };
}

const refOf = (
  deployment: KubernetesObject,
): { apiVersion: string; kind: string; name: string; namespace: string } => ({
  ...deploymentKind,
  name: nameOf(deployment),
  namespace: namespaceOf(deployment),
});
