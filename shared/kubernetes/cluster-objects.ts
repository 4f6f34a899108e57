/**
 * Objects inside a cluster, as the plain JSON that manifests are. The model classes of `@kubernetes/client-node` stand for types
 * only: passing an object through them loses every field that they do not know or spell differently (`from`, `default`).
 */
import { at, listAt, textAt } from '../domain/compare.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { ClusterObjects, ObjectQuery, ObjectRef } from '../ports/cluster-objects.ts';
import { product } from '../product.ts';
import type { ApiServer } from './api-server.ts';
import { attempt, collectionPath, nameOf, objectPath, resourceOf } from './calls.ts';
import { toClusterError } from './kubernetes-errors.ts';
import type { ServerOf } from './servers.ts';

// Deadline of a read, pages and discovery included.
const readTimeoutMs = 20_000;
// Objects per page; what kubectl asks for too (kubernetes/kubectl pkg/cmd/get, --chunk-size).
const pageSize = '500';

export function makeClusterObjects(serverOf: ServerOf): ClusterObjects {
  return {
    apply: async (connection, object, { timeoutMs }) => {
      const ref = refOf(object);
      return await attempt(`applying ${nameOf(ref)}`, () => apply(serverOf(connection), ref, object, timeoutMs));
    },
    read: (connection, ref) => attempt(`reading ${nameOf(ref)}`, () => read(serverOf(connection), ref)),
    list: (connection, query) =>
      attempt(`listing ${query.apiVersion} ${query.kind}`, () => list(serverOf(connection), query)),
  };
}

async function apply(server: ApiServer, ref: ObjectRef, body: JsonObject, timeoutMs: number): Promise<JsonObject> {
  const signal = AbortSignal.timeout(timeoutMs);
  const resource = await resourceOf(server, ref, { doing: 'applying', signal });
  // Strict: a misspelt field of a custom resource would otherwise be dropped with nothing but a warning.
  const query = { fieldManager: product.name, force: 'false', fieldValidation: 'Strict' };
  return await server.call({ method: 'PATCH', path: objectPath(ref, resource), query, body, patch: 'apply', signal });
}

async function read(server: ApiServer, ref: ObjectRef): Promise<JsonObject | undefined> {
  const signal = AbortSignal.timeout(readTimeoutMs);
  const resource = await server.resource(ref.apiVersion, ref.kind, signal);
  if (resource === undefined) return undefined;
  try {
    return await server.call({ method: 'GET', path: objectPath(ref, resource), signal });
  } catch (thrown) {
    if (toClusterError('', thrown).kind === 'gone') return undefined;
    throw thrown;
  }
}

/**
 * A collection that is served answers 200, empty or not: a 404 says that its kind is served no more, or under another name. Then
 * discovery is asked once more. A server that serves the kind and still says 404 is not believed.
 */
async function list(server: ApiServer, query: ObjectQuery): Promise<readonly JsonObject[]> {
  const { apiVersion, kind } = query;
  const signal = AbortSignal.timeout(readTimeoutMs);
  const known = await server.resource(apiVersion, kind, signal);
  if (known === undefined) return [];
  try {
    return await listAll(server, query, { path: collectionPath(query, known), signal });
  } catch (thrown) {
    if (toClusterError('', thrown).kind !== 'gone') throw thrown;
    await server.forget(apiVersion, signal);
    const current = await server.resource(apiVersion, kind, signal);
    if (current === undefined) return [];
    return await listAll(server, query, { path: collectionPath(query, current), signal });
  }
}

async function listAll(
  server: ApiServer,
  { apiVersion, kind, labelSelector, fieldSelector }: ObjectQuery,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: JsonObject = await server.call({
      method: 'GET',
      path,
      query: {
        limit: pageSize,
        ...(labelSelector !== undefined && { labelSelector }),
        ...(fieldSelector !== undefined && { fieldSelector }),
        ...(token !== '' && { continue: token }),
      },
      signal,
    });
    // Items of a built-in kind's list carry neither apiVersion nor kind.
    for (const item of listAt(page, 'items')) if (isJsonObject(item)) found.push({ apiVersion, kind, ...item });
    token = textAt(page, 'metadata.continue') || undefined;
  }
  return found;
}

function refOf(object: JsonObject): ObjectRef {
  const part = (path: string) => textAt(object, path) ?? fail(object, path);
  const namespace = textAt(object, 'metadata.namespace');
  return {
    apiVersion: part('apiVersion'),
    kind: part('kind'),
    name: part('metadata.name'),
    ...(namespace !== undefined && { namespace }),
  };
}

function fail(object: JsonObject, path: string): never {
  const name = JSON.stringify(at(object, 'metadata.name') ?? null);
  throw new AutomationError('permanent', `applying an object named ${name}: it has no ${path}`);
}
