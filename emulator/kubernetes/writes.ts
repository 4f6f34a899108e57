/** What every write has in common, whatever verb asked for it, and storing a changed object. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { applyDefaults, prune } from './custom-schema.ts';
import { type Decoded, decodeAs } from './decoding.ts';
import { defaultsOf, withDefaults } from './defaults.ts';
import { apiVersionOf, resourceName, type ServedKind } from './kinds.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { encodeOwners, type FieldOwner } from './managed-fields.ts';
import {
  copyOf,
  isEqual,
  isMap,
  isTerminating,
  type KubernetesObject,
  listAt,
  mapAt,
  mapsAt,
  textAt,
  valueAt,
  without,
} from './objects.ts';
import { preparedForUpdate } from './preparation.ts';
import { modified, notFound } from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { kindShape, metadataShape } from './shapes.ts';
import type { ClusterState } from './state.ts';
import { refuse } from './status.ts';
import { requireValid } from './validation.ts';
import type { WriteOptions } from './write-options.ts';

/** What a write answers. */
export interface Written {
  readonly status: 200 | 201;
  readonly object: KubernetesObject;
  /** Texts of Warning headers. */
  readonly warnings: readonly string[];
  /** False for what changed nothing and for a dry run. */
  readonly effect: boolean;
}

/** An object on its way into the store. */
export interface Draft {
  readonly object: JsonMap;
  readonly owners: readonly FieldOwner[];
  readonly warnings: readonly string[];
  readonly options: WriteOptions;
}

/** The object with its defaults and without the fields that its kind does not have. */
export function complete(kind: ServedKind, object: JsonMap): Decoded {
  if (kind.custom === undefined) {
    const decoded = decodeAs(kindShape(kind.group, kind.version, kind.kind), object);
    return decoded.mistake === undefined
      ? { ...decoded, object: withDefaults(defaultsOf(kind), decoded.object) }
      : decoded;
  }
  const pruned = prune(copyOf(object), kind.custom.openApi);
  const metadata = decodeAs(metadataShape(), mapAt(pruned.object, 'metadata'));
  const known = { ...pruned.object, metadata: withoutEmpty(metadata.object) };
  applyDefaults(known, kind.custom.openApi);
  const unknownFields = [...metadata.unknownFields.map((field) => `metadata.${field}`), ...pruned.unknownFields];
  return { ...metadata, object: known, unknownFields };
}

/** Labels and the like that are empty are not there: Go reads the metadata of every kind into the same struct. */
function withoutEmpty(metadata: JsonMap): JsonMap {
  const isEmpty = (value: JsonValue | undefined): boolean =>
    Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null && !isEmpty(value)));
}

/** The identity under which an ordinary write is recorded. */
export function writerOf(request: ResourceRequest, name: string): Omit<FieldOwner, 'time' | 'fields'> {
  return { name, operation: 'Update', apiVersion: apiVersionOf(request.kind), subresource: request.subresource };
}

/** Metadata with some fields set, those set to undefined removed. */
export function withMetadata(object: JsonMap, fields: JsonMap): JsonMap {
  const metadata = Object.entries({ ...mapAt(object, 'metadata'), ...fields }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** The object that a request names, or the refusal that it does not exist. */
export function requireExisting(state: ClusterState, request: ResourceRequest): KubernetesObject {
  const { kind, namespace, name } = request;
  const existing = state.read(kind, namespace, name);
  return existing ?? refuse(notFound, detailsOf(kind, name), resourceName(kind), name);
}

/** An object that carries a resource version must carry the current one. */
export function requireCurrent(request: ResourceRequest, sent: JsonMap, existing: KubernetesObject): void {
  const wanted = textAt(sent, 'metadata', 'resourceVersion');
  if (wanted === '' || wanted === '0' || wanted === textAt(existing, 'metadata', 'resourceVersion')) return;
  refuse(modified, detailsOf(request.kind, request.name), resourceName(request.kind), request.name);
}

/**
 * What a client's object may change of the existing one: the main endpoint leaves the status alone, `/status` everything else;
 * what the server owns stays.
 */
export function mergeOwned(request: ResourceRequest, sent: JsonMap, existing: KubernetesObject): JsonMap {
  if (request.subresource === 'status') {
    const { status } = sent;
    const written = { ...without(existing, 'status'), ...(status !== undefined && { status }) };
    // Its controller numbers a rollout in the annotations, which is no new generation (pkg/registry/apps/deployment/strategy.go).
    if (request.kind.generation !== 'specOrAnnotations') return written;
    return withMetadata(written, { annotations: valueAt(sent, 'metadata', 'annotations') });
  }
  const { status } = existing;
  const content = request.kind.hasStatus
    ? { ...without(sent, 'status'), ...(status !== undefined && { status }) }
    : sent;
  const before = mapAt(existing, 'metadata');
  const serverOwned = [
    'uid',
    'creationTimestamp',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generateName',
    'resourceVersion',
    'namespace',
    'selfLink',
  ];
  return withMetadata(content, Object.fromEntries(serverOwned.map((field) => [field, before[field]])));
}

/** Stores a changed object. One that did not change keeps its resource version; one that only waited for its finalizers goes. */
export function commitUpdate(state: ClusterState, request: ResourceRequest, draft: Draft): Written {
  const { kind } = request;
  const existing = requireExisting(state, request);
  const object = kind.custom === undefined ? preparedForUpdate(kind.kind, draft.object) : draft.object;
  requireValid(kind, object, existing, request.subresource === 'status' ? 'status' : 'all');
  const managedFields = encodeOwners(draft.owners);
  const candidate = withMetadata(object, {
    generation:
      request.subresource === 'status'
        ? valueAt(existing, 'metadata', 'generation')
        : nextGeneration(kind, object, existing),
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  });
  const warnings = [...draft.warnings, ...finalizerWarnings(kind, candidate, existing)];
  const answer = { status: 200, warnings } as const;
  if (isSame(candidate, existing)) return { ...answer, object: existing, effect: false };
  if (draft.options.dryRun) return { ...answer, object: candidate, effect: false };
  if (!isFinished(kind, candidate)) return { ...answer, object: state.write(kind, candidate), effect: true };
  state.remove(kind, candidate);
  return { ...answer, object: candidate, effect: true };
}

/** Being deleted, with nobody left who wants to see it first. */
function isFinished(kind: ServedKind, object: JsonMap): boolean {
  const isNamespace = kind.kind === 'Namespace' && kind.custom === undefined;
  const graceSeconds = valueAt(object, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
  const holders = [
    ...listAt(object, 'metadata', 'finalizers'),
    ...(isNamespace ? listAt(object, 'spec', 'finalizers') : []),
  ];
  return isTerminating(object) && graceSeconds === 0 && holders.length === 0;
}

/** Controllers compare the generation with the one that they last observed, so that only wanted state may raise it. */
function nextGeneration(kind: ServedKind, object: JsonMap, existing: JsonMap): number | undefined {
  if (kind.generation === 'never') return undefined;
  const generation = Number(valueAt(existing, 'metadata', 'generation') ?? 1);
  const ignored = kind.hasStatus ? ['metadata', 'status'] : ['metadata'];
  const isSame =
    kind.generation === 'content'
      ? isEqual(without(object, ...ignored), without(existing, ...ignored))
      : isEqual(object['spec'], existing['spec']);
  const countsAnnotations = kind.generation === 'specOrAnnotations';
  const annotations = (of: JsonMap): JsonMap => mapAt(of, 'metadata', 'annotations');
  const isAnnotated = countsAnnotations && !isEqual(annotations(object), annotations(existing));
  return isSame && !isAnnotated ? generation : generation + 1;
}

/** Whether nothing changed; when something came to be owned does not count. */
function isSame(left: JsonMap, right: JsonMap): boolean {
  const owners = (object: JsonMap): JsonMap[] =>
    mapsAt(object, 'metadata', 'managedFields').map((entry) => without(entry, 'time'));
  return (
    isEqual(without(left, 'metadata'), without(right, 'metadata')) &&
    isEqual(without(mapAt(left, 'metadata'), 'managedFields'), without(mapAt(right, 'metadata'), 'managedFields')) &&
    isEqual(owners(left), owners(right))
  );
}
