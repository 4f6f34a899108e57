import { ownershipLabels } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { systemPoolBody } from './system-pool.ts';

/** `container.v1.Cluster`, the fields of a creation. */
export type ClusterBody = ReturnType<typeof clusterBody>;

export interface ClusterChoices {
  /** Beginning of the maintenance exclusion, RFC 3339, e.g. `2026-01-01T00:00:00Z`. Builders have no clock. */
  readonly exclusionStartAt: string;
  /** Control-plane version; the document's, or else the channel's default, when absent. Preflight has made sure that it is new enough. */
  readonly version?: string;
}

/**
 * The regional control plane with its system pool. All nodes stand in the one zone of the RDMA network: a system pool spread over the
 * region would inherit every other zone's stockouts (cluster-toolkit pull request 6278, vllm-project/ci-infra pull request 544).
 */
export function clusterBody(cluster: ResolvedCluster, choices: ClusterChoices) {
  const { names, place } = cluster;
  const version = choices.version ?? cluster.version;
  return {
    name: cluster.name,
    network: names.primaryNetwork,
    subnetwork: names.primarySubnetwork,
    locations: [cluster.zone],
    releaseChannel: { channel: cluster.releaseChannel },
    ...(version !== undefined && { initialClusterVersion: version }),
    resourceLabels: { ...cluster.labels, ...ownershipLabels(cluster.target) },
    ipAllocationPolicy: {
      useIpAliases: true,
      createSubnetwork: false,
      clusterSecondaryRangeName: names.podsRange,
      servicesSecondaryRangeName: names.servicesRange,
    },
    networkConfig,
    controlPlaneEndpointsConfig: {
      // A public name guarded by IAM: how a function without a VPC reaches the API server.
      dnsEndpointConfig: { allowExternalTraffic: true },
    },
    ...(cluster.workloadIdentity && { workloadIdentityConfig: { workloadPool: `${place.project}.svc.id.goog` } }),
    addonsConfig,
    monitoringConfig,
    shieldedNodes: { enabled: true },
    maintenancePolicy: { window: { maintenanceExclusions: nodeUpgradeExclusion(choices.exclusionStartAt) } },
    nodePools: [systemPoolBody(cluster)],
  };
}

/** Dataplane V2 and multi-networking can only be chosen at creation; multi-networking needs the former. */
const networkConfig = {
  datapathProvider: 'ADVANCED_DATAPATH',
  enableMultiNetworking: true,
  gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
  defaultEnablePrivateNodes: true,
} as const;

/**
 * Every add-on that Standard clusters can switch, by name: what is not named falls to defaults that differ by client and version (gcloud
 * switches off what its flag leaves out), and Gateway does not work without `httpLoadBalancing`. Dataplane V2 enforces NetworkPolicy itself, so the old `networkPolicyConfig` stays off.
 */
const addonsConfig = {
  httpLoadBalancing: { disabled: false },
  horizontalPodAutoscaling: { disabled: false },
  kubernetesDashboard: { disabled: true },
  networkPolicyConfig: { disabled: true },
  dnsCacheConfig: { enabled: false },
  configConnectorConfig: { enabled: false },
  gcePersistentDiskCsiDriverConfig: { enabled: true },
  gcpFilestoreCsiDriverConfig: { enabled: false },
  gkeBackupAgentConfig: { enabled: false },
  gcsFuseCsiDriverConfig: { enabled: true },
  statefulHaConfig: { enabled: false },
  parallelstoreCsiDriverConfig: { enabled: false },
  rayOperatorConfig: { enabled: false },
  highScaleCheckpointingConfig: { enabled: false },
  lustreCsiDriverConfig: { enabled: false },
};

/** System, workload and GPU metrics, and the collectors of Managed Prometheus that the scalers read. */
const monitoringConfig = {
  componentConfig: {
    enableComponents: [
      'SYSTEM_COMPONENTS',
      'STORAGE',
      'HPA',
      'POD',
      'DAEMONSET',
      'DEPLOYMENT',
      'STATEFULSET',
      'CADVISOR',
      'KUBELET',
      'DCGM',
      'JOBSET',
    ],
  },
  managedPrometheusConfig: { enabled: true },
};

/** Nodes with eight GPUs are not to be upgraded under a running model by themselves: upgrades become something a person starts. */
function nodeUpgradeExclusion(startTime: string) {
  return {
    'no-node-upgrades': {
      startTime,
      maintenanceExclusionOptions: { scope: 'NO_MINOR_OR_NODE_UPGRADES', endTimeBehavior: 'UNTIL_END_OF_SUPPORT' },
    },
  };
}
