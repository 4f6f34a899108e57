/** Server-side apply: the request around the rules of managed-fields.ts. */
import type { JsonMap } from '../world/json.ts';
import { parseYamlBody, requireSameObject } from './bodies.ts';
import { commitCreation } from './creation.ts';
import { emptyObject } from './defaults.ts';
import { readablePath } from './field-set.ts';
import { apiVersionOf } from './kinds.ts';
import { applyConfiguration, type Conflict, decodeOwners, type OwnerIdentity } from './managed-fields.ts';
import { isMap, type KubernetesObject, nameOf, textAt, without } from './objects.ts';
import { applyConflict, badRequest, internalError } from './rejections.ts';
import type { ResourceRequest } from './resource-request.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse } from './status.ts';
import { readWriteOptions } from './write-options.ts';
import {
  commitUpdate,
  complete,
  mergeOwned,
  requireCurrent,
  requireExisting,
  writerOf,
  withMetadata,
  type Written,
} from './writes.ts';

/** Creates the object, or makes the applied fields so. Conflicts are refused unless forced. */
export function apply(state: ClusterState, request: ResourceRequest): Written {
  const { kind } = request;
  const options = readWriteOptions(request.http, 'PatchOptions', true);
  const sent = readConfiguration(request);
  const existing = state.store.get(collectionOf(kind), request.namespace, request.name);
  if (existing !== undefined) requireCurrent(request, sent, existing);
  const configuration = ownHalf(request, sent);
  requireDeclared(request, configuration);
  if (existing === undefined && request.subresource !== '') requireExisting(state, request);
  const live = existing ?? nothingYet(request);
  const applied = applyConfiguration({
    before: live,
    configuration,
    owners: decodeOwners(live),
    writer: { ...writerOf(request, options.manager), operation: 'Apply' },
    schema: kind.schema,
    now: state.now(),
  });
  if (applied.conflicts.length > 0 && !options.force) refuseConflicts(applied.conflicts);
  const completed = complete(kind, applied.object);
  if (existing === undefined) {
    const object = withMetadata(completed.object, { resourceVersion: undefined });
    return commitCreation(state, request, { object, owners: applied.owners, warnings: [], options });
  }
  const object = mergeOwned(request, completed.object, existing);
  return commitUpdate(state, request, { object, owners: applied.owners, warnings: [], options });
}

/** What is compared with when the object does not exist. */
function nothingYet({ kind, name, namespace }: ResourceRequest): KubernetesObject {
  const start = kind.custom === undefined ? emptyObject(kind.kind) : { metadata: {} };
  const named = withMetadata(start, { name, ...(kind.namespaced && { namespace }) });
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...named };
}

/** An apply must say what it applies: kind and version are checked before anything is merged. */
function readConfiguration(request: ResourceRequest): JsonMap {
  const body = parseYamlBody(request.http);
  const apiVersion = textAt(body, 'apiVersion');
  const kind = textAt(body, 'kind');
  if (!isMap(body) || apiVersion !== apiVersionOf(request.kind) || kind !== request.kind.kind) {
    const type = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
    return refuse(badRequest, undefined, `invalid object type: ${type}, Kind=${kind}`);
  }
  const named = nameOf(body) === '' ? withMetadata(body, { name: request.name }) : body;
  requireSameObject(named, request.namespace, request.name);
  const managed = named['metadata'];
  if (isMap(managed) && managed['managedFields'] !== undefined && managed['managedFields'] !== null) {
    refuse(badRequest, undefined, 'metadata.managedFields must be nil');
  }
  return named;
}

/** The half of the configuration that the endpoint changes; nobody comes to own the other half. */
function ownHalf(request: ResourceRequest, sent: JsonMap): JsonMap {
  if (request.subresource === 'status') return without(sent, 'spec');
  return request.kind.hasStatus ? without(sent, 'status') : sent;
}

/** Custom resources are checked against their schema; for built-in kinds this world has no complete schema to check against. */
function requireDeclared(request: ResourceRequest, configuration: JsonMap): void {
  const [first] = complete(request.kind, configuration).unknownFields;
  if (first === undefined) return;
  const { kind } = request;
  const type = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
  const text = `failed to create typed patch object (${request.namespace}/${request.name}; ${type}): .${first}: field not declared in schema`;
  refuse(internalError, undefined, text);
}

/** All conflicts at once, in words and as causes. The real server lists causes in random order. */
export function refuseConflicts(conflicts: readonly Conflict[]): never {
  const described = conflicts.map(({ owner, path }) => ({ owner: describeOwner(owner), field: readablePath(path) }));
  const causes = described.map(({ owner, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${owner}`,
    field,
  }));
  return refuse(applyConflict, { causes }, conflicts.length, conflictText(described));
}

/** `"editor" using apps/v1`; an applier's version is not named. */
function describeOwner(owner: OwnerIdentity): string {
  const name = JSON.stringify(owner.name);
  const subresource = owner.subresource === '' ? '' : ` with subresource ${JSON.stringify(owner.subresource)}`;
  return owner.operation === 'Apply' ? `${name}${subresource}` : `${name}${subresource} using ${owner.apiVersion}`;
}

/** One conflict on one line; several as a list under each owner. */
function conflictText(conflicts: readonly { readonly owner: string; readonly field: string }[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1 && only !== undefined) return `conflict with ${only.owner}: ${only.field}`;
  const owners = [...new Set(conflicts.map(({ owner }) => owner))];
  const blocks = owners.map((owner) => {
    const fields = conflicts.filter((conflict) => conflict.owner === owner).map(({ field }) => `- ${field}`);
    return [`conflicts with ${owner}:`, ...fields].join('\n');
  });
  return blocks.join('\n');
}
