/** Rolls Deployments out through ReplicaSets (pkg/controller/deployment of kubernetes/kubernetes; no history beyond the old sets). */
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
import { deploymentStatus } from './deployment-status.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { ownedBy, OwnedObjects, wakeOwner } from './pods.ts';
import { replicaSetKind } from './replica-sets.ts';
import { writeStatus } from './status-writer.ts';
import { contentHash } from './templates.ts';

const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' };
const hashLabel = 'pod-template-hash';
const revisionAnnotation = 'deployment.kubernetes.io/revision';

export function runDeployments(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new DeploymentController(client, clock);
  return () => controller.stop();
}

class DeploymentController {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #queue: WorkQueue;
  readonly #deployments: Informer;
  readonly #sets: OwnedObjects;

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
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
    const replicas = numberAt(deployment, 'spec', 'replicas');
    this.#client.create({
      ...replicaSetKind,
      metadata: {
        name: `${nameOf(deployment)}-${hash}`,
        namespace: namespaceOf(deployment),
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(replicas),
          [revisionAnnotation]: String(sets.length + 1),
        },
        ownerReferences: [ownedBy(deploymentKind, deployment)],
      },
      spec: {
        replicas: sets.length === 0 ? replicas : 0,
        selector: { ...selector, matchLabels: { ...mapAt(selector, 'matchLabels'), ...label } },
        template: { ...template, metadata: { ...mapAt(template, 'metadata'), labels } },
      },
    });
    this.#client.patch(refOf(deployment), {
      metadata: { annotations: { [revisionAnnotation]: String(sets.length + 1) } },
    });
  }

  #resize(deployment: KubernetesObject, current: KubernetesObject, sets: readonly KubernetesObject[]): void {
    const others = sets.filter((set) => set !== current);
    const wanted = numberAt(deployment, 'spec', 'replicas');
    for (const [name, replicas] of sizesOf(deployment, { wanted, current, others })) {
      const ref = { ...replicaSetKind, name, namespace: namespaceOf(deployment) };
      this.#client.patch(ref, { spec: { replicas } });
    }
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
