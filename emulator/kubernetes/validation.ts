/** What makes an object invalid: names and labels for all, and the few rules of built-in kinds that this world relies on. */
import type { JsonMap } from '../world/json.ts';
import { customErrors, type Part } from './custom-validation.ts';
import { type ServedKind, kindName } from './kinds.ts';
import { isEqual, isMap, isTerminating, listAt, mapAt, mapsAt, nameOf, stringsAt, textAt, valueAt } from './objects.ts';
import { labelKeyError, labelValueError } from './label-syntax.ts';
import { invalid } from './rejections.ts';
import { matchesAll, requirementsOf } from './selectors.ts';
import { type FieldError, fieldErrors, refuse } from './status.ts';
import { immutableErrors } from './update-validation.ts';

/** Refuses an object that is not valid with 422 and every cause. */
export function requireValid(kind: ServedKind, object: JsonMap, previous?: JsonMap, part: Part = 'all'): void {
  const errors = [
    ...nameErrors(kind, object),
    ...labelErrors(object),
    ...annotationErrors(object),
    ...finalizerErrors(object, previous),
    ...(kind.custom === undefined ? builtInErrors(kind.kind, object) : customErrors(kind, object, { previous, part })),
    ...(previous === undefined || kind.custom !== undefined ? [] : immutableErrors(kind.kind, object, previous)),
  ];
  if (errors.length > 0) refuseInvalid(kind, nameOf(object), errors);
}

/** 422 with every cause; the name is absent from the details when there is none. */
export function refuseInvalid(
  kind: Pick<ServedKind, 'group' | 'kind'>,
  name: string,
  errors: readonly FieldError[],
): never {
  const causes = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  const details = {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    ...(kind.kind !== '' && { kind: kind.kind }),
    causes,
  };
  return refuse(invalid, details, kindName(kind), name, errors);
}

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const subdomainText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${dnsSubdomain}')`;
const labelText = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${dnsLabel}')`;

/** Kinds whose names may hold more than a DNS name (roles are path segments: pkg/apis/rbac/validation). */
const pathSegmentNames = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

const labelName = new RegExp(`^${dnsLabel}$`);
const subdomainName = new RegExp(`^${dnsSubdomain}$`);

/** Names are DNS subdomains but for namespaces, which become DNS labels. */
function nameErrors(kind: ServedKind, object: JsonMap): readonly FieldError[] {
  const name = nameOf(object);
  const field = 'metadata.name';
  if (name === '') return [fieldErrors.required(field, 'name or generateName is required')];
  if (pathSegmentNames.has(kind.kind) && kind.custom === undefined) return [];
  if (kind.kind === 'Namespace') {
    return labelName.test(name) ? [] : [fieldErrors.invalid(field, name, labelText)];
  }
  return subdomainName.test(name) ? [] : [fieldErrors.invalid(field, name, subdomainText)];
}

function labelErrors(object: JsonMap): readonly FieldError[] {
  return Object.entries(stringsAt(object, 'metadata', 'labels')).flatMap(([key, value]) =>
    [
      { wrong: key, error: labelKeyError(key) },
      { wrong: value, error: labelValueError(value) },
    ].flatMap(({ wrong, error }) =>
      error === undefined ? [] : [fieldErrors.invalid('metadata.labels', wrong, error)],
    ),
  );
}

/** Keys are compared without regard to case, and values may be anything. */
function annotationErrors(object: JsonMap): readonly FieldError[] {
  return Object.keys(stringsAt(object, 'metadata', 'annotations')).flatMap((key) => {
    const error = labelKeyError(key.toLowerCase());
    return error === undefined ? [] : [fieldErrors.invalid('metadata.annotations', key, error)];
  });
}

/** An object that is being deleted can lose finalizers only. The real server reports this twice. */
function finalizerErrors(object: JsonMap, previous: JsonMap | undefined): readonly FieldError[] {
  if (previous === undefined || !isTerminating(previous)) return [];
  const before = listAt(previous, 'metadata', 'finalizers');
  const added = listAt(object, 'metadata', 'finalizers').filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const error = fieldErrors.forbidden(
    'metadata.finalizers',
    `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
  );
  return [error, error];
}

/** Only what this world relies on; the real validation of a pod alone has thousands of lines. */
function builtInErrors(kind: string, object: JsonMap): readonly FieldError[] {
  switch (kind) {
    case 'Pod':
      return containerErrors(object, 'spec');
    case 'DaemonSet':
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return workloadErrors(object);
    case 'Node':
      return taintErrors(object);
    default:
      return [];
  }
}

function containerErrors(object: JsonMap, ...path: readonly string[]): readonly FieldError[] {
  const field = `${path.join('.')}.containers`;
  const containers = mapsAt(object, ...path, 'containers');
  if (containers.length === 0) return [fieldErrors.required(field)];
  return containers.flatMap((container, at) => {
    const errors: FieldError[] = [];
    if (textAt(container, 'name') === '') errors.push(fieldErrors.required(`${field}[${at}].name`));
    if (textAt(container, 'image') === '') errors.push(fieldErrors.required(`${field}[${at}].image`));
    return [...errors, ...extendedResourceErrors(container, `${field}[${at}].resources.requests`)];
  });
}

/** Devices cannot be overcommitted: what is requested must be what is limited (pkg/apis/core/validation). */
function extendedResourceErrors(container: JsonMap, field: string): readonly FieldError[] {
  const limits = mapAt(container, 'resources', 'limits');
  return Object.entries(mapAt(container, 'resources', 'requests')).flatMap(([name, requested]) => {
    const limit = limits[name];
    if (!name.includes('/') || limit === undefined || isEqual(requested, limit)) return [];
    return [fieldErrors.invalid(field, requested, `must be equal to ${name} limit of ${textAt(limits, name)}`)];
  });
}

/** A workload must select the pods that its own template makes. */
function workloadErrors(object: JsonMap): readonly FieldError[] {
  const errors: FieldError[] = [];
  const replicas = valueAt(object, 'spec', 'replicas');
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(fieldErrors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const selector = valueAt(object, 'spec', 'selector');
  const labels = stringsAt(object, 'spec', 'template', 'metadata', 'labels');
  if (selector === undefined) errors.push(fieldErrors.required('spec.selector'));
  else if (!matchesAll(requirementsOf(selector), labels)) {
    const field = 'spec.template.metadata.labels';
    errors.push(fieldErrors.invalid(field, labels, '`selector` does not match template `labels`'));
  }
  return [...errors, ...containerErrors(object, 'spec', 'template', 'spec'), ...strategyErrors(object)];
}

/** A rollout must be allowed to do something (pkg/apis/apps/validation). */
function strategyErrors(object: JsonMap): readonly FieldError[] {
  const { type, rollingUpdate } = mapAt(object, 'spec', 'strategy');
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    const text = "may not be specified when strategy `type` is 'Recreate'";
    return [fieldErrors.forbidden('spec.strategy.rollingUpdate', text)];
  }
  const { maxSurge, maxUnavailable } = isMap(rollingUpdate) ? rollingUpdate : {};
  if (maxSurge !== 0 || maxUnavailable !== 0) return [];
  const field = 'spec.strategy.rollingUpdate.maxUnavailable';
  return [fieldErrors.invalid(field, 0, 'may not be 0 when `maxSurge` is 0')];
}

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The real server names the wrong field (`metadata.taints`) and reports it twice. */
function taintErrors(object: JsonMap): readonly FieldError[] {
  return mapsAt(object, 'spec', 'taints').flatMap((taint, at) => {
    if (taintEffects.includes(textAt(taint, 'effect'))) return [];
    const error = fieldErrors.notSupported(`metadata.taints[${at}].effect`, taint['effect'] ?? '', taintEffects);
    return [error, error];
  });
}
