/** What all calls to API servers have in common: paths, names, and errors translated where they arrive. */
import { AutomationError } from '../errors.ts';
import type { ObjectRef } from '../ports/cluster-objects.ts';
import { type ApiResource, type ApiServer, apiVersionPath } from './api-server.ts';
import { toClusterError } from './kubernetes-errors.ts';

/** Runs one call; whatever it throws leaves as an AutomationError that begins with `doing`. */
export async function attempt<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (thrown) {
    throw toClusterError(doing, thrown);
  }
}

/** Throws `permanent` for a namespaced kind without a namespace: the server would look for it among the cluster's own. */
export function objectPath(ref: ObjectRef, resource: ApiResource): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new AutomationError('permanent', `addressing ${nameOf(ref)}: ${ref.kind} needs a namespace`);
  }
  return `${collectionPath(ref, resource)}/${encodeURIComponent(ref.name)}`;
}

/** `/api/v1/namespaces/<namespace>/pods` (Kubernetes documentation, "Kubernetes API Concepts", resource URIs). Without a namespace: of all. */
export function collectionPath(
  { apiVersion, namespace }: Pick<ObjectRef, 'apiVersion' | 'namespace'>,
  resource: ApiResource,
): string {
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${apiVersionPath(apiVersion)}${scope}/${resource.name}`;
}

/** `DaemonSet kube-system/a`, for people. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The resource that serves the object's kind; throws `gone` while none does. */
export async function resourceOf(
  server: ApiServer,
  ref: ObjectRef,
  { doing, signal }: { readonly doing: string; readonly signal: AbortSignal },
): Promise<ApiResource> {
  const resource = await server.resource(ref.apiVersion, ref.kind, signal);
  if (resource !== undefined) return resource;
  throw new AutomationError('gone', `${doing} ${nameOf(ref)}: ${ref.apiVersion} ${ref.kind} is not served`);
}
