/**
 * The columns of kinds that are no workloads (`pkg/printers/internalversion/printers.go` of kubernetes/kubernetes); descriptions are
 * those of the fields that they show.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import {
  ageColumn,
  ageOf,
  column,
  containerCells,
  containerColumns,
  nameColumn,
  orNone,
  wide,
} from './column-parts.ts';
import { mapAt, mapsAt, nameOf, numberAt, stringsAt, textAt, textsAt, valueAt } from './objects.ts';
import { eventRow } from './event-columns.ts';
import { labelText, selectorText } from './selector-text.ts';
import type { Column, TableShape } from './table-shape.ts';
import { fieldText } from './type-documents.ts';

/** Headed as printers.go heads it, described as the field. */
const of = (name: string, type: string, field: string): Column => column(name, fieldText(type, field));

const service: TableShape = {
  columns: [
    nameColumn,
    of('Type', 'V1ServiceSpec', 'type'),
    of('Cluster-IP', 'V1ServiceSpec', 'clusterIP'),
    of('External-IP', 'V1ServiceSpec', 'externalIPs'),
    of('Port(s)', 'V1ServiceSpec', 'ports'),
    ageColumn,
    wide('Selector', fieldText('V1ServiceSpec', 'selector')),
  ],
  cells: (object, age) => [
    nameOf(object),
    textAt(object, 'spec', 'type'),
    orNone(textAt(object, 'spec', 'clusterIP')),
    externalAddress(object),
    orNone(mapsAt(object, 'spec', 'ports').map(portText).join(',')),
    age(ageOf(object)),
    orNone(labelText(stringsAt(object, 'spec', 'selector'))),
  ],
};

/** Whence others reach it: what a load balancer has not been given yet is `<pending>` (getServiceExternalIP). */
function externalAddress(object: JsonMap): string {
  const type = textAt(object, 'spec', 'type');
  if (type === 'ExternalName') return textAt(object, 'spec', 'externalName');
  const own = textsAt(object, 'spec', 'externalIPs');
  if (type !== 'LoadBalancer') return orNone(own.join(','));
  const given = mapsAt(object, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  return [...given, ...own].join(',') || '<pending>';
}

/** A node port is shown behind the port of which it is the outside (makePortString). */
function portText(port: JsonMap): string {
  const nodePort = numberAt(port, 'nodePort');
  const numbers = nodePort === 0 ? String(numberAt(port, 'port')) : `${numberAt(port, 'port')}:${nodePort}`;
  return `${numbers}/${textAt(port, 'protocol')}`;
}

const secret: TableShape = {
  columns: [nameColumn, of('Type', 'V1Secret', 'type'), of('Data', 'V1Secret', 'data'), ageColumn],
  cells: (object, age) => [
    nameOf(object),
    textAt(object, 'type'),
    Object.keys(mapAt(object, 'data')).length,
    age(ageOf(object)),
  ],
};

/** Secrets are not shown any more: tokens are not kept in them. */
const serviceAccount: TableShape = {
  columns: [nameColumn, ageColumn],
  cells: (object, age) => [nameOf(object), age(ageOf(object))],
};

const lease: TableShape = {
  columns: [nameColumn, of('Holder', 'V1LeaseSpec', 'holderIdentity'), ageColumn],
  cells: (object, age) => [nameOf(object), textAt(object, 'spec', 'holderIdentity'), age(ageOf(object))],
};

const priorityClass: TableShape = {
  columns: [
    nameColumn,
    column('Value', fieldText('V1PriorityClass', 'value'), 'integer'),
    column('Global-Default', fieldText('V1PriorityClass', 'globalDefault'), 'boolean'),
    ageColumn,
    of('PreemptionPolicy', 'V1PriorityClass', 'preemptionPolicy'),
  ],
  cells: (object, age) => [
    nameOf(object),
    numberAt(object, 'value'),
    object['globalDefault'] === true,
    age(ageOf(object)),
    textAt(object, 'preemptionPolicy'),
  ],
};

/** Who creates a claim without naming a class gets the class with this mark (kubernetes/kubernetes pkg/apis/storage/util/helpers.go). */
const defaultClass = 'storageclass.kubernetes.io/is-default-class';

const storageClass: TableShape = {
  columns: [
    nameColumn,
    of('Provisioner', 'V1StorageClass', 'provisioner'),
    of('ReclaimPolicy', 'V1StorageClass', 'reclaimPolicy'),
    of('VolumeBindingMode', 'V1StorageClass', 'volumeBindingMode'),
    of('AllowVolumeExpansion', 'V1StorageClass', 'allowVolumeExpansion'),
    ageColumn,
  ],
  cells: (object, age) => [
    textAt(object, 'metadata', 'annotations', defaultClass) === 'true' ? `${nameOf(object)} (default)` : nameOf(object),
    textAt(object, 'provisioner'),
    textAt(object, 'reclaimPolicy'),
    textAt(object, 'volumeBindingMode'),
    object['allowVolumeExpansion'] === true,
    age(ageOf(object)),
  ],
};

const controllerRevision: TableShape = {
  columns: [
    nameColumn,
    column('Controller', 'Controller of the object'),
    of('Revision', 'V1ControllerRevision', 'revision'),
    ageColumn,
  ],
  cells: (object, age) => [nameOf(object), controllerText(object), numberAt(object, 'revision'), age(ageOf(object))],
};

/** `statefulset.apps/a`: the owner that controls it, its kind with the group as kubectl takes it (printControllerRevision). */
function controllerText(object: JsonMap): string {
  const owner = mapsAt(object, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
  if (owner === undefined) return '<none>';
  const [, group = ''] = textAt(owner, 'apiVersion').split('/').reverse();
  return `${[textAt(owner, 'kind').toLowerCase(), group].filter((part) => part !== '').join('.')}/${textAt(owner, 'name')}`;
}

const podDisruptionBudget: TableShape = {
  columns: [
    nameColumn,
    column('Min Available', 'The minimum number of pods that must be available.'),
    column('Max Unavailable', 'The maximum number of pods that may be unavailable.'),
    column('Allowed Disruptions', 'Calculated number of pods that may be disrupted at this time.', 'integer'),
    ageColumn,
  ],
  cells: (object, age) => [
    nameOf(object),
    countText(valueAt(object, 'spec', 'minAvailable')),
    countText(valueAt(object, 'spec', 'maxUnavailable')),
    numberAt(object, 'status', 'disruptionsAllowed'),
    age(ageOf(object)),
  ],
};

/** A number or a share; `N/A` where neither is said (printPodDisruptionBudget). */
function countText(value: JsonValue | undefined): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : 'N/A';
}

const networkPolicy: TableShape = {
  columns: [nameColumn, column('Pod-Selector', fieldText('V1NetworkPolicySpec', 'podSelector')), ageColumn],
  cells: (object, age) => [
    nameOf(object),
    orNone(selectorText(mapAt(object, 'spec', 'podSelector'))),
    age(ageOf(object)),
  ],
};

const job: TableShape = {
  columns: [
    nameColumn,
    column('Status', 'Status of the job.'),
    of('Completions', 'V1JobStatus', 'succeeded'),
    column('Duration', 'Time required to complete the job.'),
    ageColumn,
    ...containerColumns(
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: (object, age) => {
    // In the order in which printJob asks; a job with none of these conditions runs. States on the way to an end are left out.
    const isTrue = (type: string): boolean =>
      mapsAt(object, 'status', 'conditions').some((one) => one['type'] === type && one['status'] === 'True');
    const state = ['Complete', 'Failed', 'Suspended'].find(isTrue) ?? 'Running';
    const completions = `${numberAt(object, 'status', 'succeeded')}/${numberAt(object, 'spec', 'completions')}`;
    const startedAt = textAt(object, 'status', 'startTime');
    const duration = startedAt === '' ? '' : age(startedAt);
    return [nameOf(object), state, completions, duration, age(ageOf(object)), ...containerCells(object)];
  },
};

/** Of a reference the client's documentation says nothing (kubernetes/api rbac/v1/types_swagger_doc_generated.go). */
const roleText =
  'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.';

const binding: TableShape = {
  columns: [
    nameColumn,
    column('Role', roleText),
    ageColumn,
    wide('Users', 'Users in the roleBinding'),
    wide('Groups', 'Groups in the roleBinding'),
    wide('ServiceAccounts', 'ServiceAccounts in the roleBinding'),
  ],
  cells: (object, age) => {
    const role = `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`;
    const named = (kind: string): string =>
      mapsAt(object, 'subjects')
        .filter((subject) => subject['kind'] === kind)
        .map((one) => (kind === 'ServiceAccount' ? `${textAt(one, 'namespace')}/` : '') + textAt(one, 'name'))
        .join(', ');
    return [nameOf(object), role, age(ageOf(object)), named('User'), named('Group'), named('ServiceAccount')];
  },
};

export const otherShapes: Readonly<Record<string, TableShape>> = {
  ClusterRoleBinding: binding,
  ControllerRevision: controllerRevision,
  Event: eventRow,
  Job: job,
  Lease: lease,
  NetworkPolicy: networkPolicy,
  PodDisruptionBudget: podDisruptionBudget,
  PriorityClass: priorityClass,
  RoleBinding: binding,
  Secret: secret,
  Service: service,
  ServiceAccount: serviceAccount,
  StorageClass: storageClass,
};
