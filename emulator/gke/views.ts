/** Clusters and node pools as the API shows them: what was sent, GKE's defaults, and what has become of it. */
import { createHash } from 'node:crypto';
import { copyOf, type JsonMap } from '../world/json.ts';
import { groupBaseName, machineTypeOf, maxPodsOf } from './instances.ts';
import { flagAt, mapAt, mapsAt, textAt } from './read.ts';
import type { ClusterState, GkeContext, NodePoolState } from './state.ts';

/** The fields of an older API (`zone`, `nodeConfig`, `currentNodeCount`, …) are there too: gcloud prints from them. */
export function viewCluster(context: GkeContext, cluster: ClusterState): JsonMap {
  const pools = [...cluster.pools.values()].map((pool) => viewNodePool(context, cluster, pool));
  const [first] = pools;
  return withEtag({
    ...copyOf(cluster.spec),
    ...defaults(cluster.spec),
    ...viewNetwork(context, cluster),
    ...(cluster.reachable && viewEndpoint(context, cluster)),
    name: cluster.name,
    id: createHash('sha256').update(`${cluster.path} ${cluster.createdAtMs}`).digest('hex'),
    selfLink: selfLink(cluster.path),
    location: cluster.location,
    zone: cluster.location,
    locations: [...cluster.zones],
    createTime: new Date(cluster.createdAtMs).toISOString(),
    initialClusterVersion: cluster.version,
    currentMasterVersion: cluster.version,
    currentNodeVersion: cluster.version,
    currentNodeCount: countNodes(cluster),
    status: cluster.status,
    ...(cluster.statusMessage !== '' && { statusMessage: cluster.statusMessage }),
    ...(cluster.conditions.length > 0 && { conditions: copyOf(cluster.conditions) }),
    instanceGroupUrls: [...cluster.pools.values()].flatMap((pool) => instanceGroupUrls(context, cluster, pool)),
    ...(first !== undefined && { nodeConfig: mapAt(first, 'config') }),
    nodePools: pools,
  });
}

function countNodes(cluster: ClusterState): number {
  return [...cluster.pools.values()].reduce((sum, pool) => sum + pool.instances.length, 0);
}

/** Values that GKE fills in (comments of the fields in google/container/v1/cluster_service.proto). */
function defaults(spec: JsonMap): JsonMap {
  return {
    loggingService: textAt(spec, 'loggingService') || 'logging.googleapis.com/kubernetes',
    monitoringService: textAt(spec, 'monitoringService') || 'monitoring.googleapis.com/kubernetes',
    releaseChannel: { channel: 'REGULAR', ...mapAt(spec, 'releaseChannel') },
    defaultMaxPodsConstraint: { maxPodsPerNode: '110', ...mapAt(spec, 'defaultMaxPodsConstraint') },
    databaseEncryption: { state: 'DECRYPTED', ...mapAt(spec, 'databaseEncryption') },
  };
}

/** Names in the cluster, relative paths in its network configuration, ranges copied from the subnetwork. */
function viewNetwork(context: GkeContext, cluster: ClusterState): JsonMap {
  const { project } = context.base;
  const network = textAt(cluster.network, 'name');
  const subnetwork = textAt(cluster.subnetwork, 'name');
  const policy = mapAt(cluster.spec, 'ipAllocationPolicy');
  const pods = rangeCidr(cluster, textAt(policy, 'clusterSecondaryRangeName'));
  const services = rangeCidr(cluster, textAt(policy, 'servicesSecondaryRangeName'));
  return {
    network,
    subnetwork,
    networkConfig: {
      ...copyOf(mapAt(cluster.spec, 'networkConfig')),
      network: `projects/${project}/global/networks/${network}`,
      subnetwork: `projects/${project}/regions/${cluster.region}/subnetworks/${subnetwork}`,
    },
    ipAllocationPolicy: {
      ...copyOf(policy),
      ...(pods !== undefined && { clusterIpv4CidrBlock: pods, clusterIpv4Cidr: pods }),
      ...(services !== undefined && { servicesIpv4CidrBlock: services, servicesIpv4Cidr: services }),
    },
    ...(pods !== undefined && { clusterIpv4Cidr: pods }),
    ...(services !== undefined && { servicesIpv4Cidr: services }),
  };
}

function rangeCidr(cluster: ClusterState, rangeName: string): string | undefined {
  const range = mapsAt(cluster.subnetwork, 'secondaryIpRanges').find((item) => textAt(item, 'rangeName') === rangeName);
  return range && textAt(range, 'ipCidrRange');
}

/** Both endpoints are the one address at which the API server of this cluster answers. */
function viewEndpoint(context: GkeContext, cluster: ClusterState): JsonMap {
  const { address, caCertificate } = context.runtime.endpoint(cluster.name);
  const asked = mapAt(cluster.spec, 'controlPlaneEndpointsConfig');
  const isPrivate = cluster.spec['privateClusterConfig'] !== undefined;
  const ipEnabled = asked['ipEndpointsConfig'] === undefined || mapAt(asked, 'ipEndpointsConfig')['enabled'] !== false;
  return {
    endpoint: address,
    masterAuth: { clusterCaCertificate: Buffer.from(caCertificate).toString('base64') },
    // The older object is shown where it was sent (`gcloud container clusters get-credentials --internal-ip` reads it).
    ...(isPrivate && {
      privateClusterConfig: { ...copyOf(mapAt(cluster.spec, 'privateClusterConfig')), privateEndpoint: address },
    }),
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { ...copyOf(mapAt(asked, 'dnsEndpointConfig')), endpoint: address },
      ipEndpointsConfig: {
        ...copyOf(mapAt(asked, 'ipEndpointsConfig')),
        enabled: ipEnabled,
        ...(ipEnabled && { publicEndpoint: address }),
      },
    },
  };
}

/** `initialNodeCount` is what was sent, here or by a resize: deleting machines by name does not change it. */
export function viewNodePool(context: GkeContext, cluster: ClusterState, pool: NodePoolState): JsonMap {
  const maxPods = maxPodsOf(pool.spec);
  return withEtag({
    ...copyOf(pool.spec),
    name: pool.name,
    config: viewNodeConfig(cluster, pool.spec),
    networkConfig: viewNodeNetwork(cluster, pool.spec),
    locations: [...pool.zones],
    selfLink: selfLink(pool.path),
    version: pool.version,
    instanceGroupUrls: instanceGroupUrls(context, cluster, pool),
    status: pool.status,
    ...(pool.statusMessage !== '' && { statusMessage: pool.statusMessage }),
    ...(pool.conditions.length > 0 && { conditions: copyOf(pool.conditions) }),
    maxPodsConstraint: { maxPodsPerNode: String(maxPods) },
    podIpv4CidrSize: podCidrSize(maxPods),
    management: copyOf(mapAt(pool.spec, 'management')),
    upgradeSettings: { maxSurge: 1, strategy: 'SURGE', ...copyOf(mapAt(pool.spec, 'upgradeSettings')) },
  });
}

/** Defaults of a machine: comments of the fields of `NodeConfig` in google/container/v1/cluster_service.proto. */
function viewNodeConfig(cluster: ClusterState, spec: JsonMap): JsonMap {
  const identities = textAt(cluster.spec, 'workloadIdentityConfig.workloadPool') !== '';
  return {
    // New pools of such a cluster have it by themselves (page "Authenticate to Google Cloud APIs from GKE workloads").
    ...(identities && { workloadMetadataConfig: { mode: 'GKE_METADATA' } }),
    diskType: 'pd-balanced',
    diskSizeGb: 100,
    imageType: 'COS_CONTAINERD',
    serviceAccount: 'default',
    shieldedInstanceConfig: { enableIntegrityMonitoring: true },
    ...copyOf(mapAt(spec, 'config')),
    machineType: machineTypeOf(spec),
    metadata: { 'disable-legacy-endpoints': 'true', ...copyOf(mapAt(spec, 'config.metadata')) },
  };
}

/** A pool takes private nodes and the range of its Pods from the cluster unless it says otherwise. */
function viewNodeNetwork(cluster: ClusterState, spec: JsonMap): JsonMap {
  const podRange = textAt(cluster.spec, 'ipAllocationPolicy.clusterSecondaryRangeName');
  const cidr = rangeCidr(cluster, podRange);
  const privateByDefault = flagAt(cluster.spec, 'networkConfig.defaultEnablePrivateNodes');
  return {
    ...(privateByDefault && { enablePrivateNodes: true }),
    ...(podRange !== '' && { podRange }),
    ...(cidr !== undefined && { podIpv4CidrBlock: cidr }),
    ...copyOf(mapAt(spec, 'networkConfig')),
  };
}

/** One managed instance group in each zone, named like its machines. */
function instanceGroupUrls(context: GkeContext, cluster: ClusterState, pool: NodePoolState): string[] {
  const root = `https://www.googleapis.com/compute/v1/projects/${context.base.project}`;
  return pool.zones.map((zone) => `${root}/zones/${zone}/instanceGroupManagers/${groupBaseName(cluster, pool)}-grp`);
}

/**
 * Each node gets a range of at least twice its Pods (page "Configure maximum Pods per node").
 * Example: 110 Pods → 220 addresses → /24; 32 Pods → 64 addresses → /26.
 */
function podCidrSize(maxPods: number): number {
  return 32 - Math.ceil(Math.log2(2 * maxPods));
}

/** Google's links say `zones` for zonal clusters. */
function selfLink(path: string): string {
  const zonal = /\/locations\/[^/]+-[a-z](?:\/|$)/.test(path);
  return `https://container.googleapis.com/v1/${zonal ? path.replace('/locations/', '/zones/') : path}`;
}

/** Changes with every visible change, as a fingerprint of the resource should. */
function withEtag(view: JsonMap): JsonMap {
  const etag = createHash('sha256').update(JSON.stringify(view)).digest('base64').slice(0, 24);
  return { ...view, etag };
}
