/** What the control plane shows of a machine that goes without being asked, until its node is deleted. */
import type { InstanceLoss } from '../gke/parts.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { type KubernetesObject, mapsAt, nameOf, namespaceOf, textAt } from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { conditionOf } from './pods.ts';

interface Symptom {
  readonly status: 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** Conditions that it is seen in. */
  readonly types: RegExp;
  readonly taint: string;
}

/**
 * A kubelet that shuts down says so itself (kubernetes/kubernetes pkg/kubelet/nodeshutdown); of one that is silent the node controller
 * knows nothing any more (pkg/controller/nodelifecycle/node_lifecycle_controller.go), and taints the node for either.
 */
const symptoms: Readonly<Record<InstanceLoss, Symptom>> = {
  preemption: {
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'node is shutting down',
    types: /^Ready$/,
    taint: 'node.kubernetes.io/not-ready',
  },
  hostError: {
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    types: /./,
    taint: 'node.kubernetes.io/unreachable',
  },
};

/** Nobody starts, readies or stops pods there any more; a node that only boots is not lost. */
export function isLost(node: KubernetesObject | undefined): boolean {
  const ready = conditionOf(node ?? {}, 'Ready');
  return Object.values(symptoms).some(({ message }) => ready?.['message'] === message);
}

/** The node is not ready any more, and no pod on it is (MarkPodsNotReady of the same controller). */
export function makeUnready(
  client: KubernetesClient,
  clock: WorldClock,
  lost: { readonly name: string; readonly loss: InstanceLoss },
): void {
  const ref = { apiVersion: 'v1', kind: 'Node', name: lost.name };
  const node = client.get(ref);
  if (node === undefined) return;
  const now = rfc3339(clock.nowMs());
  const { status, reason, message, types, taint } = symptoms[lost.loss];
  const change = { status, reason, message, lastTransitionTime: now };
  client.patchStatus(ref, { conditions: changed(mapsAt(node, 'status', 'conditions'), types, change) });
  const taints = mapsAt(node, 'spec', 'taints').filter(({ key }) => key !== taint);
  const added = (['NoSchedule', 'NoExecute'] as const).map((effect) => ({ key: taint, effect }));
  client.patch(ref, { spec: { taints: [...taints, ...added] } });
  for (const pod of client.list({ apiVersion: 'v1', kind: 'Pod' }, { fieldSelector: `spec.nodeName=${lost.name}` })) {
    const podRef = { apiVersion: 'v1', kind: 'Pod', name: nameOf(pod), namespace: namespaceOf(pod) };
    const unready = { status: 'False', reason: 'NodeNotReady', lastTransitionTime: now };
    client.patchStatus(podRef, { conditions: changed(mapsAt(pod, 'status', 'conditions'), /^Ready$/, unready) });
  }
}

function changed(conditions: readonly JsonMap[], types: RegExp, change: JsonMap): JsonMap[] {
  return conditions.map((condition) =>
    types.test(textAt(condition, 'type')) ? { ...condition, ...change } : condition,
  );
}
