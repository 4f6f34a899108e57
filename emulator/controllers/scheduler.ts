/** Binds pending pods to nodes (pkg/scheduler of kubernetes/kubernetes, without preemption and without affinity between pods). */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isTerminating,
  type KubernetesObject,
  listAt,
  mapAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  uidOf,
} from '../kubernetes/objects.ts';
import type { ChangeType } from '../kubernetes/store.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { EventRecorder } from './events.ts';
import { Informer, WorkQueue } from './informer.ts';
import { conditionOf, isFinished, nodeNameOf, podKind, podRef } from './pods.ts';
import { add, requestsOf, type Resources, resourcesOf } from './quantities.ts';
import { type NodeRoom, type PodDemand, refusals, score, unschedulableText } from './scheduling.ts';

export function runScheduler(client: KubernetesClient, clock: WorldClock): Cancel {
  const scheduler = new Scheduler(client, clock);
  return () => scheduler.stop();
}

/** Sums kept as pods come and go, so that no event costs a look at all pods. */
interface Usage {
  readonly used: Map<string, number>;
  podCount: number;
}

interface Waiting {
  readonly pod: KubernetesObject;
  readonly demand: PodDemand;
  /** Pods that differ in none of what decides where they fit share the answer. */
  readonly equivalence: string;
}

/** One pass over everything that waits, after everything that happens at a moment has been seen. */
class Scheduler {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #nodes: Informer;
  readonly #pods: Informer;
  readonly #usage = new Map<string, Usage>();
  /** Node of every pod that is counted, by uid, with what it is counted for. */
  readonly #placed = new Map<string, { readonly node: string; readonly requests: Resources }>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
    this.#events = new EventRecorder(client, clock, 'default-scheduler');
    this.#queue = new WorkQueue(clock, () => this.#schedule());
    this.#nodes = new Informer(client, { apiVersion: 'v1', kind: 'Node' }, () => this.#wake());
    this.#pods = new Informer(client, podKind, (type, pod) => this.#follow(type, pod));
  }

  stop(): void {
    this.#queue.stop();
    this.#nodes.stop();
    this.#pods.stop();
  }

  #wake(): void {
    if (this.#waiting.size > 0) this.#queue.add('all');
  }

  #follow(type: ChangeType, pod: KubernetesObject): void {
    const uid = uidOf(pod);
    const isGone = type === 'DELETED' || isFinished(pod);
    if (isGone) this.#release(uid);
    else if (nodeNameOf(pod) !== '') this.#place(pod, requestsOf(mapAt(pod, 'spec')));
    if (isGone || isTerminating(pod) || !awaitsScheduler(pod)) {
      this.#waiting.delete(uid);
      return;
    }
    const known = this.#waiting.get(uid);
    // Its own refusal, written a moment ago, is no reason to try again.
    this.#waiting.set(uid, { ...(known ?? demandOf(pod)), pod });
    if (known === undefined) this.#wake();
  }

  /** A terminating pod holds what it has until it is gone. */
  #place(pod: KubernetesObject, requests: Resources): void {
    const uid = uidOf(pod);
    if (this.#placed.has(uid)) return;
    const node = nodeNameOf(pod);
    this.#placed.set(uid, { node, requests });
    const usage = this.#usage.get(node) ?? { used: new Map(), podCount: 0 };
    this.#usage.set(node, usage);
    add(usage.used, requests);
    usage.podCount++;
  }

  #release(uid: string): void {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return;
    this.#placed.delete(uid);
    const usage = this.#usage.get(placed.node);
    if (usage === undefined) return;
    add(usage.used, placed.requests, -1);
    usage.podCount--;
    if (usage.podCount === 0) this.#usage.delete(placed.node);
    this.#wake();
  }

  #schedule(): void {
    const refused = new Map<string, string>();
    for (const waiting of [...this.#waiting.values()].sort(inQueueOrder)) {
      const known = refused.get(waiting.equivalence);
      const text = known ?? this.#tryToBind(waiting);
      if (text === undefined) continue;
      refused.set(waiting.equivalence, text);
      this.#sayUnschedulable(waiting.pod, text);
    }
  }

  /** Binds the pod, or says why not. */
  #tryToBind({ pod, demand }: Waiting): string | undefined {
    const rooms = this.#rooms();
    const perNode = rooms.map((room) => refusals(room, demand));
    const fitting = rooms.filter((_room, at) => perNode[at]?.length === 0);
    // The real scheduler draws among equals; names make it the same in every run.
    const [best] = fitting.sort((a, b) => score(b) - score(a) || (a.name < b.name ? -1 : 1));
    if (best === undefined) return unschedulableText(perNode);
    const target = { apiVersion: 'v1', kind: 'Node', name: best.name };
    const metadata = { name: nameOf(pod), uid: uidOf(pod) };
    this.#client.createSubresource(podRef(pod), 'binding', { apiVersion: 'v1', kind: 'Binding', metadata, target });
    const message = `Successfully assigned ${namespaceOf(pod)}/${nameOf(pod)} to ${best.name}`;
    this.#events.tell(pod, { reason: 'Scheduled', message });
    this.#waiting.delete(uidOf(pod));
    this.#place({ ...pod, spec: { ...mapAt(pod, 'spec'), nodeName: best.name } }, demand.requests);
    return undefined;
  }

  #rooms(): NodeRoom[] {
    return this.#nodes.all().map((node) => {
      const name = nameOf(node);
      const { used = new Map<string, number>(), podCount = 0 } = this.#usage.get(name) ?? {};
      return { name, node, allocatable: allocatableOf(node), used, podCount };
    });
  }

  #sayUnschedulable(pod: KubernetesObject, message: string): void {
    const known = conditionOf(pod, 'PodScheduled');
    if (known?.['message'] === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: known?.['lastTransitionTime'] ?? rfc3339(this.#clock.nowMs()),
      reason: 'Unschedulable',
      message,
    };
    this.#client.patchStatus(podRef(pod), { conditions: [condition] });
    this.#events.tell(pod, { type: 'Warning', reason: 'FailedScheduling', message });
  }
}

const allocatables = new WeakMap<KubernetesObject, Resources>();

/** Read once for each version of a node. */
function allocatableOf(node: KubernetesObject): Resources {
  const known = allocatables.get(node) ?? resourcesOf(mapAt(node, 'status', 'allocatable'));
  allocatables.set(node, known);
  return known;
}

/** Bound by nobody yet, meant for this scheduler and not held back by a gate. */
function awaitsScheduler(pod: KubernetesObject): boolean {
  const isOurs = textAt(pod, 'spec', 'schedulerName') === 'default-scheduler';
  return isOurs && nodeNameOf(pod) === '' && listAt(pod, 'spec', 'schedulingGates').length === 0;
}

function demandOf(pod: KubernetesObject): Omit<Waiting, 'pod'> {
  const spec = mapAt(pod, 'spec');
  const requests = requestsOf(spec);
  const { nodeSelector, affinity, tolerations } = spec;
  const equivalence = JSON.stringify([nodeSelector, affinity, tolerations, [...requests]]);
  return { demand: { spec, requests }, equivalence };
}

/** Higher priority first, then who waits longer; pods of one second by name. */
function inQueueOrder(a: Waiting, b: Waiting): number {
  const key = ({ pod }: Waiting): string => `${textAt(pod, 'metadata', 'creationTimestamp')} ${nameOf(pod)}`;
  const byPriority = numberAt(b.pod, 'spec', 'priority') - numberAt(a.pod, 'spec', 'priority');
  return byPriority || (key(a) < key(b) ? -1 : 1);
}
