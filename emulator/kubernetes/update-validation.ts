/** What of a built-in object stays as it was created (the Validate…Update functions in pkg/apis of kubernetes/kubernetes). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { isEqual, listAt, mapAt, mapsAt, valueAt, without } from './objects.ts';
import { type FieldError, fieldErrors } from './status.ts';

type Check = (object: JsonMap, previous: JsonMap) => readonly FieldError[];

/** What of a changed object may not have changed. */
export function immutableErrors(kind: string, object: JsonMap, previous: JsonMap): readonly FieldError[] {
  return checks[kind]?.(object, previous) ?? [];
}

/** ValidateImmutableField: the whole field as it was, or an error that names its new value. */
const fixed =
  (...path: readonly string[]): Check =>
  (object, previous) => {
    const value = valueAt(object, ...path);
    if (isEqual(value, valueAt(previous, ...path))) return [];
    return [fieldErrors.invalid(path.join('.'), value ?? null, 'field is immutable')];
  };

const selector = fixed('spec', 'selector');
const roleRef: Check = (object, previous) =>
  isEqual(object['roleRef'], previous['roleRef'])
    ? []
    : [fieldErrors.invalid('roleRef', object['roleRef'] ?? null, 'cannot change roleRef')];

/** Once somebody has said `immutable`, neither that nor the content changes. */
const sealed =
  (...fields: readonly string[]): Check =>
  (object, previous) => {
    if (previous['immutable'] !== true) return [];
    const changed = fields.filter((field) => !isEqual(object[field], previous[field]));
    const all = object['immutable'] === true ? changed : ['immutable', ...changed];
    return all.map((field) => fieldErrors.forbidden(field, 'field is immutable when `immutable` is set'));
  };

const both =
  (first: Check, second: Check): Check =>
  (object, previous) => [...first(object, previous), ...second(object, previous)];

/** What may change, in the order of the message (ValidateStatefulSetUpdate in pkg/apis/apps/validation). */
const statefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const statefulSet: Check = (object, previous) => {
  const rest = (set: JsonMap): JsonMap => without(mapAt(set, 'spec'), ...statefulSetFields);
  if (isEqual(rest(object), rest(previous))) return [];
  const names = statefulSetFields.map((field) => `'${field}'`);
  const allowed = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return [fieldErrors.forbidden('spec', `updates to statefulset spec for fields other than ${allowed} are forbidden`)];
};

/** validateUpgradeDowngradeClusterIPs in pkg/apis/core/validation: the first address stays, the second comes and goes with dual stack. */
const service: Check = (object, previous) => {
  const before = listAt(previous, 'spec', 'clusterIPs');
  const after = listAt(object, 'spec', 'clusterIPs');
  if (before.length === 0 || after.length === 0 || after[0] === before[0]) return [];
  return [fieldErrors.invalid('spec.clusterIPs[0]', after, 'may not change once set')];
};

/** What may change, as ValidatePodUpdate in pkg/apis/core/validation lists it. */
const podFields = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** ValidatePodUpdate. The real server adds how the two differ, in the words of a Go library. */
const pod: Check = (object, previous) => {
  const spec = mapAt(object, 'spec');
  const before = mapAt(previous, 'spec');
  for (const field of ['containers', 'initContainers']) {
    if (mapsAt(spec, field).length === mapsAt(before, field).length) continue;
    return [fieldErrors.forbidden(`spec.${field}`, 'pod updates may not add or remove containers')];
  }
  const errors: FieldError[] = [];
  if (!onlyAdds(spec, before)) {
    const text = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(fieldErrors.forbidden('spec.tolerations', text));
  }
  if (!isEqual(fixedPart(spec), fixedPart(before))) {
    errors.push(fieldErrors.forbidden('spec', `pod updates may not change fields other than ${podFields}\n`));
  }
  return errors;
};

/** The spec less what may change: ValidatePodUpdate copies those fields over before it compares. */
function fixedPart(spec: JsonMap): JsonMap {
  const withoutImages = (field: string): JsonValue =>
    mapsAt(spec, field).map((container) => without(container, 'image'));
  return {
    ...without(spec, 'activeDeadlineSeconds', 'tolerations', 'schedulingGates'),
    containers: withoutImages('containers'),
    initContainers: withoutImages('initContainers'),
  };
}

/** Nodes evict by tolerations: what a pod tolerated it goes on tolerating, for another time at most (validateOnlyAddedTolerations). */
function onlyAdds(spec: JsonMap, before: JsonMap): boolean {
  const tolerated = (toleration: JsonMap): JsonMap => without(toleration, 'tolerationSeconds');
  const kept = mapsAt(spec, 'tolerations').map(tolerated);
  return mapsAt(before, 'tolerations').every((toleration) => kept.some((one) => isEqual(one, tolerated(toleration))));
}

const checks: Readonly<Record<string, Check>> = {
  ClusterRoleBinding: roleRef,
  ConfigMap: sealed('data', 'binaryData'),
  DaemonSet: selector,
  Deployment: selector,
  Job: both(selector, fixed('spec', 'completionMode')),
  Pod: pod,
  ReplicaSet: selector,
  RoleBinding: roleRef,
  Secret: both(fixed('type'), sealed('data')),
  Service: service,
  StatefulSet: statefulSet,
};
