/** Runs StatefulSets, as far as LeaderWorkerSets need them: no volumes (pkg/controller/statefulset of kubernetes/kubernetes). */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isTerminating, type KubernetesObject, mapAt, nameOf, numberAt, textAt, uidOf } from '../kubernetes/objects.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { EventRecorder } from './events.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { isRunningAndReady, OwnedObjects, podKind, removePod, wakeOwner } from './pods.ts';
import { addRevision, dataOf, deleteRevisions, labelOf, revisionKind } from './revisions.ts';
import { planPods, podRevisionLabel, statefulPod, statefulSetKind } from './stateful-pods.ts';
import { writeStatus } from './status-writer.ts';
import { contentHash } from './templates.ts';

/** Changes a pod before it is created, as a mutating webhook does. */
export type PodAdmission = (pod: KubernetesObject) => KubernetesObject;

export function runStatefulSets(client: KubernetesClient, clock: WorldClock, admit: PodAdmission): Cancel {
  const controller = new StatefulSetController(client, clock, admit);
  return () => controller.stop();
}

class StatefulSetController {
  readonly #client: KubernetesClient;
  readonly #admit: PodAdmission;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #sets: Informer;
  readonly #pods: OwnedObjects;
  readonly #revisions: OwnedObjects;

  constructor(client: KubernetesClient, clock: WorldClock, admit: PodAdmission) {
    this.#client = client;
    this.#events = new EventRecorder(client, clock, 'statefulset-controller');
    this.#admit = admit;
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#sets = new Informer(client, statefulSetKind, (_type, set) => this.#queue.add(keyOf(set)));
    this.#pods = new OwnedObjects(client, podKind, wakeOwner(this.#queue, statefulSetKind));
    this.#revisions = new OwnedObjects(client, revisionKind, () => undefined);
  }

  stop(): void {
    this.#queue.stop();
    for (const one of [this.#sets, this.#pods, this.#revisions]) one.stop();
  }

  #reconcile(key: string): void {
    const set = this.#sets.get(key);
    if (set === undefined || isTerminating(set)) return;
    const revisions = this.#revisions.of(set);
    const update = this.#ensureRevision(set, revisions);
    const current = textAt(set, 'status', 'currentRevision') || update;
    const pods = this.#pods.of(set);
    const plan = planPods(set, pods, update);
    for (const ordinal of plan.missing.filter((at) => this.#isFree(set, at)))
      this.#create(set, ordinal, { current, update, revisions });
    for (const pod of plan.remove) {
      removePod(this.#client, pod);
      this.#tell(set, 'delete', nameOf(pod));
    }
    this.#writeStatus(set, pods, { current, update, revisions });
  }

  /** The pod of a predecessor may still hold the name; when it goes, this set is looked at again. */
  #isFree(set: KubernetesObject, ordinal: number): boolean {
    return this.#pods.get(`${keyOf(set)}-${ordinal}`) === undefined;
  }

  #ensureRevision(set: KubernetesObject, known: readonly KubernetesObject[]): string {
    const template = mapAt(set, 'spec', 'template');
    // A worker set comes back under its name before its predecessor's revisions are gone: the uid keeps them apart.
    const name = `${nameOf(set)}-${contentHash([template, uidOf(set)])}`;
    if (!known.some((one) => nameOf(one) === name)) {
      addRevision(this.#client, set, statefulSetKind, { name, labels: {}, data: { template }, known });
    }
    return name;
  }

  /** Below the partition of a rolling update a pod comes back as it was. */
  #create(set: KubernetesObject, ordinal: number, { current, update, revisions }: Revisions): void {
    const start = numberAt(set, 'spec', 'ordinals', 'start');
    const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
    const old = revisions.find((one) => nameOf(one) === current);
    const isOld = ordinal < start + partition && old !== undefined;
    const template = isOld ? mapAt(dataOf(old), 'template') : mapAt(set, 'spec', 'template');
    const revision = isOld ? current : update;
    const pod = this.#client.create(this.#admit(statefulPod(set, { ordinal, template, revision })));
    this.#tell(set, 'create', nameOf(pod));
  }

  #tell(set: KubernetesObject, verb: 'create' | 'delete', pod: string): void {
    const reason = verb === 'create' ? 'SuccessfulCreate' : 'SuccessfulDelete';
    this.#events.tell(set, { reason, message: `${verb} Pod ${pod} in StatefulSet ${nameOf(set)} successful` });
  }

  #writeStatus(
    set: KubernetesObject,
    pods: readonly KubernetesObject[],
    { current, update, revisions }: Revisions,
  ): void {
    const isCounted = (pod: KubernetesObject): boolean => !isTerminating(pod);
    const at = (revision: string): number =>
      pods.filter((pod) => isCounted(pod) && labelOf(pod, podRevisionLabel) === revision).length;
    const readyCount = pods.filter(isRunningAndReady).length;
    const wanted = numberAt(set, 'spec', 'replicas');
    const isComplete = at(update) === pods.length && pods.length === wanted && readyCount === wanted;
    writeStatus(this.#client, statefulSetKind, set, {
      observedGeneration: numberAt(set, 'metadata', 'generation'),
      replicas: pods.length,
      readyReplicas: readyCount,
      availableReplicas: readyCount,
      currentReplicas: at(isComplete ? update : current),
      updatedReplicas: at(update),
      currentRevision: isComplete ? update : current,
      updateRevision: update,
    });
    if (isComplete)
      deleteRevisions(
        this.#client,
        revisions.filter((one) => nameOf(one) !== update),
      );
  }
}

interface Revisions {
  readonly current: string;
  readonly update: string;
  readonly revisions: readonly KubernetesObject[];
}
