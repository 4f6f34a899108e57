/** What every write has in common, whatever verb asked for it, and storing a changed object. */
import type { JsonMap } from '../world/json.ts';
import { applyDefaults, prune } from './custom-schema.ts';
import { withDefaults } from './defaults.ts';
import { apiVersionOf, resourceName, type ServedKind } from './kinds.ts';
import { encodeOwners, type FieldOwner } from './managed-fields.ts';
import {
  copyOf,
  isEqual,
  isTerminating,
  type KubernetesObject,
  listAt,
  mapAt,
  mapsAt,
  textAt,
  valueAt,
  without,
} from './objects.ts';
import { badRequest, modified, notFound } from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { type ClusterState, collectionOf } from './state.ts';
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

/** Defaults, and for custom resources the loss of unknown fields. */
export function complete(
  kind: ServedKind,
  object: JsonMap,
): { readonly object: JsonMap; readonly unknownFields: readonly string[] } {
  if (kind.custom === undefined) return { object: withDefaults(kind.kind, object), unknownFields: [] };
  const pruned = prune(copyOf(object), kind.custom.openApi);
  applyDefaults(pruned.object, kind.custom.openApi);
  return pruned;
}

/** Unknown fields become warnings, or the refusal that strict validation asks for. */
export function checkUnknownFields(
  kind: ServedKind,
  fields: readonly string[],
  options: WriteOptions,
): readonly string[] {
  if (fields.length === 0 || options.fieldValidation === 'Ignore') return [];
  const texts = fields.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (options.fieldValidation === 'Strict') refuse(badRequest, undefined, strictText(kind, texts));
  return texts;
}

function strictText(kind: ServedKind, texts: readonly string[]): string {
  const what = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`;
  return `${what}: strict decoding error: ${texts.join(', ')}`;
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
  requireValid(kind, draft.object, existing);
  const managedFields = encodeOwners(draft.owners);
  const candidate = withMetadata(draft.object, {
    generation: nextGeneration(kind, draft.object, existing),
    managedFields: managedFields.length === 0 ? undefined : managedFields,
  });
  const answer = { status: 200, warnings: draft.warnings } as const;
  if (isSame(candidate, existing)) return { ...answer, object: existing, effect: false };
  if (draft.options.dryRun) return { ...answer, object: candidate, effect: false };
  if (!isFinished(kind, candidate))
    return { ...answer, object: state.store.write(collectionOf(kind), candidate), effect: true };
  state.store.remove(collectionOf(kind), candidate);
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
    kind.generation === 'spec'
      ? isEqual(object['spec'], existing['spec'])
      : isEqual(without(object, ...ignored), without(existing, ...ignored));
  return isSame ? generation : generation + 1;
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
