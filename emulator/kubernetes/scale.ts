/**
 * The `scale` subresource: `spec.replicas` of a workload as an `autoscaling/v1` Scale (kubernetes/kubernetes
 * pkg/registry/apps/deployment/storage, kubernetes/apiextensions-apiserver pkg/registry/customresource/etcd.go).
 */
import type { JsonMap } from '../world/json.ts';
import { refuseConflicts } from './apply.ts';
import { contentType, parseYamlBody, readObject, requireSameObject } from './bodies.ts';
import { deduced } from './field-schema.ts';
import { FieldSet } from './field-set.ts';
import { apiVersionOf, type ServedKind } from './kinds.ts';
import { decodeOwners, type FieldOwner } from './managed-fields.ts';
import { copyOf, isMap, type KubernetesObject, mapAt, numberAt } from './objects.ts';
import { patchedObject, requirePatchType } from './mutations.ts';
import { badRequest } from './rejections.ts';
import type { ResourceRequest } from './resource-request.ts';
import { patchDump, readReplicas, scaleOf, scalePathsOf, unknownScaleFields } from './scale-view.ts';
import type { ClusterState } from './state.ts';
import { fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';
import { commitUpdate, requireCurrent, requireExisting, type Written } from './writes.ts';

/** The kind of the bodies; it is served below other kinds only. */
const scaleKind: ServedKind = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  generation: 'never',
  schema: deduced,
};

/** GET. */
export function getScale(state: ClusterState, request: ResourceRequest): JsonMap {
  return scaleOf(request.kind, requireExisting(state, request));
}

/** PUT: without a resource version unconditional, for custom resources too. */
export function updateScale(state: ClusterState, request: ResourceRequest): Written {
  const options = readWriteOptions(request.http, 'UpdateOptions');
  const sent = readObject(request.http, scaleKind);
  requireSameObject(sent, request.namespace, request.name);
  const unknown = unknownScaleFields(sent);
  const cannot = 'Scale in version "v1" cannot be handled as a Scale';
  if (options.fieldValidation === 'Strict' && unknown.length > 0) {
    refuse(badRequest, undefined, `${cannot}: strict decoding error: ${unknown.join(', ')}`);
  }
  const replicas = readReplicas(sent, (mistake) => refuse(badRequest, undefined, `${cannot}: ${mistake}`));
  return write(state, request, { sent, replicas, options, warnings: warningsOf(unknown, options) });
}

/** PATCH of the Scale, in any form; apply shares ownership of `spec.replicas` with those who want the same value. */
export function patchScale(state: ClusterState, request: ResourceRequest): Written {
  const type = contentType(request.http);
  if (type === 'application/apply-patch+yaml') return applyScale(state, request);
  requirePatchType(request.kind, type);
  const options = readWriteOptions(request.http, 'PatchOptions');
  const existing = requireExisting(state, request);
  const sent = patchedObject(request, type, copyOf(scaleOf(request.kind, existing)));
  requireSameObject(sent, request.namespace, request.name);
  const refusePatch = (mistake: string): never => {
    const error = fieldErrors.invalid('patch', patchDump(existing, sent), mistake);
    return refuseInvalid({ group: '', kind: '' }, '', [error]);
  };
  const unknown = unknownScaleFields(sent);
  if (options.fieldValidation === 'Strict' && unknown.length > 0) {
    refusePatch(`strict decoding error: ${unknown.join(', ')}`);
  }
  const replicas = readReplicas(sent, refusePatch);
  return write(state, request, { sent, replicas, options, warnings: warningsOf(unknown, options) });
}

function applyScale(state: ClusterState, request: ResourceRequest): Written {
  const options = readWriteOptions(request.http, 'PatchOptions', true);
  const sent = parseYamlBody(request.http);
  if (!isMap(sent)) return refuse(badRequest, undefined, 'invalid object type: /, Kind=');
  requireSameObject(sent, request.namespace, '');
  const replicas = readReplicas(sent, (mistake) => refuse(badRequest, undefined, mistake));
  const existing = requireExisting(state, request);
  const others = decodeOwners(existing).filter(
    (owner) => ownsReplicas(request.kind, owner) && owner.name !== options.manager,
  );
  if (!options.force && others.length > 0 && replicas !== currentReplicas(request.kind, existing)) {
    const path = scalePathsOf(request.kind).specReplicas.map((step) => `f:${step}`);
    refuseConflicts(
      others.map((owner) => ({ owner: { ...owner, operation: 'Update', apiVersion: scaleVersion }, path })),
    );
  }
  return write(state, request, { sent, replicas, options, warnings: [], isApply: true });
}

const scaleVersion = 'autoscaling/v1';

/** Strict validation refuses what others are only warned of. */
function warningsOf(unknown: readonly string[], options: WriteOptions): readonly string[] {
  return options.fieldValidation === 'Warn' ? unknown : [];
}

interface ScaleWrite {
  readonly sent: JsonMap;
  readonly replicas: number;
  readonly options: WriteOptions;
  readonly warnings: readonly string[];
  readonly isApply?: true;
}

/** Stores the parent with the new size; a stale resource version is refused in the parent's name. */
function write(state: ClusterState, request: ResourceRequest, { sent, replicas, ...how }: ScaleWrite): Written {
  const { kind, name } = request;
  const existing = requireExisting(state, request);
  requireCurrent(request, sent, existing);
  if (replicas < 0 && kind.custom === undefined) {
    const error = fieldErrors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    refuseInvalid(scaleKind, name, [error]);
  }
  const isChanged = replicas !== currentReplicas(kind, existing);
  const object = withReplicas(existing, scalePathsOf(kind).specReplicas, replicas);
  const owners = ownersAfter(request, existing, { ...how, isChanged, isNone: replicas === 0 });
  const written = commitUpdate(state, request, { object, owners, warnings: how.warnings, options: how.options });
  return { ...written, object: scaleOf(kind, written.object) };
}

const currentReplicas = (kind: ServedKind, object: KubernetesObject): number =>
  numberAt(object, ...scalePathsOf(kind).specReplicas);

function withReplicas(object: JsonMap, [step, ...rest]: readonly string[], replicas: number): JsonMap {
  if (step === undefined) return object;
  return { ...object, [step]: rest.length === 0 ? replicas : withReplicas(mapAt(object, step), rest, replicas) };
}

/** The one field that a Scale stands for, as a set. */
function replicasField(kind: ServedKind): FieldSet {
  const set = new FieldSet();
  let at = set;
  for (const step of scalePathsOf(kind).specReplicas) at = at.child(`f:${step}`);
  at.member = true;
  return set;
}

const ownsReplicas = (kind: ServedKind, owner: FieldOwner): boolean =>
  !owner.fields.intersection(replicasField(kind)).isEmpty;

interface OwnershipChange {
  readonly options: WriteOptions;
  readonly isChanged: boolean;
  readonly isNone: boolean;
  readonly isApply?: true;
}

/** A changed value belongs to its writer alone, an equal one is shared by an applier and left alone by everybody else. */
function ownersAfter(
  request: ResourceRequest,
  existing: KubernetesObject,
  change: OwnershipChange,
): readonly FieldOwner[] {
  const { kind } = request;
  const recorded = decodeOwners(existing);
  // Whose size nobody owns has no history of its own, and an ordinary write does not begin one.
  const isTracked = change.isApply === true || recorded.some((owner) => ownsReplicas(kind, owner));
  if (!isTracked) return recorded;
  const owners = recorded.flatMap((owner) => withSizeApart(kind, owner));
  if (!change.isChanged && change.isApply !== true) return owners;
  const field = replicasField(kind);
  const operation = change.isApply === true ? 'Apply' : 'Update';
  const isWriter = (owner: FieldOwner): boolean =>
    owner.name === change.options.manager && owner.operation === operation && owner.subresource === 'scale';
  const others = owners.filter((owner) => !isWriter(owner));
  const kept = change.isChanged
    ? others.map((owner) => ({ ...owner, fields: owner.fields.difference(field) }))
    : others;
  // The entry of a scale writer carries the parent's version and no time, as the real server stores it.
  const writer = {
    name: change.options.manager,
    operation,
    apiVersion: apiVersionOf(kind),
    subresource: 'scale',
  } as const;
  // A size of none is not written in a Scale, so that nobody owns it.
  return change.isNone ? kept : [...kept, { ...writer, fields: field }];
}

/** A writer's share in the size comes back from a Scale as an entry of its own, without a time (`managedfields/scalehandler.go`). */
function withSizeApart(kind: ServedKind, owner: FieldOwner): readonly FieldOwner[] {
  if (owner.operation === 'Apply' || !ownsReplicas(kind, owner)) return [owner];
  const field = replicasField(kind);
  const { time: _, ...untimed } = owner;
  return [
    { ...owner, fields: owner.fields.difference(field) },
    { ...untimed, fields: field },
  ];
}
