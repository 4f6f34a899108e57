/**
 * What the server adds to an object of a built-in kind: the parts that are always there, and the documented defaults
 * (`pkg/apis/<group>/<version>/defaults.go` and the strategies' PrepareForCreate in kubernetes/kubernetes).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import type { ServedKind } from './kinds.ts';
import { copyOf, isMap, mapAt, mapsAt, stringsAt, textAt } from './objects.ts';
import { defaultPodSpec, defaultRequests, ensureMap, fill } from './pod-defaults.ts';
import { dropZeros } from './omitted-zeros.ts';
import { writeUnsetTimes } from './unset-times.ts';

const podSpec: JsonMap = { containers: [] };
const template: JsonMap = { metadata: {}, spec: podSpec };
const nodeInfo: JsonMap = Object.fromEntries(
  [
    'machineID',
    'systemUUID',
    'bootID',
    'kernelVersion',
    'osImage',
    'containerRuntimeVersion',
    'kubeletVersion',
    'kubeProxyVersion',
    'operatingSystem',
    'architecture',
  ].map((field) => [field, '']),
);

/**
 * The parts that Go writes even when they are empty (structs that are no pointers, numbers without omitempty). A new object
 * is compared with these, so that nobody comes to own `spec` itself.
 */
const alwaysPresent: Readonly<Record<string, JsonMap>> = {
  Namespace: { spec: {}, status: {} },
  Node: { spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo } },
  Pod: { spec: podSpec, status: {} },
  Service: { spec: {}, status: { loadBalancer: {} } },
  Event: { involvedObject: {}, source: {} },
  'events.k8s.io/Event': { regarding: {}, deprecatedSource: {} },
  DaemonSet: {
    spec: { template, updateStrategy: {} },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  },
  Deployment: { spec: { template, strategy: {} }, status: {} },
  ReplicaSet: { spec: { template }, status: { replicas: 0 } },
  StatefulSet: { spec: { template, updateStrategy: {} }, status: { replicas: 0 } },
  HorizontalPodAutoscaler: { spec: { scaleTargetRef: {} }, status: { desiredReplicas: 0, currentMetrics: null } },
  Job: { spec: { template }, status: {} },
  Lease: { spec: {} },
  NetworkPolicy: { spec: { podSelector: {} } },
  PodDisruptionBudget: {
    spec: {},
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  },
  RoleBinding: { roleRef: {} },
  ClusterRoleBinding: { roleRef: {} },
  CustomResourceDefinition: { spec: { names: {} } },
  SelfSubjectAccessReview: { spec: {} },
};

/** Where the defaults of a kind stand: by its name, and its group where another group has a kind of that name. */
export const defaultsOf = ({ group, kind, stored }: Pick<ServedKind, 'group' | 'kind' | 'stored'>): string =>
  stored === undefined ? kind : `${group}/${kind}`;

/** An object of the kind with nothing set. */
export function emptyObject(kind: string): JsonMap {
  const empty = { metadata: {}, ...copyOf(alwaysPresent[kind] ?? {}) };
  writeUnsetTimes(kind, empty);
  return empty;
}

const rollingUpdate = (fields: JsonMap): JsonMap => ({ type: 'RollingUpdate', rollingUpdate: fields });

/** Fields that have a documented default, by kind. They belong to whoever created the object. */
const byKind: Readonly<Record<string, (object: JsonMap, spec: JsonMap) => void>> = {
  Namespace: (object) => {
    fill(ensureMap(ensureMap(object, 'metadata'), 'labels'), {
      'kubernetes.io/metadata.name': textAt(object, 'metadata', 'name'),
    });
  },
  Pod: (_object, spec) => {
    defaultPodSpec(spec);
    defaultRequests(spec);
    fill(spec, { enableServiceLinks: true });
  },
  DaemonSet: (_object, spec) => {
    defaultTemplate(spec);
    fill(spec, { updateStrategy: {}, revisionHistoryLimit: 10 });
    fillStrategy(spec, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });
  },
  Deployment: (_object, spec) => {
    defaultTemplate(spec);
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    fillStrategy(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' });
  },
  ReplicaSet: (_object, spec) => {
    defaultTemplate(spec);
    fill(spec, { replicas: 1 });
  },
  StatefulSet: (_object, spec) => {
    defaultTemplate(spec);
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
    fillStrategy(spec, 'updateStrategy', { partition: 0 });
  },
  HorizontalPodAutoscaler: (_object, spec) => {
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
    fill(spec, { minReplicas: 1, metrics: [{ type: 'Resource', resource: cpu }] });
  },
  Job: (_object, spec) => {
    defaultTemplate(spec);
    fill(spec, { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false });
  },
  Service: (_object, spec) => {
    for (const port of mapsAt(spec, 'ports')) fill(port, { protocol: 'TCP', targetPort: port['port'] });
    fill(spec, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' });
  },
  Secret: (object) => fill(object, { type: 'Opaque' }),
  PriorityClass: (object) => fill(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  StorageClass: (object) => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
};

function defaultTemplate(spec: JsonMap): void {
  defaultPodSpec(ensureMap(ensureMap(spec, 'template'), 'spec'));
}

/** Defaults of a rolling update; another strategy has none. */
function fillStrategy(spec: JsonMap, field: string, fields: JsonMap): void {
  const strategy = ensureMap(spec, field);
  if (strategy['type'] !== undefined && strategy['type'] !== 'RollingUpdate') return;
  const given = copyOf(mapAt(strategy, 'rollingUpdate'));
  fill(strategy, rollingUpdate(given));
  fill(ensureMap(strategy, 'rollingUpdate'), fields);
}

/** The API groups that a binding may leave out. */
function defaultBinding(object: JsonMap): void {
  const rbac = 'rbac.authorization.k8s.io';
  fill(ensureMap(object, 'roleRef'), { apiGroup: rbac });
  for (const subject of mapsAt(object, 'subjects')) {
    fill(subject, { apiGroup: subject['kind'] === 'ServiceAccount' ? undefined : rbac });
  }
}

/** Fields that Go leaves out when they are empty maps or lists; others (`emptyDir: {}`) mean something when empty. */
const omittedWhenEmpty = new Set([
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'managedFields',
  'data',
  'binaryData',
  'stringData',
  'matchLabels',
  'matchExpressions',
  'nodeSelector',
  'tolerations',
  'limits',
  'requests',
  'env',
  'ports',
  'volumes',
  'volumeMounts',
  'initContainers',
  'taints',
  'conditions',
]);

/** The object as Go would write it: without nulls, and without the empty fields it omits. */
function normalise(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(normalise);
  if (!isMap(value)) return value;
  const kept: JsonMap = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue;
    const normal = normalise(item);
    const isEmpty = Array.isArray(normal) ? normal.length === 0 : isMap(normal) && Object.keys(normal).length === 0;
    if (!(isEmpty && omittedWhenEmpty.has(key))) kept[key] = normal;
  }
  return kept;
}

/** A built-in object as the server stores it. */
export function withDefaults(kind: string, object: JsonMap): JsonMap {
  const full = withParts(copyOf(object), alwaysPresent[kind] ?? {});
  if (kind === 'Secret') moveStringData(full);
  byKind[kind]?.(full, ensureSpec(full));
  dropZeros(kind, full);
  const normal = normalise(full);
  const written = isMap(normal) ? normal : full;
  writeUnsetTimes(kind, written);
  return written;
}

/** `spec` where the kind has one; a throw-away map where it has none. */
function ensureSpec(object: JsonMap): JsonMap {
  return isMap(object['spec']) ? object['spec'] : {};
}

/** Adds parts recursively and never overwrites. */
function withParts(object: JsonMap, parts: JsonMap): JsonMap {
  for (const [key, part] of Object.entries(parts)) {
    if (part === undefined) continue;
    const known = object[key];
    if (known === undefined || known === null) object[key] = copyOf(part);
    else if (isMap(known) && isMap(part)) withParts(known, part);
  }
  return object;
}

/** `stringData` is write-only: it becomes base64 in `data` (pkg/apis/core/v1/conversion.go). */
function moveStringData(secret: JsonMap): void {
  const plain = stringsAt(secret, 'stringData');
  const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  delete secret['stringData'];
  if (encoded.length > 0) secret['data'] = { ...mapAt(secret, 'data'), ...Object.fromEntries(encoded) };
}
