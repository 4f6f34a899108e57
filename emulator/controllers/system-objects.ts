/** What a GKE cluster has before anybody has put anything in it, as data. */
import type { JsonMap } from '../world/json.ts';

/** Namespaces of a new cluster (GKE documentation, pages on Managed Service for Prometheus and "GKE system namespaces"). */
const systemNamespaces = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'gmp-system',
  'gmp-public',
  'gke-managed-system',
] as const;

/** Values: pkg/apis/scheduling/types.go of kubernetes/kubernetes. */
const priorityClass = (name: string, value: number): JsonMap => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
});

/** What matters of a daemon here: where it runs, and how many containers `kubectl get pods` counts. */
interface SystemDaemon {
  readonly name: string;
  readonly namespace?: string;
  readonly containers: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: JsonMap;
  readonly hostNetwork?: true;
  /** Tolerates everything, not only what every daemon tolerates. */
  readonly everywhere?: true;
}

const linux = { 'kubernetes.io/os': 'linux' };
const exists = (key: string, operator: 'Exists' | 'DoesNotExist' = 'Exists'): JsonMap => ({ key, operator });

/**
 * DaemonSets that GKE runs itself, a selection: names and node selectors as `kubectl get ds -n kube-system` lists them
 * (GoogleCloudPlatform/kubeflow-distribution #379; GPU device plugin by machine size and image: rapidsai/deployment #572),
 * `anetd` with Dataplane V2, `collector` with managed Prometheus (GoogleCloudPlatform/prometheus-engine). Their images are
 * private to GKE; the ones here are names only.
 */
const daemons: readonly SystemDaemon[] = [
  { name: 'anetd', containers: ['cilium-agent'], nodeSelector: linux, hostNetwork: true, everywhere: true },
  {
    name: 'fluentbit-gke',
    containers: ['fluentbit', 'fluentbit-gke'],
    nodeSelector: linux,
    hostNetwork: true,
    everywhere: true,
  },
  {
    name: 'gke-metadata-server',
    containers: ['gke-metadata-server'],
    nodeSelector: { 'iam.gke.io/gke-metadata-server-enabled': 'true', ...linux },
    hostNetwork: true,
    everywhere: true,
  },
  {
    name: 'gke-metrics-agent',
    containers: ['gke-metrics-agent', 'core-metrics-exporter'],
    hostNetwork: true,
    everywhere: true,
  },
  {
    name: 'netd',
    containers: ['netd', 'netd-metrics-collector'],
    nodeSelector: { 'cloud.google.com/gke-netd-ready': 'true', ...linux },
    hostNetwork: true,
    everywhere: true,
  },
  {
    name: 'nvidia-gpu-device-plugin-large-cos',
    containers: ['nvidia-gpu-device-plugin', 'nvidia-gpu-metrics-exporter'],
    hostNetwork: true,
    everywhere: true,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                exists('cloud.google.com/gke-accelerator'),
                // Nodes that bring a device plugin of their own opt out of GKE's (NVIDIA gpu-operator documentation, page on GKE).
                exists('gke-no-default-nvidia-gpu-device-plugin', 'DoesNotExist'),
              ],
            },
          ],
        },
      },
    },
  },
  {
    name: 'pdcsi-node',
    containers: ['csi-driver-registrar', 'gce-pd-driver'],
    nodeSelector: linux,
    hostNetwork: true,
    everywhere: true,
  },
  {
    name: 'collector',
    namespace: 'gmp-system',
    containers: ['prometheus', 'config-reloader'],
    nodeSelector: linux,
    everywhere: true,
  },
];

function daemonSet(daemon: SystemDaemon): JsonMap {
  const labels = { 'k8s-app': daemon.name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: daemon.name,
      namespace: daemon.namespace ?? 'kube-system',
      labels: { ...labels, 'addonmanager.kubernetes.io/mode': 'Reconcile' },
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          containers: daemon.containers.map((name) => ({ name, image: `gke.gcr.io/${name}:local` })),
          ...(daemon.nodeSelector !== undefined && { nodeSelector: { ...daemon.nodeSelector } }),
          ...(daemon.affinity !== undefined && { affinity: daemon.affinity }),
          ...(daemon.hostNetwork === true && { hostNetwork: true }),
          ...(daemon.everywhere === true && { tolerations: [{ operator: 'Exists' }] }),
        },
      },
    },
  };
}

export const systemObjects: readonly JsonMap[] = [
  ...systemNamespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  priorityClass('system-cluster-critical', 2_000_000_000),
  priorityClass('system-node-critical', 2_000_001_000),
  ...daemons.map(daemonSet),
];

/**
 * The pair for the cluster's own network, which GKE makes and keeps itself (pkg/controller/gkenetworkparamset of
 * kubernetes/cloud-provider-gcp). Assumed names: nothing in this world reads them.
 */
export const defaultNetworkPair: readonly JsonMap[] = [
  {
    apiVersion: 'networking.gke.io/v1',
    kind: 'GKENetworkParamSet',
    metadata: { name: 'default', labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' } },
    spec: { vpc: 'default', vpcSubnet: 'default', podIPv4Ranges: { rangeNames: ['pods'] } },
  },
  {
    apiVersion: 'networking.gke.io/v1',
    kind: 'Network',
    metadata: { name: 'default', labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' } },
    spec: {
      type: 'L3',
      provider: 'GKE',
      parametersRef: { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name: 'default' },
    },
  },
];
