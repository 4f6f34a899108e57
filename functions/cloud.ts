/** The composition root's second half: the parts of the world, each made at its first use from an adapter that only its users load (D6). */
import { readFileSync } from 'node:fs';
import type { Environment } from '#shared/config.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import type { CloudNetworks } from '#shared/ports/cloud-networks.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { NodePoolSizes } from '#shared/ports/node-pool-sizes.ts';
import type { SignalStore } from '#shared/ports/serving-signals.ts';
import type { PodTexts, Workloads } from '#shared/ports/workloads.ts';
import type { ZoneFacts } from '#shared/ports/zone-facts.ts';
import { lazily } from './lazily.ts';

/** What automations take their own ports from. Asking for a part loads its client, which costs up to 100 ms of CPU: ask when it is needed. */
export interface Cloud {
  readonly networks: () => Promise<CloudNetworks>;
  readonly zones: () => Promise<ZoneFacts>;
  readonly clusters: () => Promise<Clusters>;
  /** For who only wants to know where a cluster is: without the client of the whole service, 100 ms earlier. */
  readonly clusterReader: () => Promise<Pick<Clusters, 'read'>>;
  readonly pools: () => Promise<NodePools>;
  readonly sizes: () => Promise<NodePoolSizes>;
  readonly objects: () => Promise<ClusterObjects>;
  readonly workloads: () => Promise<Workloads>;
  readonly podTexts: () => Promise<PodTexts>;
  /** Cloud Monitoring. */
  readonly signalStore: () => Promise<SignalStore>;
  /** What a cluster may cost without a policy that says otherwise, USD per hour (D11). */
  readonly spendCapUsdPerHour: number;
}

/** Nothing is loaded or asked yet; a part that could not be made is made again when it is asked for again. */
export function makeCloud(config: Environment, connection: GoogleConnection): Cloud {
  const make = { connection };
  return {
    networks: lazily(async () => (await import('#shared/gcp/compute-networks.ts')).makeComputeNetworks(make)),
    zones: lazily(async () => (await import('#shared/gcp/zone-facts.ts')).makeZoneFacts(make)),
    clusters: lazily(async () => (await import('#shared/gcp/gke-clusters.ts')).makeGkeClusters(make)),
    clusterReader: lazily(async () => (await import('#shared/gcp/gke-cluster-reader.ts')).makeClusterReader(make)),
    pools: lazily(async () => (await import('#shared/gcp/gke-node-pools.ts')).makeGkeNodePools(make)),
    sizes: lazily(async () => (await import('#shared/gcp/node-pool-sizes.ts')).makeNodePoolSizes(make)),
    signalStore: lazily(async () => (await import('#shared/gcp/monitoring-signals.ts')).makeMonitoringSignals(make)),
    ...makeInside(config, connection),
    spendCapUsdPerHour: config.FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR,
  };
}

/** What is asked of the clusters' own API servers, all of it over one set of connections. */
function makeInside(
  config: Environment,
  connection: GoogleConnection,
): Pick<Cloud, 'objects' | 'workloads' | 'podTexts'> {
  const servers = lazily(async () =>
    (await import('#shared/kubernetes/servers.ts')).makeServers({ connection, ...privateAuthority(config) }),
  );
  return {
    objects: lazily(async () => {
      const [adapter, serverOf] = await Promise.all([import('#shared/kubernetes/cluster-objects.ts'), servers()]);
      return adapter.makeClusterObjects(serverOf);
    }),
    workloads: lazily(async () => {
      const [adapter, serverOf] = await Promise.all([import('#shared/kubernetes/workloads.ts'), servers()]);
      return adapter.makeWorkloads(serverOf);
    }),
    podTexts: lazily(async () => {
      const [adapter, serverOf] = await Promise.all([import('#shared/kubernetes/workloads.ts'), servers()]);
      return adapter.makePodTexts(serverOf);
    }),
  };
}

function privateAuthority({ FLEET_KUBERNETES_CA_FILE: file }: Environment): { readonly caCertificate?: string } {
  return file === undefined ? {} : { caCertificate: readFileSync(file, 'utf8') };
}
