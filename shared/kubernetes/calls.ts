/** What all calls to API servers have in common: paths, names, and errors translated where they arrive. */
import { AutomationError } from '../errors.ts';
import type { ObjectRef } from '../ports/cluster-objects.ts';
import { type ApiResource, type ApiServer, apiVersionPath } from './api-server.ts';
import { toClusterError } from './kubernetes-errors.ts';

export async function attempt<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (thrown) {
    throw toClusterError(doing, thrown);
  }
}

export function objectPath(ref: ObjectRef, resource: ApiResource): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new AutomationError('permanent', `addressing ${nameOf(ref)}: ${ref.kind} needs a namespace`);
  }
  return `${collectionPath(ref, resource)}/${encodeURIComponent(ref.name)}`;
}

export function collectionPath(
  { apiVersion, namespace }: Pick<ObjectRef, 'apiVersion' | 'namespace'>,
  resource: ApiResource,
): string {
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${apiVersionPath(apiVersion)}${scope}/${resource.name}`;
}

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
