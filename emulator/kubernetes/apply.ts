/** Server-side apply: the request around the rules of managed-fields.ts. */
import type { JsonMap } from '../world/json.ts';
import { parseYamlBody, requireSameObject } from './bodies.ts';
import { commitCreation } from './creation.ts';
import { requireDeclared } from './declared-fields.ts';
import { defaultsOf, emptyObject } from './defaults.ts';
import { readablePath } from './field-set.ts';
import { apiVersionOf } from './kinds.ts';
import { applyConfiguration, type Conflict, type OwnerIdentity, ownersBeforeApply } from './managed-fields.ts';
import { isMap, type KubernetesObject, nameOf, textAt, without } from './objects.ts';
import { applyConflict, badRequest } from './rejections.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ClusterState } from './state.ts';
import { carrying, refuse } from './status.ts';
import { checkAppliedText } from './strict-fields.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';
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
  const options = readWriteOptions(request.http, 'PatchOptions', true);
  const warnings = checkAppliedText(request.http, { options });
  return carrying(warnings, () => applyUnder(state, request, { options, warnings }));
}

/** What was asked for, beside the configuration. */
interface How {
  readonly options: WriteOptions;
  readonly warnings: readonly string[];
}

function applyUnder(state: ClusterState, request: ResourceRequest, { options, warnings }: How): Written {
  const { kind } = request;
  const sent = readConfiguration(request);
  const existing = state.read(kind, request.namespace, request.name);
  if (existing !== undefined) requireCurrent(request, sent, existing);
  const configuration = ownHalf(request, sent);
  requireDeclared(kind, configuration);
  if (existing === undefined && request.subresource !== '') requireExisting(state, request);
  const live = existing ?? nothingYet(request);
  const { schema } = kind;
  const now = state.now();
  const apiVersion = apiVersionOf(kind);
  const applied = applyConfiguration({
    before: live,
    configuration,
    owners: ownersBeforeApply({ before: nothingYet(request), after: live, apiVersion, schema, now }),
    writer: { ...writerOf(request, options.manager), operation: 'Apply' },
    schema,
    now,
  });
  if (applied.conflicts.length > 0 && !options.force) refuseConflicts(applied.conflicts);
  const completed = complete(kind, applied.object);
  if (existing === undefined) {
    const object = withMetadata(completed.object, { resourceVersion: undefined });
    return commitCreation(state, request, { object, owners: applied.owners, warnings, options });
  }
  const object = mergeOwned(request, completed.object, existing);
  return commitUpdate(state, request, { object, owners: applied.owners, warnings, options });
}

/** What is compared with when the object does not exist. */
function nothingYet({ kind, name, namespace }: ResourceRequest): KubernetesObject {
  const start = kind.custom === undefined ? emptyObject(defaultsOf(kind)) : { metadata: {} };
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
  // By name first, as the identities that the server sorts begin with it.
  const owners = [...new Set(conflicts.map(({ owner }) => owner))].sort();
  const blocks = owners.map((owner) => {
    const fields = conflicts.filter((conflict) => conflict.owner === owner).map(({ field }) => `- ${field}`);
    return [`conflicts with ${owner}:`, ...fields].join('\n');
  });
  return blocks.join('\n');
}
