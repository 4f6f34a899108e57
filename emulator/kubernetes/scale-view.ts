/** A workload seen as a Scale, and a Scale read back. */
import type { JsonMap } from '../world/json.ts';
import { type ScalePaths, type ServedKind } from './kinds.ts';
import {
  isMap,
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  uidOf,
  valueAt,
} from './objects.ts';
import { selectorText } from './selector-text.ts';

/** Asked for only where the kind has a `/scale`. */
export function scalePathsOf(kind: ServedKind): ScalePaths {
  if (kind.scale === undefined) throw new Error(`scaling a ${kind.kind}: the kind has no scale subresource`);
  return kind.scale;
}

/** The Scale of an object; identity and version are the object's own. */
export function scaleOf(kind: ServedKind, object: KubernetesObject): JsonMap {
  const paths = scalePathsOf(kind);
  const found = valueAt(object, ...paths.selector);
  const selector = isMap(found) ? selectorText(found) : found;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: identityOf(object),
    spec: withoutZero(numberAt(object, ...paths.specReplicas)),
    status: {
      replicas: numberAt(object, ...paths.statusReplicas),
      ...(typeof selector === 'string' && selector !== '' && { selector }),
    },
  };
}

/** Go leaves a size of none out of the specification, though not out of the status. */
const withoutZero = (replicas: number): JsonMap => (replicas === 0 ? {} : { replicas });

function identityOf(object: KubernetesObject): JsonMap {
  return {
    name: nameOf(object),
    namespace: namespaceOf(object),
    uid: uidOf(object),
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
    creationTimestamp: textAt(object, 'metadata', 'creationTimestamp'),
  };
}

/** Fields that a Scale does not have, in the words of the decoder. */
export function unknownScaleFields(scale: JsonMap): readonly string[] {
  const unknown = (map: JsonMap, known: readonly string[], prefix: string): readonly string[] =>
    Object.keys(map)
      .filter((key) => !known.includes(key))
      .map((key) => `unknown field ${JSON.stringify(prefix + key)}`);
  return [
    ...unknown(scale, ['apiVersion', 'kind', 'metadata', 'spec', 'status'], ''),
    ...unknown(mapAt(scale, 'spec'), ['replicas'], 'spec.'),
  ];
}

/** The wanted size; what is left out is 0, as Go reads it. */
export function readReplicas(scale: JsonMap, refuseType: (mistake: string) => never): number {
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas === 'number' && Number.isInteger(replicas)) return replicas;
  const type = Array.isArray(replicas) ? 'array' : typeof replicas === 'boolean' ? 'bool' : typeof replicas;
  const found = type === 'number' ? `number ${JSON.stringify(replicas)}` : type;
  return refuseType(`json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`);
}

/** The patched Scale as the real server quotes it back when it cannot be read, keys in its order. */
export function patchDump(existing: KubernetesObject, patched: JsonMap): string {
  const fieldsV1: JsonMap = { 'f:spec': { 'f:replicas': {} } };
  const managedFields = mapsAt(existing, 'metadata', 'managedFields')
    .filter((entry) => valueAt(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined)
    .map(({ manager, operation, time }) => ({
      manager,
      operation,
      apiVersion: 'autoscaling/v1',
      ...(time !== undefined && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1,
    }));
  const { spec, status } = patched;
  const metadata = { ...identityOf(existing), ...(managedFields.length > 0 && { managedFields }) };
  return JSON.stringify({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec, status });
}
