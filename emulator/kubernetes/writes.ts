/** Creating and updating objects: what every write has in common, whatever verb asked for it. */
import type { JsonMap } from '../world/json.ts';
import { applyDefaults, prune } from './custom-schema.ts';
import { emptyObject, withDefaults } from './defaults.ts';
import { apiVersionOf, resourceName, type ServedKind } from './kinds.ts';
import { decodeManagers, encodeManagers, type Manager, recordUpdate } from './managed-fields.ts';
import {
  copyOf,
  isEqual,
  isTerminating,
  type KubernetesObject,
  listAt,
  mapAt,
  nameOf,
  textAt,
  valueAt,
  without,
} from './objects.ts';
import { preparedForCreation } from './preparation.ts';
import { alreadyExists, badRequest, internalError, modified, namespaceTerminating, notFound } from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse } from './status.ts';
import { requireValid } from './validation.ts';
import type { WriteOptions } from './write-options.ts';

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
  readonly managers: readonly Manager[];
  readonly warnings: readonly string[];
}

/** Defaults, and for custom resources the loss of unknown fields. */
export function complete(kind: ServedKind, object: JsonMap): { readonly object: JsonMap; readonly unknownFields: readonly string[] } {
  if (kind.custom === undefined) return { object: withDefaults(kind.kind, object), unknownFields: [] };
  const pruned = prune(copyOf(object), kind.custom.openApi);
  applyDefaults(pruned.object, kind.custom.openApi);
  return pruned;
}

/** Unknown fields become warnings, or the refusal that strict validation asks for. */
export function checkUnknownFields(kind: ServedKind, fields: readonly string[], options: WriteOptions): readonly string[] {
  if (fields.length === 0 || options.fieldValidation === 'Ignore') return [];
  const texts = fields.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (options.fieldValidation === 'Strict') refuse(badRequest, undefined, strictText(kind, texts));
  return texts;
}

function strictText(kind: ServedKind, texts: readonly string[]): string {
  const what = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`;
  return `${what}: strict decoding error: ${texts.join(', ')}`;
}

/** The namespace of a new object must exist and must not be on its way out. */
function requireNamespace(state: ClusterState, request: ResourceRequest, name: string): void {
  const { kind, namespace } = request;
  if (!kind.namespaced) return;
  const found = state.store.get('/namespaces', '', namespace);
  if (found === undefined) refuse(notFound, { name: namespace, kind: 'namespaces' }, 'namespaces', namespace);
  if (!isTerminating(found)) return;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  refuse(namespaceTerminating, { ...detailsOf(kind, name), causes: [cause] }, resourceName(kind), name, namespace);
}

/** The draft of a new object from what a client sent: who sent it owns all of it, defaults included. */
export function draftCreation(state: ClusterState, request: ResourceRequest, sent: { readonly object: JsonMap; readonly options: WriteOptions }): Draft {
  const { kind } = request;
  if (textAt(sent.object, 'metadata', 'resourceVersion') !== '') {
    refuse(internalError, undefined, 'resourceVersion should not be set on objects to be created');
  }
  const completed = complete(kind, withoutStatus(kind, sent.object));
  const warnings = checkUnknownFields(kind, completed.unknownFields, sent.options);
  const empty: JsonMap = kind.custom === undefined ? emptyObject(kind.kind) : { metadata: {} };
  const managers = recordUpdate({
    before: empty,
    after: kind.hasStatus ? { ...completed.object, status: empty['status'] } : completed.object,
    managers: [],
    manager: updateManager(request, sent.options.manager),
    schema: kind.schema,
    now: state.now(),
  });
  return { object: completed.object, managers, warnings };
}

/** A client cannot create an object with a status, except a node, which a kubelet registers with one. */
function withoutStatus(kind: ServedKind, object: JsonMap): JsonMap {
  return kind.hasStatus && kind.kind !== 'Node' ? without(object, 'status') : object;
}

export function updateManager(request: ResourceRequest, name: string): Omit<Manager, 'time' | 'fields'> {
  return { name, operation: 'Update', apiVersion: apiVersionOf(request.kind), subresource: request.subresource };
}

/** Stores a new object under the identity that the server gives it. */
export function commitCreation(state: ClusterState, request: ResourceRequest, draft: Draft, options: WriteOptions): Written {
  const { kind, namespace } = request;
  const prefix = textAt(draft.object, 'metadata', 'generateName');
  const collection = collectionOf(kind);
  const name = nameOf(draft.object) || (prefix === '' ? '' : state.newName(collection, namespace, prefix));
  requireNamespace(state, request, name);
  const named = withMetadata(draft.object, { name, ...(kind.namespaced && { namespace }) });
  requireValid(kind, named);
  const existing = state.store.get(collection, namespace, name);
  if (existing !== undefined) {
    refuse(alreadyExists, detailsOf(kind, name), resourceName(kind), name, isTerminating(existing));
  }
  const prepared = prepare(state, kind, named);
  const managedFields = encodeManagers(draft.managers);
  const object = withMetadata(prepared, {
    uid: state.newUid(collection, namespace, name),
    generation: kind.generation === 'never' ? undefined : 1,
    creationTimestamp: state.now(),
    selfLink: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  });
  const stored = options.dryRun ? object : state.store.write(collection, object);
  return { status: 201, object: stored, warnings: draft.warnings, effect: !options.dryRun };
}

function prepare(state: ClusterState, kind: ServedKind, object: JsonMap): JsonMap {
  if (kind.custom !== undefined) return object;
  const prepared = preparedForCreation(kind.kind, object);
  if (kind.kind !== 'Service' || valueAt(prepared, 'spec', 'clusterIP') !== undefined) return prepared;
  const clusterIP = state.newServiceAddress();
  return { ...prepared, spec: { ...mapAt(prepared, 'spec'), clusterIP, clusterIPs: [clusterIP] } };
}

/** Metadata with some fields set, those set to undefined removed. */
export function withMetadata(object: JsonMap, fields: JsonMap): JsonMap {
  return copyOf({ ...object, metadata: { ...mapAt(object, 'metadata'), ...fields } });
}

export function requireExisting(state: ClusterState, request: ResourceRequest): KubernetesObject {
  const { kind, namespace, name } = request;
  const existing = state.store.get(collectionOf(kind), namespace, name);
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
    return { ...without(existing, 'status'), ...(status !== undefined && { status }) };
  }
  const { status } = existing;
  const content = request.kind.hasStatus ? { ...without(sent, 'status'), ...(status !== undefined && { status }) } : sent;
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
export function commitUpdate(state: ClusterState, request: ResourceRequest, draft: Draft, options: WriteOptions): Written {
  const { kind } = request;
  const existing = requireExisting(state, request);
  requireValid(kind, draft.object, existing);
  const managedFields = encodeManagers(draft.managers);
  const candidate = withMetadata(draft.object, {
    generation: nextGeneration(kind, draft.object, existing),
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  });
  const answer = { status: 200, warnings: draft.warnings } as const;
  if (isEqual(withoutTimes(candidate), withoutTimes(existing))) return { ...answer, object: existing, effect: false };
  if (options.dryRun) return { ...answer, object: candidate, effect: false };
  if (!isFinished(kind, candidate)) return { ...answer, object: state.store.write(collectionOf(kind), candidate), effect: true };
  state.store.remove(collectionOf(kind), candidate);
  return { ...answer, object: candidate, effect: true };
}

/** Being deleted, with nobody left who wants to see it first. */
function isFinished(kind: ServedKind, object: JsonMap): boolean {
  const isNamespace = kind.kind === 'Namespace' && kind.custom === undefined;
  const graceSeconds = valueAt(object, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
  const holders = [...listAt(object, 'metadata', 'finalizers'), ...(isNamespace ? listAt(object, 'spec', 'finalizers') : [])];
  return isTerminating(object) && graceSeconds === 0 && holders.length === 0;
}

function nextGeneration(kind: ServedKind, object: JsonMap, existing: JsonMap): number | undefined {
  if (kind.generation === 'never') return undefined;
  const generation = Number(valueAt(existing, 'metadata', 'generation') ?? 1);
  const ignored = kind.hasStatus ? ['metadata', 'status'] : ['metadata'];
  const isSame =
    kind.generation === 'spec'
      ? isEqual(object['spec'], existing['spec'])
      : isEqual(without(object, ...ignored), without(existing, ...ignored));
  return isSame ? generation : generation + 1;
}

/** For the comparison that decides about a no-op: when something was owned does not count. */
function withoutTimes(object: JsonMap): JsonMap {
  const managers = decodeManagers(object).map(({ time: _time, ...manager }) => manager);
  return withMetadata(object, { managedFields: encodeManagers(managers) });
}
