/** Finds every pod template, in objects of any kind: whatever holds a list of containers. */
import { groupLabels } from '../kubernetes/leader-worker-set.ts';
import { at, isRecord, isThere, itemsOf, membersOf, numberOf, type Place, textMapOf, textOf } from './place.ts';

/** An object of the set, as its owner calls it. */
export interface KubeObject {
  readonly place: Place;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty: what the client adds. */
  readonly namespace: string;
}

export interface PodTemplate {
  readonly object: KubeObject;
  /** What holds `spec` and perhaps `metadata`; the pod's specification itself where a kind has no template around it. */
  readonly template: Place;
  readonly spec: Place;
  readonly metadata: Place;
  /** Known labels, those among them that the controller adds. */
  readonly labels: ReadonlyMap<string, string>;
  /** Absent: single pods. */
  readonly group?: PodGroup;
  /** How many such pods or groups there are to be; absent: not written. */
  readonly replicas?: number;
}

/** The pod's part of a LeaderWorkerSet's group. */
export interface PodGroup {
  /** What holds `leaderWorkerTemplate`. */
  readonly spec: Place;
  readonly size: number;
  /** `any`: one template for the leader and its workers. */
  readonly position: 'leader' | 'worker' | 'any';
  readonly leaderTemplate: Place;
}

export function kubeObjectOf(place: Place): KubeObject {
  return {
    place,
    apiVersion: textOf(at(place, 'apiVersion')) ?? '',
    kind: textOf(at(place, 'kind')) ?? '',
    name: textOf(at(place, 'metadata', 'name')) ?? textOf(at(place, 'metadata', 'generateName')) ?? '',
    namespace: textOf(at(place, 'metadata', 'namespace')) ?? '',
  };
}

export function podTemplatesOf(object: KubeObject): readonly PodTemplate[] {
  // A definition of a kind describes containers, it has none.
  if (object.kind === 'CustomResourceDefinition') return [];
  return specsBelow(object.place).map((spec) => templateOf(object, spec));
}

/** Where a list `containers` of named things stands; nothing below a pod is another one. */
function specsBelow(place: Place): readonly Place[] {
  if (isPodSpec(place)) return [place];
  return [...itemsOf(place), ...membersOf(place).map(([, member]) => member)].flatMap((child) =>
    isRecord(child.value) || Array.isArray(child.value) ? specsBelow(child) : [],
  );
}

function isPodSpec(place: Place): boolean {
  const containers = itemsOf(at(place, 'containers'));
  return (
    containers.length > 0 && containers.every(({ value }) => isRecord(value) && ('image' in value || 'name' in value))
  );
}

function templateOf(object: KubeObject, spec: Place): PodTemplate {
  const template = spec.path.at(-1) === 'spec' ? ancestor(object.place, spec, 1) : spec;
  const metadata = at(template, 'metadata');
  const group = groupOf(object.place, template);
  const owner = group?.spec ?? at(object.place, 'spec');
  const replicas = numberOf(at(owner, 'replicas'));
  return {
    object,
    template,
    spec,
    metadata,
    labels: labelsOf(object, at(metadata, 'labels'), group),
    ...(group !== undefined && { group }),
    ...(replicas !== undefined && { replicas }),
  };
}

/** The place that many steps above. */
function ancestor(root: Place, { path }: Place, steps: number): Place {
  return at(root, ...path.slice(root.path.length, path.length - steps));
}

function groupOf(root: Place, template: Place): PodGroup | undefined {
  const depth = template.path.lastIndexOf('leaderWorkerTemplate');
  if (depth === -1) return undefined;
  const spec = ancestor(root, template, template.path.length - depth);
  const leaderTemplate = at(spec, 'leaderWorkerTemplate', 'leaderTemplate');
  const worker = isThere(leaderTemplate) ? 'worker' : 'any';
  return {
    spec,
    // The definition's default is 1 (kubernetes-sigs/lws config/crd/bases).
    size: numberOf(at(spec, 'leaderWorkerTemplate', 'size')) ?? 1,
    position: template.path.at(-1) === 'leaderTemplate' ? 'leader' : worker,
    leaderTemplate,
  };
}

/** As written, and as the controller of LeaderWorkerSets adds to them: selectors may mean either. */
function labelsOf(object: KubeObject, written: Place, group: PodGroup | undefined): ReadonlyMap<string, string> {
  const labels = new Map(textMapOf(written));
  if (object.kind === 'LeaderWorkerSet') labels.set(groupLabels.name, object.name);
  if (group?.position === 'leader' || group?.size === 1) labels.set(groupLabels.workerIndex, '0');
  return labels;
}
