/** Runs LeaderWorkerSets (kubernetes-sigs/lws; without subgroups, exclusive topology and UniquePerReplica networks). */
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
  uidOf,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { EventRecorder } from './events.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import {
  groupLabels,
  groupService,
  leaderSet,
  leaderWorkerSetKind,
  revisionData,
  workerSet,
} from './leader-worker-objects.ts';
import { type GroupState, nextGroupSizes } from './leader-worker-rollout.ts';
import { type Group, leaderWorkerStatus } from './leader-worker-status.ts';
import { conditionOf, isRunningAndReady, OwnedObjects, podKind, podRef } from './pods.ts';
import { addRevision, dataOf, deleteRevisions, labelOf, nextNumber, revisionKind } from './revisions.ts';
import { ordinalOf, statefulSetKind } from './stateful-pods.ts';
import { writeStatus } from './status-writer.ts';
import { contentHash } from './templates.ts';

export function runLeaderWorkerSets(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new LeaderWorkerSetController(client, clock);
  return () => controller.stop();
}

class LeaderWorkerSetController {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #lws: Informer;
  /** Leader sets by LeaderWorkerSet, worker sets by leader pod. */
  readonly #sets: OwnedObjects;
  /** Leaders by leader set, workers by worker set. */
  readonly #pods: OwnedObjects;
  readonly #revisions: OwnedObjects;
  /** Worker sets, by uid, that have lost a pod. */
  readonly #bereft = new Set<string>();

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
    this.#events = new EventRecorder(client, clock, 'leaderworkerset');
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    const wake = (object: KubernetesObject): void => {
      const set = labelOf(object, groupLabels.set);
      if (set !== '') this.#queue.add(`${namespaceOf(object)}/${set}`);
    };
    this.#lws = new Informer(client, leaderWorkerSetKind, (_type, lws) => this.#queue.add(keyOf(lws)));
    this.#revisions = new OwnedObjects(client, revisionKind, () => undefined);
    this.#sets = new OwnedObjects(client, statefulSetKind, (set, _owner, type) => {
      if (type === 'DELETED') this.#bereft.delete(uidOf(set));
      wake(set);
    });
    this.#pods = new OwnedObjects(client, podKind, (pod, owner, type) => {
      const isWorker = labelOf(pod, groupLabels.workerIndex) !== '0';
      const workers = this.#sets.get(`${namespaceOf(pod)}/${textAt(owner, 'name')}`);
      if (type === 'DELETED' && isWorker && workers !== undefined && uidOf(workers) === owner?.['uid']) {
        this.#bereft.add(uidOf(workers));
      }
      wake(pod);
    });
  }

  stop(): void {
    this.#queue.stop();
    for (const one of [this.#lws, this.#revisions, this.#sets, this.#pods]) one.stop();
  }

  #reconcile(key: string): void {
    const lws = this.#lws.get(key);
    if (lws === undefined || isTerminating(lws)) return;
    const revision = contentHash(revisionData(lws));
    this.#ensureRevision(lws, revision);
    const [set] = this.#sets.of(lws);
    const leaders = set === undefined ? [] : this.#pods.of(set);
    this.#writeLeaderSet(lws, revision, set);
    if (set === undefined) this.#client.apply(groupService(lws));
    for (const leader of leaders.filter((one) => !isTerminating(one))) this.#tendGroup(lws, leader);
    const groups = leaders.map((leader) => this.#groupOf(lws, leader, revision));
    const now = rfc3339(this.#clock.nowMs());
    const status = leaderWorkerStatus(lws, { groups, leaderCount: leaders.length, now });
    writeStatus(this.#client, leaderWorkerSetKind, lws, status);
    this.#tellConditions(lws, mapsAt(status, 'conditions'));
    this.#forgetRevisions(lws, revision, groups);
  }

  /** What has become true. */
  #tellConditions(lws: KubernetesObject, conditions: readonly JsonMap[]): void {
    for (const one of conditions) {
      const isNews = one['status'] === 'True' && conditionOf(lws, textAt(one, 'type'))?.['status'] !== 'True';
      if (isNews) this.#events.tell(lws, { reason: textAt(one, 'reason'), message: textAt(one, 'message') });
    }
  }

  #ensureRevision(lws: KubernetesObject, revision: string): void {
    const known = this.#revisions.of(lws);
    if (known.some((one) => labelOf(one, groupLabels.revision) === revision)) return;
    const name = `${nameOf(lws)}-${revision}-${nextNumber(known)}`;
    const labels = { [groupLabels.set]: nameOf(lws), [groupLabels.revision]: revision };
    addRevision(this.#client, lws, leaderWorkerSetKind, { name, labels, data: revisionData(lws), known });
  }

  /** There is no history: when all groups are updated and ready, the templates before are gone. */
  #forgetRevisions(lws: KubernetesObject, revision: string, groups: readonly Group[]): void {
    const isDone =
      groups.length === numberAt(lws, 'spec', 'replicas') && groups.every((one) => one.ready && one.updated);
    if (!isDone) return;
    const others = this.#revisions.of(lws).filter((one) => labelOf(one, groupLabels.revision) !== revision);
    deleteRevisions(this.#client, others);
  }

  #writeLeaderSet(lws: KubernetesObject, revision: string, set: KubernetesObject | undefined): void {
    const wanted = numberAt(lws, 'spec', 'replicas');
    const { maxSurge, maxUnavailable } = mapAt(lws, 'spec', 'rolloutStrategy', 'rollingUpdateConfiguration');
    const lowestIndex = numberAt(lws, 'spec', 'rolloutStrategy', 'rollingUpdateConfiguration', 'partition');
    const state = set === undefined ? undefined : leaderSetState(set, revision);
    const groups = set === undefined ? [] : this.#states(lws, set, revision);
    const next = nextGroupSizes({ wanted, maxSurge, maxUnavailable, lowestIndex, set: state, groups });
    const isSame =
      state?.isCurrent === true &&
      state.replicas === next.replicas &&
      state.partition === next.partition &&
      state.wantedBefore === wanted;
    if (isSame) return;
    this.#client.apply(leaderSet(lws, revision, next));
    this.#tellLeaderSet(lws, state, next);
  }

  /** Said once of a rollout's step, by the index that it has come down to. */
  #tellLeaderSet(
    lws: KubernetesObject,
    before: LeaderSetState | undefined,
    next: { readonly partition: number },
  ): void {
    if (before === undefined) {
      this.#events.tell(lws, { reason: 'GroupsProgressing', message: `Created leader statefulset ${nameOf(lws)}` });
    } else if (next.partition < before.partition) {
      this.#events.tell(lws, { reason: 'GroupsUpdating', message: `Updating replica ${next.partition}` });
    }
  }

  /** By index. */
  #states(lws: KubernetesObject, set: KubernetesObject, revision: string): readonly GroupState[] {
    const states: GroupState[] = [];
    for (const leader of this.#pods.of(set)) states[ordinalOf(leader)] = this.#groupOf(lws, leader, revision);
    return states;
  }

  #groupOf(lws: KubernetesObject, leader: KubernetesObject, revision: string): Group {
    const isAlone = numberAt(lws, 'spec', 'leaderWorkerTemplate', 'size') === 1;
    const [workers] = this.#sets.of(leader);
    const isWorking = isAlone || (workers !== undefined && areAllReady(workers));
    const isNew = (object: KubernetesObject | undefined): boolean => labelOf(object, groupLabels.revision) === revision;
    return {
      index: ordinalOf(leader),
      ready: isRunningAndReady(leader) && isWorking,
      updated: isNew(leader) && (isAlone || isNew(workers)),
      isCounted: isAlone || workers !== undefined,
    };
  }

  /** Gives a leader its workers, or starts the group again when it has lost one. */
  #tendGroup(lws: KubernetesObject, leader: KubernetesObject): void {
    const [workers] = this.#sets.of(leader);
    if (workers === undefined) {
      this.#createWorkers(lws, leader);
      return;
    }
    if (this.#mustRestart(lws, leader, workers)) {
      this.#client.delete(podRef(leader), { uid: uidOf(leader), isForeground: true });
      const message = `Worker pod failed, deleted leader pod ${nameOf(leader)} to recreate group`;
      this.#events.tell(lws, { reason: 'RecreateGroup', message });
    }
  }

  #createWorkers(lws: KubernetesObject, leader: KubernetesObject): void {
    const waits = textAt(lws, 'spec', 'startupPolicy') === 'LeaderReady' && !isRunningAndReady(leader);
    const revision = labelOf(leader, groupLabels.revision);
    const data = dataOf(this.#revisions.of(lws).find((one) => labelOf(one, groupLabels.revision) === revision));
    const size = numberAt(data, 'leaderWorkerTemplate', 'size');
    // The set of the group before has this name until its leader is collected; its end wakes this one again.
    const isFree = this.#sets.get(keyOf(leader)) === undefined;
    if (waits || size <= 1 || !isFree) return;
    this.#client.create(workerSet(lws, leader, data));
    const message = `Created worker statefulset for leader pod ${nameOf(leader)}`;
    this.#events.tell(lws, { reason: 'GroupsProgressing', message });
  }

  #mustRestart(lws: KubernetesObject, leader: KubernetesObject, workers: KubernetesObject): boolean {
    const policy = textAt(lws, 'spec', 'leaderWorkerTemplate', 'restartPolicy');
    if (policy === 'None' || policy === 'Default') return false;
    const pods = this.#pods.of(workers);
    const isHurt =
      this.#bereft.delete(uidOf(workers)) || pods.some(isTerminating) || [leader, ...pods].some(hasRestarted);
    if (policy === 'RecreateGroupOnPodRestart') return isHurt;
    const living = [leader, ...pods].filter((pod) => !isTerminating(pod));
    return isHurt && living.every((pod) => textAt(pod, 'status', 'phase') === 'Running');
  }
}

interface LeaderSetState {
  readonly replicas: number;
  readonly partition: number;
  readonly wantedBefore: number;
  readonly isCurrent: boolean;
}

function leaderSetState(set: KubernetesObject, revision: string): LeaderSetState {
  return {
    replicas: numberAt(set, 'spec', 'replicas'),
    partition: numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'),
    wantedBefore: Number(textAt(set, 'metadata', 'annotations', groupLabels.replicas)),
    isCurrent: labelOf(set, groupLabels.revision) === revision,
  };
}

const areAllReady = (set: KubernetesObject): boolean =>
  numberAt(set, 'status', 'readyReplicas') === numberAt(set, 'spec', 'replicas');

const hasRestarted = (pod: KubernetesObject): boolean =>
  mapsAt(pod, 'status', 'containerStatuses').some((status) => numberAt(status, 'restartCount') > 0);
