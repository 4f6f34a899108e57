/**
 * What admission and the strategies' PrepareForCreate change after a new object was defaulted. It belongs to nobody in
 * `managedFields` (kubernetes/kubernetes pkg/registry and plugin/pkg/admission).
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { copyOf, mapAt, mapsAt, textAt, valueAt } from './objects.ts';
import { ensureMap, fill } from './pod-defaults.ts';

const byKind: Readonly<Record<string, (object: JsonMap, spec: JsonMap) => void>> = {
  Namespace: (object, spec) => {
    spec['finalizers'] = ['kubernetes'];
    object['status'] = { phase: 'Active' };
  },
  Pod: (object, spec) => {
    addEvictionTolerations(spec);
    fill(spec, priorityOf(textAt(spec, 'priorityClassName')));
    object['status'] = { phase: 'Pending', qosClass: qosClass(spec) };
  },
  Service: (_object, spec) => {
    fill(spec, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    if (spec['clusterIP'] !== undefined) fill(spec, { clusterIPs: [spec['clusterIP']] });
  },
  // plugin/pkg/admission/nodetaint: a new node takes no pods until it is found to be ready.
  Node: (_object, spec) => {
    spec['taints'] = [...mapsAt(spec, 'taints'), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  },
};

/** The new object as it is stored. */
export function preparedForCreation(kind: string, object: JsonMap): JsonMap {
  const prepare = byKind[kind];
  if (prepare === undefined) return object;
  const prepared = copyOf(object);
  prepare(prepared, ensureMap(prepared, 'spec'));
  return prepared;
}

/** The two classes that every cluster has (pkg/apis/scheduling/types.go); classes of one's own are not looked up. */
const systemPriorities: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** Set by the admission plugin Priority (plugin/pkg/admission/priority). */
function priorityOf(className: string): JsonMap {
  return { priority: systemPriorities[className] ?? 0, preemptionPolicy: 'PreemptLowerPriority' };
}

/** 300 s, added by the admission plugin DefaultTolerationSeconds (plugin/pkg/admission/defaulttolerationseconds). */
function addEvictionTolerations(spec: JsonMap): void {
  spec['tolerations'] = [...mapsAt(spec, 'tolerations'), ...missingTolerations(spec)];
}

function missingTolerations(spec: JsonMap): readonly JsonMap[] {
  const given = mapsAt(spec, 'tolerations');
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) =>
      !given.some(
        (toleration) =>
          (toleration['key'] === key || toleration['key'] === undefined) &&
          (toleration['effect'] === 'NoExecute' || toleration['effect'] === undefined),
      ),
  );
  return missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
}

/** A changed object as it is stored: the same plugin gives a pod back what an update takes away. */
export function preparedForUpdate(kind: string, object: JsonMap): JsonMap {
  if (kind !== 'Pod' || missingTolerations(mapAt(object, 'spec')).length === 0) return object;
  const prepared = copyOf(object);
  addEvictionTolerations(ensureMap(prepared, 'spec'));
  return prepared;
}

/** From cpu and memory of all containers (pkg/apis/core/helper/qos). */
function qosClass(spec: JsonMap): string {
  const containers = [...mapsAt(spec, 'containers'), ...mapsAt(spec, 'initContainers')];
  const quantities = (container: JsonMap, what: string): readonly (JsonValue | undefined)[] =>
    ['cpu', 'memory'].map((resource) => valueAt(container, 'resources', what, resource));
  const all = containers.flatMap((container) => [
    ...quantities(container, 'limits'),
    ...quantities(container, 'requests'),
  ]);
  if (all.every((quantity) => quantity === undefined)) return 'BestEffort';
  const isFull = containers.every((container) => {
    const limits = quantities(container, 'limits');
    return limits.every((limit, at) => limit !== undefined && limit === quantities(container, 'requests')[at]);
  });
  return isFull ? 'Guaranteed' : 'Burstable';
}
