/** What the kubelets of all nodes do with the pods that are bound to them: start them, and let them go. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  uidOf,
  valueAt,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { nodeNameOf } from './daemon-pods.ts';
import { Informer } from './informer.ts';

/**
 * Pulling an image and starting its containers, and running one init container, milliseconds. Assumed: the RDMA installer, one
 * init container, takes about 40 s with both (llm-d and cluster-toolkit wait for it in minutes).
 */
const startMs = { from: 10_000, to: 15_000 };
const initMs = { from: 20_000, to: 35_000 };
/** How long containers take to end after SIGTERM; assumed. */
const stopMs = { from: 1_000, to: 5_000 };

export function runKubelets(client: KubernetesClient, base: WorldBase): Cancel {
  const kubelets = new Kubelets(client, base);
  return () => kubelets.stop();
}

/** One for all nodes: what a kubelet does depends on the pod, not on the other pods of its node. */
class Kubelets {
  readonly #client: KubernetesClient;
  readonly #base: WorldBase;
  readonly #pods: Informer;
  /** What is going to happen to a pod, by its uid. */
  readonly #timers = new Map<string, { readonly stage: Stage; readonly cancel: Cancel }>();
  #addressCount = 0;

  constructor(client: KubernetesClient, base: WorldBase) {
    this.#client = client;
    this.#base = base;
    this.#pods = new Informer(client, { apiVersion: 'v1', kind: 'Pod' }, (type, pod) => {
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
    if (isTerminating(pod)) this.#schedule(pod, 'stop', this.#stopDelayMs(pod));
    else if (textAt(pod, 'status', 'phase') === 'Pending') this.#schedule(pod, 'start', this.#startDelayMs(pod));
  }

  #schedule(pod: KubernetesObject, stage: Stage, delayMs: number): void {
    const uid = uidOf(pod);
    if (this.#timers.get(uid)?.stage === stage) return;
    this.#forget(uid);
    const cancel = this.#base.clock.after(delayMs, () => {
      this.#timers.delete(uid);
      if (stage === 'start') this.#start(pod);
      else this.#client.delete(refTo(pod), { graceSeconds: 0, uid });
    });
    this.#timers.set(uid, { stage, cancel });
  }

  #forget(uid: string): void {
    this.#timers.get(uid)?.cancel();
    this.#timers.delete(uid);
  }

  /** Keyed by node and owner, not by the pod's random name. */
  #startDelayMs(pod: KubernetesObject): number {
    const [owner] = mapsAt(pod, 'metadata', 'ownerReferences');
    const key = ['pod', nodeNameOf(pod), textAt(owner, 'name') || nameOf(pod)];
    const start = this.#base.random.between(startMs.from, startMs.to, ...key, 'start');
    const inits = mapsAt(pod, 'spec', 'initContainers').map((container) =>
      this.#base.random.between(initMs.from, initMs.to, ...key, textAt(container, 'name')),
    );
    return Math.round(inits.reduce((sum, init) => sum + init, start));
  }

  #stopDelayMs(pod: KubernetesObject): number {
    const graceMs = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') * 1000;
    return Math.min(graceMs, Math.round(this.#base.random.between(stopMs.from, stopMs.to, 'pod', nameOf(pod), 'stop')));
  }

  #start(pod: KubernetesObject): void {
    const now = rfc3339(this.#base.clock.nowMs());
    const onHost = valueAt(pod, 'spec', 'hostNetwork') === true;
    const hostIP = this.#hostAddress(pod);
    const podIP = onHost ? hostIP : this.#newAddress();
    this.#client.patchStatus(refTo(pod), runningStatus(pod, { now, hostIP, podIP }));
  }

  #hostAddress(pod: KubernetesObject): string {
    const node = this.#client.get({ apiVersion: 'v1', kind: 'Node', name: nodeNameOf(pod) });
    const internal = mapsAt(node, 'status', 'addresses').find((address) => address['type'] === 'InternalIP');
    return textAt(internal, 'address');
  }

  /** Assumed: pods are numbered through 10.4.0.0/14, GKE's usual size of a pod range. */
  #newAddress(): string {
    const number = ++this.#addressCount;
    return `10.4.${Math.floor(number / 254) % 256}.${(number % 254) + 1}`;
  }
}

type Stage = 'start' | 'stop';

function refTo(pod: KubernetesObject): { apiVersion: string; kind: string; name: string; namespace: string } {
  return { apiVersion: 'v1', kind: 'Pod', name: nameOf(pod), namespace: namespaceOf(pod) };
}

/** What is known of a pod once it runs. */
interface Started {
  readonly now: string;
  readonly hostIP: string;
  readonly podIP: string;
}

/** A pod whose containers all run and are ready. */
function runningStatus(pod: KubernetesObject, { now, hostIP, podIP }: Started): JsonMap {
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
  }));
  const finished = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
  const status = (container: JsonMap, state: JsonMap): JsonMap => ({
    name: container['name'],
    image: container['image'],
    imageID: '',
    ready: true,
    started: true,
    restartCount: 0,
    state,
  });
  const inits = mapsAt(pod, 'spec', 'initContainers').map((container) => status(container, finished));
  return {
    phase: 'Running',
    conditions,
    startTime: now,
    ...(hostIP !== '' && { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(podIP !== '' && { podIP, podIPs: [{ ip: podIP }] }),
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: mapsAt(pod, 'spec', 'containers').map((container) =>
      status(container, { running: { startedAt: now } }),
    ),
  };
}
