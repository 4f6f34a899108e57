/** The verbs that change an object: create, update, patch in its four forms. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { apply } from './apply.ts';
import { contentType, readObject, requireSameObject } from './bodies.ts';
import { commitCreation, draftCreation } from './creation.ts';
import { goText, sortedJson } from './go-text.ts';
import { decodeOwners, recordUpdate } from './managed-fields.ts';
import { resourceName, type ServedKind } from './kinds.ts';
import { isEqual, isMap, type KubernetesObject, textAt, uidOf, without } from './objects.ts';
import { jsonPatch, mergePatch, PatchError, strategicMergePatch } from './patches.ts';
import {
  badRequest,
  invalid,
  otherUid,
  patchNotApplicable,
  unknownBodyFormat,
  unsupportedPatchType,
} from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import type { ClusterState } from './state.ts';
import { carrying, fieldErrors, refuse } from './status.ts';
import { type Check, checkFields, refuseDecoding, type Refusal } from './strict-fields.ts';
import { refuseInvalid } from './validation.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';
import {
  commitUpdate,
  complete,
  type Draft,
  mergeOwned,
  requireCurrent,
  requireExisting,
  writerOf,
  type Written,
} from './writes.ts';

/** POST: a new object, under the name that it brings or a generated one. */
export function create(state: ClusterState, request: ResourceRequest): Written {
  const options = readWriteOptions(request.http, 'CreateOptions');
  const object = readObject(request.http, request.kind);
  const draft = draftCreation(state, request, { object, options });
  return carrying(draft.warnings, () => {
    requireSameObject(object, request.namespace, '');
    return commitCreation(state, request, draft);
  });
}

/** PUT: replaces an object that exists; it never creates one. */
export function update(state: ClusterState, request: ResourceRequest): Written {
  const options = readWriteOptions(request.http, 'UpdateOptions');
  const sent = readObject(request.http, request.kind);
  const { object, warnings } = readWritable(request, sent, { options, refuse: refuseDecoding(request.kind) });
  return carrying(warnings, () => {
    requireSameObject(sent, request.namespace, request.name);
    const existing = requireExisting(state, request);
    requireSameUid(request, sent, existing);
    requireCurrent(request, sent, existing);
    if (request.kind.custom !== undefined && textAt(sent, 'metadata', 'resourceVersion') === '') {
      refuseUnconditional(request);
    }
    return commitUpdate(state, request, draftUpdate(state, request, { object, warnings, existing, options }));
  });
}

/** A uid in the body makes the update conditional on it being the same object still. */
function requireSameUid(request: ResourceRequest, sent: JsonMap, existing: KubernetesObject): void {
  const wanted = uidOf(sent);
  const found = uidOf(existing);
  if (wanted === '' || wanted === found) return;
  const path = [request.kind.group, request.kind.plural, request.namespace, request.name].filter((step) => step !== '');
  const key = `/registry/${path.join('/')}`;
  refuse(otherUid, detailsOf(request.kind, request.name), resourceName(request.kind), key, { wanted, found });
}

/** Custom resources cannot be replaced without saying which version is replaced. The text names the plural, as recorded. */
function refuseUnconditional(request: ResourceRequest): never {
  const error = fieldErrors.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
  const details = { ...detailsOf(request.kind, request.name), causes: [error] };
  return refuse(invalid, details, resourceName(request.kind), request.name, [error]);
}

interface SentUpdate {
  /** Complete with its defaults. */
  readonly object: JsonMap;
  readonly warnings: readonly string[];
  readonly existing: KubernetesObject;
  readonly options: WriteOptions;
}

/** The draft of an update: its writer owns what it changed, except in the half that the endpoint leaves alone. */
function draftUpdate(state: ClusterState, request: ResourceRequest, sent: SentUpdate): Draft {
  const { kind } = request;
  const { existing, options, warnings } = sent;
  const object = withUnchanged(mergeOwned(request, sent.object, existing), existing);
  // The server looks at ownership before it discards what the endpoint does not change in metadata.
  const claimed = request.subresource === 'status' ? { ...object, metadata: sent.object['metadata'] } : object;
  const owners = recordUpdate({
    before: existing,
    after: claimed,
    owners: decodeOwners(existing),
    writer: writerOf(request, options.manager),
    schema: kind.schema,
    now: state.now(),
  });
  return { object, owners, warnings, options };
}

/** What the endpoint may change of an object that was sent, complete with its defaults, and the warnings about its fields. */
function readWritable(
  request: ResourceRequest,
  sent: JsonMap,
  check: Omit<Check, 'request'>,
): Pick<Draft, 'object' | 'warnings'> {
  const decoded = complete(request.kind, writableHalf(request, sent));
  return { object: decoded.object, warnings: checkFields(decoded, { ...check, request }) };
}

/** What of an object `/status` may change is small, and most writes are of that; custom resources are checked for fields as a whole. */
function writableHalf({ kind, subresource }: ResourceRequest, sent: JsonMap): JsonMap {
  if (subresource !== 'status' || kind.custom !== undefined) return sent;
  return without(sent, 'spec');
}

/** The object with the very parts of the existing one that it equals: nobody needs to compare those again. */
function withUnchanged(object: JsonMap, existing: KubernetesObject): JsonMap {
  const parts = Object.entries(object).map(([field, value]): [string, JsonValue | undefined] => {
    const before = existing[field];
    return [field, isEqual(value, before) ? before : value];
  });
  return Object.fromEntries(parts);
}

/** Strategic merge patch exists for built-in kinds only: it needs the Go types. */
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];
const strategicType = 'application/strategic-merge-patch+json';

/** PATCH in the form that its content type names. */
export function patch(state: ClusterState, request: ResourceRequest): Written {
  const type = contentType(request.http);
  if (type === 'application/apply-patch+yaml') return apply(state, request);
  requirePatchType(request.kind, type);
  const options = readWriteOptions(request.http, 'PatchOptions');
  const existing = requireExisting(state, request);
  const sent = patchedObject(request, type, existing);
  const { object, warnings } = readWritable(request, sent, { options, refuse: refusePatch(request, type, sent) });
  return carrying(warnings, () => {
    requireSameObject(sent, request.namespace, request.name);
    requireCurrent(request, sent, existing);
    if (uidOf(sent) !== uidOf(existing)) refuseOtherUid(request, existing);
    return commitUpdate(state, request, draftUpdate(state, request, { object, warnings, existing, options }));
  });
}

/** A patch is quoted as Go prints it where it is merged by the Go types, and otherwise what it made of the object. */
function refusePatch(request: ResourceRequest, type: string, patched: JsonMap): Refusal {
  return (detail) => {
    const quoted = type === strategicType ? goText(readPatch(request)) : sortedJson(patched);
    return refuseInvalid({ group: '', kind: '' }, '', [fieldErrors.invalid('patch', quoted, detail)]);
  };
}

/** The uid of an object cannot be patched. The real server reports this twice, with the uid that is there. */
function refuseOtherUid(request: ResourceRequest, existing: KubernetesObject): never {
  const error = fieldErrors.invalid('metadata.uid', uidOf(existing), 'field is immutable');
  return refuseInvalid(request.kind, request.name, [error, error]);
}

/** Refuses a form of patch that the kind does not take. */
export function requirePatchType(kind: ServedKind, type: string): void {
  const isCustom = kind.custom !== undefined;
  if (patchTypes.includes(type) || (type === strategicType && !isCustom)) return;
  if (isCustom) refuse(unknownBodyFormat, undefined, patchTypes);
  refuse(unsupportedPatchType, {});
}

/** The object as the patch makes it. */
export function patchedObject(request: ResourceRequest, type: string, existing: KubernetesObject): JsonMap {
  const body = readPatch(request);
  const result =
    type === 'application/json-patch+json'
      ? patchedByOperations(existing, body)
      : type === strategicType
        ? strategicMergePatch(existing, body, request.kind.schema)
        : mergePatch(existing, body);
  return isMap(result) ? result : refuse(patchNotApplicable, {});
}

function readPatch(request: ResourceRequest): JsonValue {
  try {
    return JSON.parse(request.http.body.toString('utf8'));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return refuse(badRequest, undefined, `error decoding patch: ${thrown.message}`);
  }
}

/** What does not fit the object is 422 without any detail, as recorded. */
function patchedByOperations(existing: KubernetesObject, body: JsonValue): JsonValue {
  if (!Array.isArray(body)) {
    const text = 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp';
    return refuse(badRequest, undefined, text);
  }
  try {
    return jsonPatch(existing, body);
  } catch (thrown) {
    if (!(thrown instanceof PatchError)) throw thrown;
    return refuse(patchNotApplicable, {});
  }
}
