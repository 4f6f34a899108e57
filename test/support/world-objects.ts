/** `ClusterObjects` over the emulated Kubernetes API in the same process. */
import type { KubernetesApi } from '../../emulator/kubernetes/api.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { ClusterAnswerError, toClusterError } from '#shared/kubernetes/kubernetes-errors.ts';
import type { ClusterObjects, ObjectQuery } from '#shared/ports/cluster-objects.ts';

/** Plural and scope of the kinds that a build uses; the adapter asks the server's discovery instead. */
const kinds: Readonly<Record<string, { readonly plural: string; readonly namespaced: boolean }>> = {
  Namespace: { plural: 'namespaces', namespaced: false },
  Node: { plural: 'nodes', namespaced: false },
  DaemonSet: { plural: 'daemonsets', namespaced: true },
  Network: { plural: 'networks', namespaced: false },
  GKENetworkParamSet: { plural: 'gkenetworkparamsets', namespaced: false },
};

export function worldObjects(apiOf: (cluster: string) => KubernetesApi | undefined): ClusterObjects {
  const ask = (
    server: string,
    request: { method: string; path: string; body?: JsonObject; query?: Record<string, string> },
  ) => {
    const api = apiOf(server.slice(server.lastIndexOf('/') + 1));
    if (api === undefined) throw new Error(`asking ${server}: no such cluster`);
    const reply = api.handle({
      method: request.method,
      path: request.path,
      query: new URLSearchParams(request.query),
      headers: {
        authorization: 'Bearer local',
        accept: 'application/json',
        'content-type': 'application/apply-patch+yaml',
        'user-agent': 'inference-fleet/test',
      },
      body: Buffer.from(request.body === undefined ? '' : JSON.stringify(request.body)),
    });
    if ('watch' in reply) throw new Error(`asking ${server}: a watch`);
    const body = reply.body as JsonObject;
    if (reply.status < 300) return body;
    throw toClusterError(
      `${request.method} ${request.path}`,
      new ClusterAnswerError(reply.status, JSON.stringify(body)),
    );
  };
  const collection = ({ apiVersion, kind, namespace }: ObjectQuery) => {
    const { plural, namespaced } = kinds[kind] ?? { plural: kind, namespaced: false };
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${group}${namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''}/${plural}`;
  };
  return {
    async apply({ server }, object) {
      const namespace = textAt(object, 'metadata.namespace');
      const path = collection({
        apiVersion: textAt(object, 'apiVersion') ?? '',
        kind: textAt(object, 'kind') ?? '',
        ...(namespace !== undefined && { namespace }),
      });
      return ask(server, {
        method: 'PATCH',
        path: `${path}/${textAt(object, 'metadata.name')}`,
        body: object,
        query: { fieldManager: 'inference-fleet' },
      });
    },
    async read() {
      throw new Error('reading one object: the build lists');
    },
    async list({ server }, query) {
      const list = ask(server, { method: 'GET', path: collection(query) });
      const named = { apiVersion: query.apiVersion, kind: query.kind };
      return listAt(list, 'items').map((item) => ({ ...named, ...(item as JsonObject) }));
    },
  };
}
