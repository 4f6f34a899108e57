/** The machines of a cluster as its nodes: they register, become ready, get their devices, and go. */
import type { Instance } from '../gke/instance.ts';
import type { InstanceLoss } from '../gke/parts.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { mapAt, mapsAt, nameOf, namespaceOf, textAt, uidOf } from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { EventRecorder } from './events.ts';
import { nodeConditions, nodeObject } from './node-object.ts';
import { makeUnready } from './unready-node.ts';

/** From registration to Ready, milliseconds; assumed: half a minute to a minute. */
const readyMs = { from: 30_000, to: 60_000 };
/** From Ready to GPUs on offer: GKE installs the driver first. Assumed: a minute to a minute and a half. */
const driverMs = { from: 60_000, to: 90_000 };

const gpu = 'nvidia.com/gpu';
const networking = 'networking.gke.io/v1';
const notReadyTaint = 'node.kubernetes.io/not-ready';

/** Kept by machine name: a Node that somebody deleted stays deleted. */
export class Nodes {
  readonly #client: KubernetesClient;
  readonly #base: WorldBase;
  readonly #events: EventRecorder;
  /** What is still to happen to a node, by its name. */
  readonly #timers = new Map<string, Cancel[]>();
  #count = 0;

  constructor(client: KubernetesClient, base: WorldBase) {
    this.#client = client;
    this.#base = base;
    this.#events = new EventRecorder(client, base.clock, 'kubelet');
  }

  /** The machine registers now, not ready yet. */
  start(instance: Instance): void {
    const nowMs = this.#base.clock.nowMs();
    const number = ++this.#count;
    this.#client.create(nodeObject({ instance, project: this.#base.project, number, nowMs }));
    this.#client.create(heartbeat(instance.name, nowMs));
    const networkResources = this.#networkResources(instance);
    const untilReadyMs = this.#delayMs(readyMs, instance, 'ready');
    const untilDriverMs = untilReadyMs + this.#delayMs(driverMs, instance, 'driver');
    this.#after(instance.name, untilReadyMs, () => {
      this.#makeReady(instance.name);
      this.#offer(instance.name, networkResources);
    });
    const { accelerator } = instance;
    if (accelerator === undefined || instance.driverVersion === 'INSTALLATION_DISABLED') return;
    this.#after(instance.name, untilDriverMs, () => this.#offer(instance.name, { [gpu]: String(accelerator.count) }));
  }

  /** The machine is gone: its node, and the pods that ran on it (pkg/controller/podgc and cloud node lifecycle). */
  remove(name: string): void {
    this.#forget(name);
    this.#client.delete({ apiVersion: 'v1', kind: 'Node', name });
    this.#client.delete({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name, namespace: 'kube-node-lease' });
    for (const pod of this.#client.list(
      { apiVersion: 'v1', kind: 'Pod' },
      { fieldSelector: `spec.nodeName=${name}` },
    )) {
      const ref = { apiVersion: 'v1', kind: 'Pod', name: nameOf(pod), namespace: namespaceOf(pod) };
      this.#client.delete(ref, { graceSeconds: 0, uid: uidOf(pod) });
    }
  }

  /** The machine goes without being asked; `remove` follows. */
  lose(name: string, loss: InstanceLoss): void {
    this.#forget(name);
    makeUnready(this.#client, this.#base.clock, { name, loss });
  }

  stop(): void {
    for (const cancels of this.#timers.values()) for (const cancel of cancels) cancel();
  }

  #after(name: string, delayMs: number, action: () => void): void {
    const cancel = this.#base.clock.after(delayMs, action);
    this.#timers.set(name, [...(this.#timers.get(name) ?? []), cancel]);
  }

  #forget(name: string): void {
    for (const cancel of this.#timers.get(name) ?? []) cancel();
    this.#timers.delete(name);
  }

  #delayMs(range: { readonly from: number; readonly to: number }, instance: Instance, what: string): number {
    return Math.round(this.#base.random.between(range.from, range.to, 'node', instance.name, what));
  }

  #makeReady(name: string): void {
    const ref = { apiVersion: 'v1', kind: 'Node', name };
    const node = this.#client.get(ref);
    // Somebody deleted the Node of a machine that goes on running; it does not register a second time.
    if (node === undefined) return;
    const since = textAt(node, 'metadata', 'creationTimestamp');
    const conditions = nodeConditions({ isReady: true, now: rfc3339(this.#base.clock.nowMs()), since });
    this.#client.patchStatus(ref, { conditions });
    const message = `Node ${name} status is now: NodeReady`;
    this.#events.tell(node, { reason: 'NodeReady', message, host: name });
    const taints = mapsAt(node, 'spec', 'taints').filter((taint) => taint['key'] !== notReadyTaint);
    this.#client.patch(ref, { spec: { taints: taints.length === 0 ? null : [...taints] } });
  }

  #offer(name: string, resources: JsonMap): void {
    const ref = { apiVersion: 'v1', kind: 'Node', name };
    if (Object.keys(resources).length === 0 || this.#client.get(ref) === undefined) return;
    this.#client.patchStatus(ref, { capacity: resources, allocatable: resources });
  }

  /**
   * `networking.gke.io.networks/<network>.IP` for each Network that stands for one of the machine's additional interfaces. Only
   * those that exist when the machine starts count (NVIDIA/aicr #2338), and current nodes offer only the `.IP` form
   * (llm-d guides/wide-ep-lws, GKE patch).
   */
  #networkResources(instance: Instance): JsonMap {
    const parameters = this.#client.list({ apiVersion: networking, kind: 'GKENetworkParamSet' });
    const networks = this.#client.list({ apiVersion: networking, kind: 'Network' });
    const names = instance.interfaces.slice(1).flatMap(({ network, subnetwork }) => {
      const found = parameters.find((set) => {
        const { vpc, vpcSubnet, deviceMode } = mapAt(set, 'spec');
        return vpc === network && vpcSubnet === subnetwork && deviceMode !== undefined;
      });
      return networks
        .filter(
          (candidate) => found !== undefined && textAt(candidate, 'spec', 'parametersRef', 'name') === nameOf(found),
        )
        .map(nameOf);
    });
    return Object.fromEntries(names.map((name) => [`networking.gke.io.networks/${name}.IP`, '1']));
  }
}

/** The lease by which a node says that it lives. It is not renewed: nothing in this world watches it. */
function heartbeat(name: string, nowMs: number): JsonMap {
  const renewTime = new Date(nowMs).toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
  };
}
