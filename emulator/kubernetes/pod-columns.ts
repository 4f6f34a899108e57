/** The row of a pod in `kubectl get pods` (`printPod` in pkg/printers/internalversion/printers.go of kubernetes/kubernetes). */
import type { JsonMap } from '../world/json.ts';
import { isTerminating, type KubernetesObject, mapsAt, nameOf, numberAt, textAt, valueAt } from './objects.ts';
import type { Column, TableShape } from './table-shape.ts';

/** Descriptions as recorded; kubectl shows none of them. */
const texts = {
  ready: 'The aggregate readiness state of this pod for accepting traffic.',
  status: 'The aggregate status of the containers in this pod.',
  restarts:
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
  ip: 'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
  node: 'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
  nominated:
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
  gates:
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
};

export function podRow(name: Column, age: Column): TableShape {
  const text = (title: string, description: string, priority = 0): Column => ({
    name: title,
    type: 'string',
    description,
    priority,
  });
  return {
    columns: [
      name,
      text('Ready', texts.ready),
      text('Status', texts.status),
      text('Restarts', texts.restarts),
      age,
      text('IP', texts.ip, 1),
      text('Node', texts.node, 1),
      text('Nominated Node', texts.nominated, 1),
      text('Readiness Gates', texts.gates, 1),
    ],
    cells: podCells,
  };
}

const podCells: TableShape['cells'] = (pod, age) => {
  const isSidecar = sidecarTest(pod);
  const statuses = [
    ...mapsAt(pod, 'status', 'containerStatuses'),
    ...mapsAt(pod, 'status', 'initContainerStatuses').filter(isSidecar),
  ];
  const totalCount =
    mapsAt(pod, 'spec', 'containers').length + mapsAt(pod, 'spec', 'initContainers').filter(isSidecar).length;
  const readyCount = statuses.filter((status) => status['ready'] === true).length;
  return [
    nameOf(pod),
    `${readyCount}/${totalCount}`,
    podStatus(pod),
    String(statuses.reduce((sum, status) => sum + numberAt(status, 'restartCount'), 0)),
    age(textAt(pod, 'metadata', 'creationTimestamp')),
    textAt(pod, 'status', 'podIP') || '<none>',
    textAt(pod, 'spec', 'nodeName') || '<none>',
    textAt(pod, 'status', 'nominatedNodeName') || '<none>',
    '<none>',
  ];
};

/** Whether something named like a container is a sidecar: an init container that runs beside the others. */
function sidecarTest(pod: KubernetesObject): (named: JsonMap) => boolean {
  const sidecars = mapsAt(pod, 'spec', 'initContainers').filter((one) => one['restartPolicy'] === 'Always');
  const names = new Set(sidecars.map((one) => one['name']));
  return ({ name }) => names.has(name);
}

/** Phase, or what keeps the pod from it: a waiting or failed container, unfinished init containers, a deletion. */
function podStatus(pod: KubernetesObject): string {
  if (isTerminating(pod)) return 'Terminating';
  const initContainers = mapsAt(pod, 'status', 'initContainerStatuses');
  const isSidecar = sidecarTest(pod);
  const unfinished = initContainers.findIndex(
    (status) =>
      valueAt(status, 'state', 'terminated', 'exitCode') !== 0 && !(isSidecar(status) && status['started'] === true),
  );
  if (unfinished >= 0) {
    const total = mapsAt(pod, 'spec', 'initContainers').length;
    return `Init:${stuckReason(initContainers[unfinished]) || `${unfinished}/${total}`}`;
  }
  const stuck = mapsAt(pod, 'status', 'containerStatuses')
    .map(stuckReason)
    .find((reason) => reason !== '');
  return stuck ?? (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase'));
}

/** Why a container does not run. */
function stuckReason(status: JsonMap | undefined): string {
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  // Waiting for the containers before it is no trouble of its own.
  if (waiting !== '' && waiting !== 'PodInitializing') return waiting;
  return textAt(status, 'state', 'terminated', 'reason');
}
