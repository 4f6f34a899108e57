/** The composition root's second half: the parts of the world of each automation, from adapters that only it loads (D6). */
import { readFileSync } from 'node:fs';
import type { Environment } from '#shared/config.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import type { BuildCloud } from './build-cluster/ports.ts';
import { lazily } from './lazily.ts';
import type { ScaleNodePoolCloud } from './scale-node-pool/ports.ts';
import type { ScaleReplicasCloud } from './scale-replicas/ports.ts';

export async function makeBuildCloud(config: Environment, connection: GoogleConnection): Promise<BuildCloud> {
  const [networks, zones, clusters, pools, objects, servers] = await Promise.all([
    import('#shared/gcp/compute-networks.ts'),
    import('#shared/gcp/zone-facts.ts'),
    import('#shared/gcp/gke-clusters.ts'),
    import('#shared/gcp/gke-node-pools.ts'),
    import('#shared/kubernetes/cluster-objects.ts'),
    import('#shared/kubernetes/servers.ts'),
  ]);
  return {
    networks: networks.makeComputeNetworks({ connection }),
    zones: zones.makeZoneFacts({ connection }),
    clusters: clusters.makeGkeClusters({ connection }),
    pools: pools.makeGkeNodePools({ connection }),
    objects: objects.makeClusterObjects(servers.makeServers({ connection, ...privateAuthority(config) })),
    spendCapUsdPerHour: config.FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR,
  };
}

/** GKE and Cloud Monitoring are asked seldom, and their clients are the slowest to load: each is at its first use. */
export async function makeScaleReplicasCloud(
  config: Environment,
  connection: GoogleConnection,
): Promise<ScaleReplicasCloud> {
  const [objects, workloads, servers] = await Promise.all([
    import('#shared/kubernetes/cluster-objects.ts'),
    import('#shared/kubernetes/workloads.ts'),
    import('#shared/kubernetes/servers.ts'),
  ]);
  const serverOf = servers.makeServers({ connection, ...privateAuthority(config) });
  return {
    clusters: lazily(async () => (await import('#shared/gcp/gke-clusters.ts')).makeGkeClusters({ connection })),
    objects: objects.makeClusterObjects(serverOf),
    workloads: workloads.makeWorkloads(serverOf),
    podTexts: workloads.makePodTexts(serverOf),
    signalStore: lazily(async () =>
      (await import('#shared/gcp/monitoring-signals.ts')).makeMonitoringSignals({ connection }),
    ),
  };
}

export async function makeScaleNodePoolCloud(
  config: Environment,
  connection: GoogleConnection,
): Promise<ScaleNodePoolCloud> {
  const [clusters, pools, sizes, objects, workloads, servers] = await Promise.all([
    import('#shared/gcp/gke-clusters.ts'),
    import('#shared/gcp/gke-node-pools.ts'),
    import('#shared/gcp/node-pool-sizes.ts'),
    import('#shared/kubernetes/cluster-objects.ts'),
    import('#shared/kubernetes/workloads.ts'),
    import('#shared/kubernetes/servers.ts'),
  ]);
  const serverOf = servers.makeServers({ connection, ...privateAuthority(config) });
  return {
    clusters: clusters.makeGkeClusters({ connection }),
    pools: pools.makeGkeNodePools({ connection }),
    sizes: sizes.makeNodePoolSizes({ connection }),
    objects: objects.makeClusterObjects(serverOf),
    workloads: workloads.makeWorkloads(serverOf),
  };
}

function privateAuthority({ FLEET_KUBERNETES_CA_FILE: file }: Environment): { readonly caCertificate?: string } {
  return file === undefined ? {} : { caCertificate: readFileSync(file, 'utf8') };
}
