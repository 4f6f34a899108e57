/** The adapter over TLS with a private CA, below the path of its cluster. */
import { KubernetesApi } from '../../emulator/kubernetes/api.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { makeAuthority } from '../../emulator/wires/certificates.ts';
import { serveKubernetes } from '../../emulator/wires/kubernetes-tls.ts';
import { makeClusterObjects } from '#shared/kubernetes/cluster-objects.ts';
import { makeServers } from '#shared/kubernetes/servers.ts';
import { defineClusterObjectsContract } from './cluster-objects.contract.ts';
import { makeStillWorld } from './wired-world.ts';

const authority = await makeAuthority();

defineClusterObjectsContract('Kubernetes adapter over TLS', async () => {
  const { world, time } = makeStillWorld();
  const api = new KubernetesApi(world, 'demo');
  for (const name of ['default', 'kube-system']) {
    new KubernetesClient(api, 'setup').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const server = await serveKubernetes({
    port: 0,
    authority,
    apiOf: (cluster) => (cluster === 'demo' ? api : undefined),
  });
  return {
    ...time,
    objects: makeClusterObjects(makeServers({ connection: { credentials: { accessToken: 'token' }, endpoints: {} } })),
    connection: { server: `https://127.0.0.1:${server.port}/clusters/demo`, caCertificate: authority.caCertificate },
    applyAs: async (manager, object) => {
      new KubernetesClient(api, manager).apply(structuredClone(object) as never);
    },
    close: async () => {
      await time.close();
      await server.close();
    },
  };
});
