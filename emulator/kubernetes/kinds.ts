/** The kinds that the API serves from the start, as a table; custom resources join it when their definition is established. */
import type { JsonMap } from '../world/json.ts';
import { type StoredForm, storedEvents } from './event-versions.ts';
import { builtInSchema, type FieldSchema } from './field-schema.ts';

/** When a write counts as a new generation: a change of `spec`, of that or the annotations, of anything but metadata and status, or never. */
export type GenerationRule = 'spec' | 'specOrAnnotations' | 'content' | 'never';

/** What a custom resource definition adds to a kind. */
export interface CustomFacts {
  readonly openApi: JsonMap;
  /** `additionalPrinterColumns` of the served version. */
  readonly columns: readonly JsonMap[];
}

/** Where an object keeps what its `/scale` shows, as paths of field names. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** Of a label selector, or of its text; empty: the kind shows none. */
  readonly selector: readonly string[];
}

/** One kind in one version, built in or defined by a custom resource definition. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether `/status` exists, which makes the main endpoint ignore `status`. */
  readonly hasStatus: boolean;
  readonly generation: GenerationRule;
  readonly schema: FieldSchema;
  /** Present if `/scale` exists. */
  readonly scale?: ScalePaths;
  readonly custom?: CustomFacts;
  /** Present if the objects are those of another group under other names. */
  readonly stored?: StoredForm;
  /** Answered and forgotten: access reviews. Only `create` exists. */
  readonly review?: true;
  /** All its objects at this moment, for a kind that is worked out and not stored; it can only be read. */
  readonly computed?: () => readonly JsonMap[];
}

export const apiVersionOf = (kind: Pick<ServedKind, 'group' | 'version'>): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;

/** `deployments.apps`, as messages name a resource. */
export const resourceName = (kind: Pick<ServedKind, 'group' | 'plural'>): string =>
  kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;

/** `Deployment.apps`, as validation messages name a kind. */
export const kindName = (kind: Pick<ServedKind, 'group' | 'kind'>): string =>
  kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;

/** Verbs in the order in which the real server lists them, which differs for custom resources. */
export function verbsOf(kind: ServedKind): readonly string[] {
  if (kind.review === true) return ['create'];
  if (kind.computed !== undefined) return ['get', 'list'];
  const verbs =
    kind.custom === undefined
      ? ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
      : ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
  // A namespace cannot be deleted by collection (registry/core/namespace of kubernetes/kubernetes).
  return kind.kind === 'Namespace' ? verbs.filter((verb) => verb !== 'deletecollection') : verbs;
}

/** What differs from the usual: namespaced, no status, no generation. */
interface Row {
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly clusterScoped?: true;
  readonly status?: true;
  readonly scale?: true;
  readonly generation?: GenerationRule;
  readonly stored?: StoredForm;
  readonly review?: true;
}

/** What `kubectl scale` works on. */
const scaled: Row = { categories: ['all'], status: true, generation: 'spec', scale: true };

const workloadScale: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

/**
 * Names, scopes and short names as `kubectl api-resources` lists them; whether there is a status and a generation from the
 * strategies in `pkg/registry` of kubernetes/kubernetes 1.35.
 */
const builtInRows: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  v1: {
    'configmaps/ConfigMap': { shortNames: ['cm'] },
    'events/Event': { shortNames: ['ev'] },
    'namespaces/Namespace': { shortNames: ['ns'], clusterScoped: true, status: true },
    'nodes/Node': { shortNames: ['no'], clusterScoped: true, status: true },
    'pods/Pod': { shortNames: ['po'], categories: ['all'], status: true, generation: 'spec' },
    'secrets/Secret': {},
    'serviceaccounts/ServiceAccount': { shortNames: ['sa'] },
    'services/Service': { shortNames: ['svc'], categories: ['all'], status: true },
  },
  'apiextensions.k8s.io/v1': {
    'customresourcedefinitions/CustomResourceDefinition': {
      shortNames: ['crd', 'crds'],
      categories: ['api-extensions'],
      clusterScoped: true,
      status: true,
      generation: 'spec',
    },
  },
  'apps/v1': {
    'controllerrevisions/ControllerRevision': {},
    'daemonsets/DaemonSet': { shortNames: ['ds'], categories: ['all'], status: true, generation: 'spec' },
    // pkg/registry/apps/deployment/strategy.go: its annotations say what is to be rolled out, too.
    'deployments/Deployment': { shortNames: ['deploy'], ...scaled, generation: 'specOrAnnotations' },
    'replicasets/ReplicaSet': { shortNames: ['rs'], ...scaled },
    'statefulsets/StatefulSet': { shortNames: ['sts'], ...scaled },
  },
  'authentication.k8s.io/v1': {
    'selfsubjectreviews/SelfSubjectReview': { clusterScoped: true, review: true },
  },
  'authorization.k8s.io/v1': {
    'selfsubjectaccessreviews/SelfSubjectAccessReview': { clusterScoped: true, review: true },
    'selfsubjectrulesreviews/SelfSubjectRulesReview': { clusterScoped: true, review: true },
  },
  'autoscaling/v2': {
    'horizontalpodautoscalers/HorizontalPodAutoscaler': { shortNames: ['hpa'], categories: ['all'], status: true },
  },
  'batch/v1': {
    'jobs/Job': { categories: ['all'], status: true, generation: 'spec' },
  },
  'coordination.k8s.io/v1': { 'leases/Lease': {} },
  'events.k8s.io/v1': { 'events/Event': { shortNames: ['ev'], stored: storedEvents } },
  'networking.k8s.io/v1': {
    'networkpolicies/NetworkPolicy': { shortNames: ['netpol'], generation: 'spec' },
  },
  'policy/v1': {
    'poddisruptionbudgets/PodDisruptionBudget': { shortNames: ['pdb'], status: true, generation: 'spec' },
  },
  'rbac.authorization.k8s.io/v1': {
    'clusterrolebindings/ClusterRoleBinding': { clusterScoped: true },
    'clusterroles/ClusterRole': { clusterScoped: true },
    'rolebindings/RoleBinding': {},
    'roles/Role': {},
  },
  'scheduling.k8s.io/v1': {
    'priorityclasses/PriorityClass': { shortNames: ['pc'], clusterScoped: true, generation: 'content' },
  },
  'storage.k8s.io/v1': {
    'storageclasses/StorageClass': { shortNames: ['sc'], clusterScoped: true },
  },
};

export const builtInKinds: readonly ServedKind[] = Object.entries(builtInRows).flatMap(([apiVersion, rows]) =>
  Object.entries(rows).map(([names, row]) => toServedKind(apiVersion, names, row)),
);

function toServedKind(apiVersion: string, names: string, row: Row): ServedKind {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const [plural = '', kind = ''] = names.split('/');
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: row.clusterScoped !== true,
    hasStatus: row.status === true,
    generation: row.generation ?? 'never',
    schema: builtInSchema(kind),
    ...(row.scale === true && { scale: workloadScale }),
    ...(row.stored !== undefined && { stored: row.stored }),
    ...(row.review === true && { review: true }),
  };
}

/** The kinds that one cluster serves now. */
export class KindTable {
  readonly #kinds: ServedKind[] = [...builtInKinds];

  get all(): readonly ServedKind[] {
    return this.#kinds;
  }

  byPlural(group: string, version: string, plural: string): ServedKind | undefined {
    return this.#kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.#kinds.some((kind) => kind.group === group && kind.version === version);
  }

  /** Whether the group comes from custom resource definitions alone: unknown paths below it are answered differently. */
  isCustomGroup(group: string): boolean {
    return this.#kinds.some((kind) => kind.group === group && kind.custom !== undefined);
  }

  /** Serves a kind; replaces the one of the same group, version and plural. */
  add(kind: ServedKind): void {
    this.remove(kind.group, kind.version, kind.plural);
    this.#kinds.push(kind);
  }

  remove(group: string, version: string, plural: string): void {
    const known = this.byPlural(group, version, plural);
    if (known !== undefined) this.#kinds.splice(this.#kinds.indexOf(known), 1);
  }
}
