/**
 * The columns of `kubectl get` (`pkg/printers/internalversion/printers.go` of kubernetes/kubernetes; descriptions shortened
 * except where clients show them). Kinds without a row here get name and creation time, as any kind without a printer does.
 */
import { type KubernetesObject, mapAt, mapsAt, nameOf, numberAt, stringsAt, textAt, valueAt } from './objects.ts';
import { podRow } from './pod-columns.ts';
import { labelText, selectorText } from './selector-text.ts';
import type { Column, TableShape } from './table-shape.ts';

/** ObjectMeta's own words (apimachinery pkg/apis/meta/v1/types_swagger_doc_generated.go). */
const nameText =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
export const creationText =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: nameText, priority: 0 };
const ageColumn: Column = { name: 'Age', type: 'string', description: creationText, priority: 0 };

const column = (name: string, description: string, type = 'string'): Column => ({
  name,
  type,
  description,
  priority: 0,
});
/** Only shown with `-o wide`. */
const wide = (name: string, description: string): Column => ({ name, type: 'string', description, priority: 1 });

const ageOf = (object: KubernetesObject): string => textAt(object, 'metadata', 'creationTimestamp');
const orNone = (text: string): string => (text === '' ? '<none>' : text);

/** The last three columns of every kind with a pod template. */
const containerColumns = (selectorHelp: string): readonly Column[] => [
  wide('Containers', 'Names of each container in the template.'),
  wide('Images', 'Images referenced by each container in the template.'),
  wide('Selector', selectorHelp),
];

function containerCells(object: KubernetesObject): readonly string[] {
  const containers = mapsAt(object, 'spec', 'template', 'spec', 'containers');
  return [
    containers.map((container) => textAt(container, 'name')).join(','),
    containers.map((container) => textAt(container, 'image')).join(','),
    orNone(selectorText(mapAt(object, 'spec', 'selector'))),
  ];
}

const shapes: Readonly<Record<string, TableShape>> = {
  Pod: podRow(nameColumn, ageColumn),
  Node: {
    columns: [
      nameColumn,
      column('Status', 'The status of the node'),
      column('Roles', 'The roles of the node'),
      ageColumn,
      column('Version', 'Kubelet Version reported by the node.'),
      wide('Internal-IP', 'List of addresses reachable to the node.'),
      wide('External-IP', 'List of addresses reachable to the node.'),
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
    columns: [nameColumn, column('Data', 'Data contains the configuration data.'), ageColumn],
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
      column('Desired', 'Number of desired pods.', 'integer'),
      column('Current', 'The number of non-terminating pods of this replica set.', 'integer'),
      column('Ready', 'The number of non-terminating pods with a Ready condition.', 'integer'),
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
      column('Desired', 'The total number of nodes that should be running the daemon pod.', 'integer'),
      column('Current', 'The number of nodes that are running at least 1 daemon pod.', 'integer'),
      column(
        'Ready',
        'Number of nodes that should be running the daemon pod and have it running and ready.',
        'integer',
      ),
      column('Up-to-date', 'The total number of nodes that are running updated daemon pod', 'integer'),
      column('Available', 'The number of nodes that have the daemon pod running and available.', 'integer'),
      column('Node Selector', 'NodeSelector is a selector which must be true for the pod to fit on a node.'),
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
  return shapes[kind] ?? plain;
}
