/** Creating objects: the server's part of a new object. */
import type { JsonMap } from '../world/json.ts';
import { defaultsOf, emptyObject } from './defaults.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { resourceName, type ServedKind } from './kinds.ts';
import { encodeOwners, recordUpdate } from './managed-fields.ts';
import { isTerminating, mapAt, nameOf, textAt, valueAt, without } from './objects.ts';
import { preparedForCreation } from './preparation.ts';
import { alreadyExists, internalError, namespaceTerminating, notFound } from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { carrying, refuse } from './status.ts';
import { checkFields, refuseDecoding } from './strict-fields.ts';
import { requireValid } from './validation.ts';
import type { WriteOptions } from './write-options.ts';
import { complete, type Draft, writerOf, withMetadata, type Written } from './writes.ts';

/** The draft of a new object from what a client sent: who sent it owns all of it, defaults included. */
export function draftCreation(
  state: ClusterState,
  request: ResourceRequest,
  { object: sent, options }: { readonly object: JsonMap; readonly options: WriteOptions },
): Draft {
  const { kind } = request;
  const decoded = complete(kind, sent);
  const warnings = checkFields(decoded, { request, options, refuse: refuseDecoding(kind) });
  if (textAt(sent, 'metadata', 'resourceVersion') !== '') {
    const text = 'resourceVersion should not be set on objects to be created';
    carrying(warnings, () => refuse(internalError, undefined, text));
  }
  const empty: JsonMap = kind.custom === undefined ? emptyObject(defaultsOf(kind)) : { metadata: {} };
  const object = withoutStatus(kind, decoded.object, empty);
  const owners = recordUpdate({
    before: empty,
    after: kind.hasStatus ? { ...object, status: empty['status'] } : object,
    owners: [],
    writer: writerOf(request, options.manager),
    schema: kind.schema,
    now: state.now(),
  });
  return { object, owners, warnings, options };
}

/** A client cannot create an object with a status, except a node, which a kubelet registers with one. */
function withoutStatus(kind: ServedKind, object: JsonMap, { status }: JsonMap): JsonMap {
  if (!kind.hasStatus || kind.kind === 'Node') return object;
  return { ...without(object, 'status'), ...(status !== undefined && { status }) };
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

/** Stores a new object under the identity that the server gives it. */
export function commitCreation(state: ClusterState, request: ResourceRequest, draft: Draft): Written {
  const { kind, namespace } = request;
  const { dryRun } = draft.options;
  const prefix = textAt(draft.object, 'metadata', 'generateName');
  const collection = collectionOf(kind);
  const name = nameOf(draft.object) || (prefix === '' ? '' : state.newName(collection, namespace, prefix));
  requireNamespace(state, request, name);
  const named = withMetadata(draft.object, { name, ...(kind.namespaced && { namespace }) });
  requireValid(kind, named);
  const existing = state.read(kind, namespace, name);
  if (existing !== undefined) {
    refuse(alreadyExists, detailsOf(kind, name), resourceName(kind), name, isTerminating(existing));
  }
  const prepared = prepare(state, kind, named);
  const managedFields = encodeOwners(draft.owners);
  const object = withMetadata(prepared, {
    uid: state.newUid(collection, namespace, name),
    generation: kind.generation === 'never' ? undefined : 1,
    creationTimestamp: state.now(),
    selfLink: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  });
  const stored = dryRun ? object : state.write(kind, object);
  const warnings = [...draft.warnings, ...finalizerWarnings(kind, object)];
  return { status: 201, object: stored, warnings, effect: !dryRun };
}

/** What is added after ownership was recorded, so that nobody owns it; a Service gets its address. */
function prepare(state: ClusterState, kind: ServedKind, object: JsonMap): JsonMap {
  if (kind.custom !== undefined) return object;
  const prepared = preparedForCreation(kind.kind, object);
  if (kind.kind !== 'Service' || valueAt(prepared, 'spec', 'clusterIP') !== undefined) return prepared;
  const clusterIP = state.newServiceAddress();
  return { ...prepared, spec: { ...mapAt(prepared, 'spec'), clusterIP, clusterIPs: [clusterIP] } };
}
