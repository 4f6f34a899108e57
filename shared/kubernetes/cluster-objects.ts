/**
 * Objects inside a cluster, as the plain JSON that manifests are. The model classes of `@kubernetes/client-node` stand for types
 * only: passing an object through them loses every field that they do not know or spell differently (`from`, `default`).
 */
import { accessTokenOf } from '../gcp/auth.ts';
import type { GoogleConnection } from '../gcp/connection.ts';
import { at, listAt, textAt } from '../domain/compare.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { ClusterConnection, ClusterObjects, ObjectQuery, ObjectRef } from '../ports/cluster-objects.ts';
import { product } from '../product.ts';
import { type ApiResource, ApiServer, apiVersionPath } from './api-server.ts';
import { toClusterError } from './kubernetes-errors.ts';

export interface ClusterObjectsOptions {
  /** Whose access token the API servers get. */
  readonly connection: GoogleConnection;
  /** PEM of a private CA for connections that name none of their own. */
  readonly caCertificate?: string;
}

// Deadline of a read, pages and discovery included.
const readTimeoutMs = 20_000;
// Objects per page; what kubectl asks for too (kubernetes/kubectl pkg/cmd/get, --chunk-size).
const pageSize = '500';

export function makeClusterObjects(options: ClusterObjectsOptions): ClusterObjects {
  const serverOf = makeServers(options);
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

/** One API server per address and CA for the life of the process, so that connections and discovery are kept. */
function makeServers({ connection: google, caCertificate }: ClusterObjectsOptions) {
  const known = new Map<string, ApiServer>();
  return (connection: ClusterConnection): ApiServer => {
    const ca = connection.caCertificate ?? caCertificate;
    const key = `${connection.server} ${ca ?? ''}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const server = new ApiServer({
      connection: { server: connection.server, ...(ca !== undefined && { caCertificate: ca }) },
      token: () => accessTokenOf(google),
    });
    known.set(key, server);
    return server;
  };
}

async function apply(server: ApiServer, ref: ObjectRef, body: JsonObject, timeoutMs: number): Promise<JsonObject> {
  const signal = AbortSignal.timeout(timeoutMs);
  const resource = await server.resource(ref.apiVersion, ref.kind, signal);
  if (resource === undefined) {
    throw new AutomationError('gone', `applying ${nameOf(ref)}: ${ref.apiVersion} ${ref.kind} is not served`);
  }
  // Strict: a misspelt field of a custom resource would otherwise be dropped with nothing but a warning.
  const query = { fieldManager: product.name, force: 'false', fieldValidation: 'Strict' };
  return await server.call({ method: 'PATCH', path: objectPath(ref, resource), query, body, signal });
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

async function list(server: ApiServer, query: ObjectQuery): Promise<readonly JsonObject[]> {
  const { apiVersion, kind, labelSelector } = query;
  const signal = AbortSignal.timeout(readTimeoutMs);
  const resource = await server.resource(apiVersion, kind, signal);
  if (resource === undefined) return [];
  const path = collectionPath(query, resource);
  const found: JsonObject[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: JsonObject = await server.call({
      method: 'GET',
      path,
      query: {
        limit: pageSize,
        ...(labelSelector !== undefined && { labelSelector }),
        ...(token !== '' && { continue: token }),
      },
      signal,
    });
    // Items of a built-in kind's list carry neither apiVersion nor kind.
    for (const item of listAt(page, 'items')) if (isObject(item)) found.push({ apiVersion, kind, ...item });
    token = textAt(page, 'metadata.continue') || undefined;
  }
  return found;
}

async function attempt<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (thrown) {
    throw toClusterError(doing, thrown);
  }
}

function objectPath(ref: ObjectRef, resource: ApiResource): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new AutomationError('permanent', `addressing ${nameOf(ref)}: ${ref.kind} needs a namespace`);
  }
  return `${collectionPath(ref, resource)}/${encodeURIComponent(ref.name)}`;
}

function collectionPath(
  { apiVersion, namespace }: Pick<ObjectRef, 'apiVersion' | 'namespace'>,
  resource: ApiResource,
): string {
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${apiVersionPath(apiVersion)}${scope}/${resource.name}`;
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

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
