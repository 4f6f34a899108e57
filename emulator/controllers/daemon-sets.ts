import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isEqual,
  isTerminating,
  type KubernetesObject,
  mapAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  uidOf,
} from '../kubernetes/objects.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { daemonPod, daemonPodSpec, maxUnavailable, revisionLabel, revisionOf } from './daemon-pods.ts';
import { EventRecorder } from './events.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { type Placement, placementOn } from './placement.ts';
import { isReady, nodeNameOf, OwnedObjects, podKind, removePod, wakeOwner } from './pods.ts';

const apps = { apiVersion: 'apps/v1', kind: 'DaemonSet' };

/** Runs one pod of each DaemonSet on every node that fits, and counts them in its status (pkg/controller/daemon). */
export function runDaemonSets(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new DaemonSetController(client, clock);
  return () => controller.stop();
}

/** Level-based: each look compares all nodes with all pods of one set, whatever the event was. */
class DaemonSetController {
  readonly #client: KubernetesClient;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #sets: Informer;
  readonly #nodes: Informer;
  readonly #pods: OwnedObjects;
  readonly #placements = new Map<string, Placements>();

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#events = new EventRecorder(client, clock, 'daemonset-controller');
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    this.#sets = new Informer(client, apps, (_type, set) => this.#queue.add(keyOf(set)));
    this.#pods = new OwnedObjects(client, podKind, wakeOwner(this.#queue, apps));
    this.#nodes = new Informer(client, { apiVersion: 'v1', kind: 'Node' }, () => this.#addAll());
  }

  stop(): void {
    this.#queue.stop();
    for (const informer of [this.#sets, this.#nodes, this.#pods]) informer.stop();
  }

  #addAll(): void {
    for (const set of this.#sets.all()) this.#queue.add(keyOf(set));
  }

  #reconcile(key: string): void {
    const set = this.#sets.get(key);
    if (set === undefined || isTerminating(set)) return;
    const survey = this.#survey(set);
    for (const node of survey.missing) {
      const pod = this.#client.create(daemonPod(set, node));
      this.#events.tell(set, { reason: 'SuccessfulCreate', message: `Created pod: ${nameOf(pod)}` });
    }
    for (const pod of [...survey.misplaced, ...outdatedToReplace(set, survey)]) {
      removePod(this.#client, pod);
      this.#events.tell(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
    }
    this.#writeStatus(set, survey);
  }

  /** What is where, compared with what should be where. */
  #survey(set: KubernetesObject): Survey {
    const pods = this.#pods.of(set);
    const podOn = new Map(pods.filter((pod) => !isTerminating(pod)).map((pod) => [nodeNameOf(pod), pod]));
    const placements = this.#nodes.all().map((node) => ({ name: nameOf(node), ...this.#placement(set, node) }));
    const wanted = placements.filter(({ mayStart }) => mayStart).map(({ name }) => name);
    const wantedNames = new Set(wanted);
    const stayable = new Set(placements.filter(({ mayStay }) => mayStay).map(({ name }) => name));
    // A pod that is going still occupies its node: its successor waits for it, as with maxSurge 0.
    const occupied = new Set(pods.map(nodeNameOf));
    return {
      wanted,
      running: wanted.map((name) => podOn.get(name)).filter((pod) => pod !== undefined),
      missing: wanted.filter((name) => !occupied.has(name)),
      misplaced: [...podOn].filter(([name]) => !stayable.has(name)).map(([, pod]) => pod),
      misscheduledCount: [...podOn.keys()].filter((name) => !wantedNames.has(name)).length,
    };
  }

  /** Worked out once for each node and template: a node that comes makes every set look at all nodes. */
  #placement(set: KubernetesObject, node: KubernetesObject): Placement {
    const version = `${uidOf(set)} ${numberAt(set, 'metadata', 'generation')}`;
    const known = this.#placements.get(keyOf(set));
    const current = known?.version === version ? known : { version, spec: daemonPodSpec(set), ofNode: new WeakMap() };
    if (current !== known) this.#placements.set(keyOf(set), current);
    const placement = current.ofNode.get(node) ?? placementOn(node, current.spec);
    current.ofNode.set(node, placement);
    return placement;
  }

  #writeStatus(set: KubernetesObject, survey: Survey): void {
    const revision = revisionOf(set);
    const readyCount = survey.running.filter(isReady).length;
    const status: JsonMap = {
      currentNumberScheduled: survey.running.length,
      desiredNumberScheduled: survey.wanted.length,
      numberMisscheduled: survey.misscheduledCount,
      numberReady: readyCount,
      observedGeneration: numberAt(set, 'metadata', 'generation'),
      // Absent where the real API leaves out a zero.
      ...(survey.running.length > 0 && { updatedNumberScheduled: countUpdated(survey.running, revision) }),
      ...(readyCount > 0 && { numberAvailable: readyCount }),
      ...(survey.wanted.length > readyCount && { numberUnavailable: survey.wanted.length - readyCount }),
    };
    const before = mapAt(set, 'status');
    if (isEqual(before, status)) return;
    // A merge patch keeps what it does not name, so that what is gone must be named.
    const gone = Object.fromEntries(Object.keys(before).map((field) => [field, null]));
    const ref = { ...apps, name: nameOf(set), namespace: namespaceOf(set) };
    this.#client.patchStatus(ref, { ...gone, ...status });
  }
}

/** Where the pods of one generation of a set may run. */
interface Placements {
  readonly version: string;
  readonly spec: JsonMap;
  readonly ofNode: WeakMap<KubernetesObject, Placement>;
}

/** Nodes and pods of one set at one moment. */
interface Survey {
  /** Nodes that should run a pod. */
  readonly wanted: readonly string[];
  /** Pods on those nodes that are not being deleted. */
  readonly running: readonly KubernetesObject[];
  /** Nodes without a pod. */
  readonly missing: readonly string[];
  /** Pods on nodes that they may not stay on, or that are gone. */
  readonly misplaced: readonly KubernetesObject[];
  readonly misscheduledCount: number;
}

function countUpdated(pods: readonly KubernetesObject[], revision: string): number {
  return pods.filter((pod) => textAt(pod, 'metadata', 'labels', revisionLabel) === revision).length;
}

/** Pods of an old template, as many as the rollout may take away now; unready ones first, as they cost nothing. */
function outdatedToReplace(set: KubernetesObject, survey: Survey): readonly KubernetesObject[] {
  if (textAt(set, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') return [];
  const revision = revisionOf(set);
  const outdated = survey.running.filter((pod) => textAt(pod, 'metadata', 'labels', revisionLabel) !== revision);
  const readyCount = survey.running.filter(isReady).length;
  const budget = maxUnavailable(set, survey.wanted.length) - (survey.wanted.length - readyCount);
  const unready = outdated.filter((pod) => !isReady(pod));
  return [...unready, ...outdated.filter(isReady).slice(0, Math.max(0, budget))];
}
