import { describe, expect, it } from 'vitest';
import { clusterBody } from '#manifests/cluster/cluster.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeResolvedCluster } from '../../support/make-cluster.ts';

const exclusionStartAt = '2026-01-01T00:00:00Z';
const labels = { 'managed-by': 'inference-fleet', 'fleet-cluster': 'demo' };

/** Golden: the smallest A3 Ultra cluster. */
const golden: JsonObject = {
  name: 'demo',
  network: 'demo-net-0',
  subnetwork: 'demo-sub-0',
  locations: ['us-central1-b'],
  releaseChannel: { channel: 'REGULAR' },
  resourceLabels: labels,
  ipAllocationPolicy: {
    useIpAliases: true,
    createSubnetwork: false,
    clusterSecondaryRangeName: 'pods',
    servicesSecondaryRangeName: 'services',
  },
  networkConfig: {
    datapathProvider: 'ADVANCED_DATAPATH',
    enableMultiNetworking: true,
    gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
    defaultEnablePrivateNodes: true,
  },
  controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: true } },
  workloadIdentityConfig: { workloadPool: 'demo.svc.id.goog' },
  addonsConfig: {
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
  },
  monitoringConfig: {
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
  },
  shieldedNodes: { enabled: true },
  maintenancePolicy: {
    window: {
      maintenanceExclusions: {
        'no-node-upgrades': {
          startTime: exclusionStartAt,
          maintenanceExclusionOptions: { scope: 'NO_MINOR_OR_NODE_UPGRADES', endTimeBehavior: 'UNTIL_END_OF_SUPPORT' },
        },
      },
    },
  },
  nodePools: [
    {
      name: 'system',
      initialNodeCount: 2,
      config: {
        machineType: 'e2-standard-16',
        diskSizeGb: 100,
        imageType: 'COS_CONTAINERD',
        oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        resourceLabels: { ...labels, 'fleet-pool': 'system' },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        workloadMetadataConfig: { mode: 'GKE_METADATA' },
      },
      maxPodsConstraint: { maxPodsPerNode: 110 },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: 'SURGE', maxSurge: 1, maxUnavailable: 0 },
    },
  ],
};

describe('clusterBody', () => {
  it('asks for exactly this', () => {
    const body: JsonObject = clusterBody(makeResolvedCluster(), { exclusionStartAt });

    expect(body).toEqual(golden);
  });

  it('leaves the system pool without taints and without an autoscaler', () => {
    const [pool] = clusterBody(makeResolvedCluster(), { exclusionStartAt }).nodePools;

    expect(pool?.config).not.toHaveProperty('taints');
    expect(pool).not.toHaveProperty('autoscaling');
  });

  it.each([
    { name: 'the channel decides', spec: {}, choices: {}, expected: undefined },
    {
      name: 'the document decides',
      spec: { version: '1.33.4-gke.1134000' },
      choices: {},
      expected: '1.33.4-gke.1134000',
    },
    { name: 'preflight decides', spec: {}, choices: { version: '1.34.1-gke.1829001' }, expected: '1.34.1-gke.1829001' },
  ])('sends version $expected where $name', ({ spec, choices, expected }) => {
    const body: JsonObject = clusterBody(makeResolvedCluster({ spec }), { exclusionStartAt, ...choices });

    expect(body['initialClusterVersion']).toBe(expected);
    expect('initialClusterVersion' in body).toBe(expected !== undefined);
  });

  it('drops everything of Workload Identity when it is switched off', () => {
    const body = clusterBody(makeResolvedCluster({ spec: { workloadIdentity: false } }), { exclusionStartAt });

    expect(body).not.toHaveProperty('workloadIdentityConfig');
    expect(body.nodePools[0]?.config).not.toHaveProperty('workloadMetadataConfig');
  });

  it("carries the owner's labels and does not let them cover ours", () => {
    const cluster = makeResolvedCluster({ metadata: { labels: { team: 'serving' } } });

    expect(clusterBody(cluster, { exclusionStartAt }).resourceLabels).toEqual({ team: 'serving', ...labels });
  });

  it('joins an existing network by its names', () => {
    const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'corp-pods', servicesRange: 'corp-svc' };
    const cluster = makeResolvedCluster({ spec: { networking: { primary: { existing } } } });

    expect(clusterBody(cluster, { exclusionStartAt })).toMatchObject({
      network: 'corp',
      subnetwork: 'corp-sub',
      ipAllocationPolicy: { clusterSecondaryRangeName: 'corp-pods', servicesSecondaryRangeName: 'corp-svc' },
    });
  });
});
