/** The product's own adapters over the emulated Kubernetes API in the same process: no socket, no TLS, the same requests. */
import type { KubernetesApi } from '../../emulator/kubernetes/api.ts';
import { jsonText } from '../../emulator/kubernetes/json-text.ts';
import { ApiServer } from '#shared/kubernetes/api-server.ts';
import type { ServerOf } from '#shared/kubernetes/servers.ts';

/** `apiOf` takes the last part of the server's address, which is the cluster's name. */
export function worldServers(apiOf: (cluster: string) => KubernetesApi | undefined): ServerOf {
  const known = new Map<string, ApiServer>();
  return ({ server }) => {
    const cluster = server.slice(server.lastIndexOf('/') + 1);
    const api = apiOf(cluster);
    if (api === undefined) throw new Error(`asking ${server}: no such cluster`);
    const existing = known.get(cluster);
    if (existing !== undefined) return existing;
    const made = new ApiServer(async ({ method, path, query, headers, body }) => {
      const reply = api.handle({
        method,
        path,
        query: new URLSearchParams(query),
        headers: { ...headers, authorization: 'Bearer local', 'user-agent': 'inference-fleet/test' },
        body: Buffer.from(body ?? ''),
      });
      if ('watch' in reply) throw new Error(`asking ${server} for ${path}: a watch`);
      const text = typeof reply.body === 'string' ? reply.body : jsonText(reply.body);
      return { status: reply.status, text, retryAfter: String(reply.headers['retry-after'] ?? '') || undefined };
    });
    known.set(cluster, made);
    return made;
  };
}
