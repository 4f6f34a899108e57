/** What a DisaggregatedSet is made of (kubernetes-sigs/lws pkg/controllers/disaggregatedset). */
import { type KubernetesObject, mapAt, mapsAt, nameOf, namespaceOf, stringsAt, textAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { groupLabels, leaderWorkerSetKind } from './leader-worker-objects.ts';
import { ownedBy } from './pods.ts';
import { labelOf } from './revisions.ts';
import { contentHash } from './templates.ts';

const group = 'disaggregatedset.x-k8s.io';
export const disaggregatedSetKind = { apiVersion: `${group}/v1`, kind: 'DisaggregatedSet' };
export const roleScalerKind = { apiVersion: `${group}/v1`, kind: 'DisaggregatedSetRoleScaler' };

export const setLabels = {
  set: `${group}/name`,
  role: `${group}/role`,
  slice: `${group}/slice`,
  revision: `${group}/revision`,
} as const;

/** One hash over all roles: whatever changes in one of them is a new revision of all. */
export function revisionOfRoles(set: KubernetesObject): string {
  const roles = mapsAt(set, 'spec', 'roles');
  const data = roles.map((role) => [role['name'], mapAt(role, 'spec', 'leaderWorkerTemplate')]);
  return contentHash(data).slice(0, 8);
}

export interface ChildPlace {
  readonly role: JsonMap;
  readonly slice: number;
  readonly revision: string;
}

/** The LeaderWorkerSet of one role in one slice. Its name changes with the revision: found by labels, never by name. */
export function childSet(set: KubernetesObject, { role, slice, revision }: ChildPlace, replicas: number): JsonMap {
  const roleName = textAt(role, 'name');
  const own = {
    [setLabels.set]: nameOf(set),
    [setLabels.role]: roleName,
    [setLabels.slice]: String(slice),
    [setLabels.revision]: revision,
    app: `${nameOf(set)}-${slice}-${roleName}`,
  };
  const spec = mapAt(role, 'spec');
  const template = mapAt(spec, 'leaderWorkerTemplate');
  const templates = Object.entries(template).map(([field, value]) => [
    field,
    field === 'leaderTemplate' || field === 'workerTemplate' ? labelled(mapAt(template, field), own) : value,
  ]);
  return {
    ...leaderWorkerSetKind,
    metadata: {
      name: `${nameOf(set)}-${slice}-${revision}-${roleName}`,
      namespace: namespaceOf(set),
      labels: { ...stringsAt(role, 'metadata', 'labels'), ...own },
      annotations: stringsAt(role, 'metadata', 'annotations'),
      ownerReferences: [ownedBy(disaggregatedSetKind, set)],
    },
    spec: { ...spec, leaderWorkerTemplate: Object.fromEntries(templates), replicas },
  };
}

function labelled(template: JsonMap, labels: Readonly<Record<string, string>>): JsonMap {
  const metadata = mapAt(template, 'metadata');
  return { ...template, metadata: { ...metadata, labels: { ...stringsAt(metadata, 'labels'), ...labels } } };
}

/** What an autoscaler scales instead of the role itself. */
export function roleScaler(set: KubernetesObject, role: string, replicas: number): JsonMap {
  return {
    ...roleScalerKind,
    metadata: {
      name: `${nameOf(set)}-${role}`,
      namespace: namespaceOf(set),
      labels: { [setLabels.set]: nameOf(set), [setLabels.role]: role },
      ownerReferences: [ownedBy(disaggregatedSetKind, set)],
    },
    spec: { replicas },
  };
}

/** Leaders of all revisions of a role. */
export function roleSelector(set: KubernetesObject, role: string): string {
  return `${setLabels.set}=${nameOf(set)},${setLabels.role}=${role},${groupLabels.workerIndex}=0`;
}

/** Headless, and with ready pods only; made when every role of the revision serves. */
export function revisionService(set: KubernetesObject, child: KubernetesObject): JsonMap {
  const labels = [setLabels.set, setLabels.role, setLabels.revision, setLabels.slice];
  const selector = Object.fromEntries(labels.map((label) => [label, labelOf(child, label)]));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${nameOf(child)}-prv`,
      namespace: namespaceOf(set),
      labels: selector,
      ownerReferences: [ownedBy(disaggregatedSetKind, set)],
    },
    spec: { clusterIP: 'None', selector },
  };
}
