/** Building custom resource definitions as data. */
import type { JsonMap } from '../world/json.ts';

export const text: JsonMap = { type: 'string' };
export const oneOf = (...values: readonly string[]): JsonMap => ({ type: 'string', enum: [...values] });
export const record = (properties: JsonMap, required: readonly string[] = []): JsonMap => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required: [...required] }),
});
export const listOf = (items: JsonMap): JsonMap => ({ type: 'array', items });
/** Fields that are not checked. */
export const anything: JsonMap = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** `metav1.Condition`, by type. */
export const conditions: JsonMap = {
  ...listOf(
    record(
      {
        lastTransitionTime: { type: 'string', format: 'date-time' },
        message: { type: 'string', maxLength: 32768 },
        observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
        reason: { type: 'string', minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' },
        status: oneOf('True', 'False', 'Unknown'),
        type: text,
      },
      ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
    ),
  ),
  'x-kubernetes-list-map-keys': ['type'],
  'x-kubernetes-list-type': 'map',
};

/** What differs from definition to definition. */
export interface Definition {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly version: string;
  readonly namespaced?: true;
  readonly shortNames?: readonly string[];
  /** URL of the pull request in which the API was approved; an API server refuses groups of `k8s.io` without one. */
  readonly approval?: string;
  readonly schema: JsonMap;
  /** Selector of the pods, as a path below `.status`; present if the kind has `/scale` with the usual paths. */
  readonly scaleSelector?: string;
  /** Columns besides name and age: header, type, JSON path. */
  readonly columns?: readonly (readonly [string, string, string])[];
}

export function definition(facts: Definition): JsonMap {
  const { group, plural, kind, namespaced, shortNames, approval } = facts;
  const annotations = { 'api-approved.kubernetes.io': approval };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(approval !== undefined && { annotations }) },
    spec: {
      group,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        ...(shortNames !== undefined && { shortNames: [...shortNames] }),
      },
      scope: namespaced === true ? 'Namespaced' : 'Cluster',
      versions: [servedVersion(facts)],
    },
  };
}

function servedVersion({ version, schema, scaleSelector, columns }: Definition): JsonMap {
  const scale = {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: `.status.${scaleSelector}`,
  };
  const age = ['Age', 'date', '.metadata.creationTimestamp'] as const;
  return {
    name: version,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
    subresources: { status: {}, ...(scaleSelector !== undefined && { scale }) },
    ...(columns !== undefined && {
      additionalPrinterColumns: [...columns, age].map(([name, type, jsonPath]) => ({ name, type, jsonPath })),
    }),
  };
}

export const object = (spec: JsonMap, status: JsonMap): JsonMap =>
  record({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status });
