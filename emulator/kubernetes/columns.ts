/**
 * The columns of `kubectl get` (`pkg/printers/internalversion/printers.go` of kubernetes/kubernetes; descriptions shortened
 * except where clients show them). Kinds without a row here get name and creation time, as any kind without a printer does.
 */
import {
  ageColumn,
  ageOf,
  column,
  containerCells,
  containerColumns,
  creationText,
  nameColumn,
  orNone,
  wide,
} from './column-parts.ts';
import { type KubernetesObject, mapAt, mapsAt, nameOf, numberAt, stringsAt, textAt, valueAt } from './objects.ts';
import { otherShapes } from './other-columns.ts';
import { podRow } from './pod-columns.ts';
import { labelText } from './selector-text.ts';
import type { TableShape } from './table-shape.ts';
import { fieldText } from './type-documents.ts';

const shapes: Readonly<Record<string, TableShape>> = {
  Pod: podRow(nameColumn, ageColumn),
  Node: {
    columns: [
      nameColumn,
      column('Status', 'The status of the node'),
      column('Roles', 'The roles of the node'),
      ageColumn,
      column('Version', 'Kubelet Version reported by the node.'),
      wide('Internal-IP', fieldText('V1NodeStatus', 'addresses')),
      wide('External-IP', fieldText('V1NodeStatus', 'addresses')),
      wide('OS-Image', 'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).'),
      wide('Kernel-Version', "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64)."),
      wide(
        'Container-Runtime',
        'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
      ),
    ],
    cells: (node, age) => [
      nameOf(node),
      nodeStatus(node),
      nodeRoles(node),
      age(ageOf(node)),
      textAt(node, 'status', 'nodeInfo', 'kubeletVersion'),
      nodeAddress(node, 'InternalIP'),
      nodeAddress(node, 'ExternalIP'),
      textAt(node, 'status', 'nodeInfo', 'osImage') || '<unknown>',
      textAt(node, 'status', 'nodeInfo', 'kernelVersion') || '<unknown>',
      textAt(node, 'status', 'nodeInfo', 'containerRuntimeVersion') || '<unknown>',
    ],
  },
  Namespace: {
    columns: [nameColumn, column('Status', 'The status of the namespace'), ageColumn],
    cells: (object, age) => [nameOf(object), textAt(object, 'status', 'phase'), age(ageOf(object))],
  },
  ConfigMap: {
    columns: [nameColumn, column('Data', fieldText('V1ConfigMap', 'data')), ageColumn],
    cells: (object, age) => {
      const count = Object.keys(mapAt(object, 'data')).length + Object.keys(mapAt(object, 'binaryData')).length;
      return [nameOf(object), count, age(ageOf(object))];
    },
  },
  Deployment: {
    columns: [
      nameColumn,
      column('Ready', 'Number of the pod with ready state'),
      column(
        'Up-to-date',
        'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      ),
      column(
        'Available',
        'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      ),
      ageColumn,
      ...containerColumns(
        'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
      ),
    ],
    cells: (object, age) => [
      nameOf(object),
      `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`,
      numberAt(object, 'status', 'updatedReplicas'),
      numberAt(object, 'status', 'availableReplicas'),
      age(ageOf(object)),
      ...containerCells(object),
    ],
  },
  ReplicaSet: {
    columns: [
      nameColumn,
      column('Desired', fieldText('V1ReplicaSetSpec', 'replicas'), 'integer'),
      column('Current', fieldText('V1ReplicaSetStatus', 'replicas'), 'integer'),
      column('Ready', fieldText('V1ReplicaSetStatus', 'readyReplicas'), 'integer'),
      ageColumn,
      ...containerColumns('Label selector over pods that should match the replica count.'),
    ],
    cells: (object, age) => [
      nameOf(object),
      numberAt(object, 'spec', 'replicas'),
      numberAt(object, 'status', 'replicas'),
      numberAt(object, 'status', 'readyReplicas'),
      age(ageOf(object)),
      ...containerCells(object),
    ],
  },
  StatefulSet: {
    columns: [
      nameColumn,
      column('Ready', 'Number of the pod with ready state'),
      ageColumn,
      ...containerColumns('').slice(0, 2),
    ],
    cells: (object, age) => [
      nameOf(object),
      `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`,
      age(ageOf(object)),
      ...containerCells(object).slice(0, 2),
    ],
  },
  DaemonSet: {
    columns: [
      nameColumn,
      column('Desired', fieldText('V1DaemonSetStatus', 'desiredNumberScheduled'), 'integer'),
      column('Current', fieldText('V1DaemonSetStatus', 'currentNumberScheduled'), 'integer'),
      column('Ready', fieldText('V1DaemonSetStatus', 'numberReady'), 'integer'),
      column('Up-to-date', fieldText('V1DaemonSetStatus', 'updatedNumberScheduled'), 'integer'),
      column('Available', fieldText('V1DaemonSetStatus', 'numberAvailable'), 'integer'),
      column('Node Selector', fieldText('V1PodSpec', 'nodeSelector')),
      ageColumn,
      ...containerColumns('A label query over pods that are managed by the daemon set.'),
    ],
    cells: (object, age) => [
      nameOf(object),
      numberAt(object, 'status', 'desiredNumberScheduled'),
      numberAt(object, 'status', 'currentNumberScheduled'),
      numberAt(object, 'status', 'numberReady'),
      numberAt(object, 'status', 'updatedNumberScheduled'),
      numberAt(object, 'status', 'numberAvailable'),
      orNone(labelText(stringsAt(object, 'spec', 'template', 'spec', 'nodeSelector'))),
      age(ageOf(object)),
      ...containerCells(object),
    ],
  },
};

/** `Ready,SchedulingDisabled`: a cordoned node says both. */
function nodeStatus(node: KubernetesObject): string {
  const ready = mapsAt(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready');
  const states = [ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady'];
  if (valueAt(node, 'spec', 'unschedulable') === true) states.push('SchedulingDisabled');
  return states.join(',');
}

const rolePrefix = 'node-role.kubernetes.io/';

/** From the labels under `node-role.kubernetes.io/`; GKE sets none. */
function nodeRoles(node: KubernetesObject): string {
  const roles = Object.keys(mapAt(node, 'metadata', 'labels')).filter((label) => label.startsWith(rolePrefix));
  return orNone(
    roles
      .map((role) => role.slice(rolePrefix.length))
      .sort()
      .join(','),
  );
}

function nodeAddress(node: KubernetesObject, type: string): string {
  const found = mapsAt(node, 'status', 'addresses').find((address) => address['type'] === type);
  return orNone(textAt(found, 'address'));
}

/** Name and creation time (apiserver pkg/registry/rest/table.go). */
const plain: TableShape = {
  columns: [nameColumn, { name: 'Created At', type: 'date', description: creationText, priority: 0 }],
  cells: (object) => [nameOf(object), ageOf(object)],
};

/** The columns of a built-in kind. */
export function builtInShape(kind: string): TableShape {
  return shapes[kind] ?? otherShapes[kind] ?? plain;
}
