/** What the kubelets of all nodes do with the pods that are bound to them: start them, make them ready, and let them go. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { KubernetesCallError } from '../kubernetes/client-types.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapsAt,
  numberAt,
  textAt,
  uidOf,
  valueAt,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { EventRecorder, type Told } from './events.ts';
import { Informer, keyOf } from './informer.ts';
import { assumedPodFacts, type PodFacts, PodStages } from './pod-facts.ts';
import { creatingStatus, type PodPlace, readyStatus, runningStatus } from './pod-status.ts';
import { isReady, nodeNameOf, podKind, podRef } from './pods.ts';
import { isLost } from './unready-node.ts';

export function runKubelets(client: KubernetesClient, base: WorldBase, facts: Partial<PodFacts> = {}): Cancel {
  const kubelets = new Kubelets(client, base, { ...assumedPodFacts, ...facts });
  return () => kubelets.stop();
}

/** What is to be done next with a pod, by what its status says. */
type Stage = 'start' | 'load' | 'stop';

/** One for all nodes: what a kubelet does depends on the pod and on the images of its node, not on other pods. */
class Kubelets {
  readonly #client: KubernetesClient;
  readonly #base: WorldBase;
  readonly #stages: PodStages;
  readonly #pods: Informer;
  /** What is going to happen to a pod, by its uid. */
  readonly #timers = new Map<string, { readonly stage: Stage; readonly cancel: Cancel }>();
  readonly #events: EventRecorder;
  /** `<node> <image>` of what has been started once. */
  readonly #images = new Set<string>();
  #addressCount = 0;

  constructor(client: KubernetesClient, base: WorldBase, facts: PodFacts) {
    this.#client = client;
    this.#base = base;
    this.#events = new EventRecorder(client, base.clock, 'kubelet');
    this.#stages = new PodStages(base.random, facts);
    this.#pods = new Informer(client, podKind, (type, pod) => {
      if (type === 'DELETED') this.#forget(uidOf(pod));
      else this.#follow(pod);
    });
  }

  stop(): void {
    this.#pods.stop();
    for (const { cancel } of this.#timers.values()) cancel();
  }

  #follow(pod: KubernetesObject): void {
    if (nodeNameOf(pod) === '') return;
    if (isLost(this.#nodeOf(pod))) {
      this.#forget(uidOf(pod));
      return;
    }
    const phase = textAt(pod, 'status', 'phase');
    if (isTerminating(pod)) this.#stop(pod);
    else if (phase === 'Pending') this.#create(pod);
    else if (phase === 'Running' && !isReady(pod)) this.#schedule(pod, 'load', () => this.#stages.loadMs(pod));
  }

  #create(pod: KubernetesObject): void {
    const isNew = this.#timers.get(uidOf(pod)) === undefined;
    this.#schedule(pod, 'start', () => this.#stages.startMs(pod));
    if (!isNew) return;
    this.#write(pod, creatingStatus(pod, this.#placeOf(pod, '')));
    this.#tellOfContainers(pod, (_name, image) =>
      this.#images.has(`${nodeNameOf(pod)} ${image}`)
        ? []
        : [{ reason: 'Pulling', message: `Pulling image ${JSON.stringify(image)}` }],
    );
  }

  #stop(pod: KubernetesObject): void {
    const isNew = this.#timers.get(uidOf(pod))?.stage !== 'stop';
    this.#schedule(pod, 'stop', () => this.#stopDelayMs(pod));
    if (isNew) this.#tellOfContainers(pod, (name) => [{ reason: 'Killing', message: `Stopping container ${name}` }]);
  }

  #schedule(pod: KubernetesObject, stage: Stage, delayMs: () => number): void {
    const uid = uidOf(pod);
    if (this.#timers.get(uid)?.stage === stage) return;
    this.#forget(uid);
    const cancel = this.#base.clock.after(delayMs(), () => {
      this.#timers.delete(uid);
      const current = this.#pods.get(keyOf(pod));
      // A StatefulSet gives a name away again: the successor has stages of its own.
      if (current !== undefined && uidOf(current) === uid) this.#do(stage, current);
    });
    this.#timers.set(uid, { stage, cancel });
  }

  #do(stage: Stage, pod: KubernetesObject): void {
    if (stage === 'start') this.#start(pod);
    else if (stage === 'load') this.#write(pod, readyStatus(pod, this.#now()));
    else this.#client.delete(podRef(pod), { graceSeconds: 0, uid: uidOf(pod) });
  }

  #forget(uid: string): void {
    this.#timers.get(uid)?.cancel();
    this.#timers.delete(uid);
  }

  /** A pod without anything to load is ready as soon as it runs. */
  #start(pod: KubernetesObject): void {
    const onHost = valueAt(pod, 'spec', 'hostNetwork') === true;
    const place = this.#placeOf(pod, onHost ? this.#hostAddress(pod) : this.#newAddress());
    this.#write(pod, runningStatus(pod, place, this.#stages.loadMs(pod) === 0));
    this.#tellOfContainers(pod, (name, image) => [
      { reason: 'Pulled', message: this.#pulled(pod, image) },
      { reason: 'Created', message: `Created container: ${name}` },
      { reason: 'Started', message: `Started container ${name}` },
    ]);
  }

  /** The size, which the real text ends with, is known of no image here. */
  #pulled(pod: KubernetesObject, image: string): string {
    const key = `${nodeNameOf(pod)} ${image}`;
    const quoted = JSON.stringify(image);
    if (this.#images.has(key)) return `Container image ${quoted} already present on machine`;
    this.#images.add(key);
    return `Successfully pulled image ${quoted}`;
  }

  #tellOfContainers(pod: KubernetesObject, tell: (name: string, image: string) => readonly Told[]): void {
    const host = nodeNameOf(pod);
    for (const list of ['initContainers', 'containers']) {
      for (const container of mapsAt(pod, 'spec', list)) {
        const name = textAt(container, 'name');
        const fieldPath = `spec.${list}{${name}}`;
        for (const told of tell(name, textAt(container, 'image'))) this.#events.tell(pod, { ...told, fieldPath, host });
      }
    }
  }

  #write(pod: KubernetesObject, status: JsonMap): void {
    try {
      this.#client.patchStatus(podRef(pod), status);
    } catch (thrown) {
      // On a real API server somebody may have removed it a moment ago; the news of that is under way.
      if (!(thrown instanceof KubernetesCallError && thrown.reason === 'NotFound')) throw thrown;
    }
  }

  #stopDelayMs(pod: KubernetesObject): number {
    const graceMs = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') * 1000;
    return Math.min(graceMs, this.#stages.drainMs(pod));
  }

  #placeOf(pod: KubernetesObject, podIP: string): PodPlace {
    return { now: this.#now(), hostIP: this.#hostAddress(pod), podIP };
  }

  #now(): string {
    return rfc3339(this.#base.clock.nowMs());
  }

  #nodeOf(pod: KubernetesObject): KubernetesObject | undefined {
    return this.#client.get({ apiVersion: 'v1', kind: 'Node', name: nodeNameOf(pod) });
  }

  #hostAddress(pod: KubernetesObject): string {
    const internal = mapsAt(this.#nodeOf(pod), 'status', 'addresses').find(
      (address) => address['type'] === 'InternalIP',
    );
    return textAt(internal, 'address');
  }

  /** Assumed: pods are numbered through 10.4.0.0/14, GKE's usual size of a pod range. */
  #newAddress(): string {
    const number = ++this.#addressCount;
    return `10.${4 + (Math.floor(number / (254 * 256)) % 4)}.${Math.floor(number / 254) % 256}.${(number % 254) + 1}`;
  }
}
