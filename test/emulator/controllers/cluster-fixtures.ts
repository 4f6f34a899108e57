/** A cluster with its controllers, on the clock that is pumped by hand. */
import { makeClusterRuntime } from '../../../emulator/controllers/cluster-runtime.ts';
import type { ClusterRuntime } from '../../../emulator/gke/gke-world.ts';
import type { Instance } from '../../../emulator/gke/instance.ts';
import type { KubernetesApi } from '../../../emulator/kubernetes/api.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeApi, makeWorld, type PumpedWorld, type TestApi } from '../kubernetes/kubernetes-fixtures.ts';

export interface TestCluster {
  readonly world: PumpedWorld;
  readonly runtime: ClusterRuntime;
  readonly apiOf: (cluster: string) => KubernetesApi | undefined;
  readonly call: TestApi['call'];
  readonly apply: TestApi['apply'];
  readonly node: (name: string) => NodeView;
  readonly daemonSet: (name: string) => JsonMap;
  readonly pods: (labelSelector: string) => readonly JsonMap[];
}

export interface NodeView {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: { readonly taints?: readonly JsonMap[] };
  readonly status: { readonly allocatable: Record<string, string>; readonly conditions: readonly JsonMap[] };
}

export const settledMs = 20_000;
/** Longer than a node needs from start to GPUs: 60 + 90 s. */
export const bootedMs = 160_000;

/** A cluster `demo` whose own kinds are served. */
export async function makeCluster(multiNetworking = true): Promise<TestCluster> {
  const world = makeWorld();
  const clusters = makeClusterRuntime({
    endpoint: (cluster) => ({ address: `local/${cluster}`, caCertificate: 'PEM' }),
  });
  const runtime = clusters.start(world);
  runtime.clusterStarted({ name: 'demo', version: '1.33.4-gke.1134000', multiNetworking });
  await world.pass(settledMs);
  const api = clusters.apiOf('demo');
  if (api === undefined) throw new Error('starting cluster demo: it has no API');
  const { call, apply } = makeApi(world, api);
  return {
    world,
    runtime,
    apiOf: clusters.apiOf,
    call,
    apply,
    node: (name) => call('GET', `/api/v1/nodes/${name}`).body as unknown as NodeView,
    daemonSet: (name) => call('GET', `${daemonSets}/${name}`).body,
    pods: (labelSelector) => call('GET', `/api/v1/pods?labelSelector=${labelSelector}`).body['items'] as JsonMap[],
  };
}

export const daemonSets = '/apis/apps/v1/namespaces/kube-system/daemonsets';
export const networking = '/apis/networking.gke.io/v1';

/** A machine of a CPU pool. */
export function cpuInstance(name: string, over: Partial<Instance> = {}): Instance {
  return {
    name,
    pool: 'system',
    zone: 'us-central1-b',
    machineType: 'e2-standard-4',
    cpuCount: 4,
    memoryGib: 16,
    version: '1.33.4-gke.1134000',
    labels: { 'cloud.google.com/gke-nodepool': 'system' },
    taints: [],
    interfaces: [{ name: 'eth0', network: 'net', subnetwork: 'sub', rdma: false }],
    localSsdCount: 0,
    maxPods: 110,
    ...over,
  };
}

/** An A3 Ultra machine: eight GPUs, eight RDMA interfaces in `rdma-sub-0` to `rdma-sub-7`. */
export function gpuInstance(name: string, over: Partial<Instance> = {}): Instance {
  const accelerator = { type: 'nvidia-h200-141gb', count: 8 };
  const rdma = Array.from({ length: 8 }, (_, index) => ({
    name: `eth${index + 1}`,
    network: 'rdma',
    subnetwork: `rdma-sub-${index}`,
    rdma: true,
  }));
  return cpuInstance(name, {
    pool: 'gpu',
    machineType: 'a3-ultragpu-8g',
    cpuCount: 224,
    memoryGib: 2952,
    accelerator,
    driverVersion: 'LATEST',
    labels: { 'cloud.google.com/gke-nodepool': 'gpu', 'cloud.google.com/gke-accelerator': accelerator.type },
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
    interfaces: [{ name: 'eth0', network: 'net', subnetwork: 'sub', rdma: false }, ...rdma],
    localSsdCount: 32,
    ...over,
  });
}

/** A DaemonSet on GPU nodes with one init container, as the RDMA installer is. */
export function installer(image = 'installer:1', over: JsonMap = {}): JsonMap {
  const labels = { app: 'installer' };
  const expression = { key: 'cloud.google.com/gke-accelerator', operator: 'In', values: ['nvidia-h200-141gb'] };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'installer', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ operator: 'Exists' }],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [expression] }],
              },
            },
          },
          initContainers: [{ name: 'install', image }],
          containers: [{ name: 'pause', image: 'pause:1' }],
        },
      },
      ...over,
    },
  };
}

/** Parameters and Network of one RDMA interface. */
export function applyRdmaNetwork(cluster: TestCluster, index: number, over: JsonMap = {}): void {
  const name = `rdma-${index}`;
  const head = { apiVersion: 'networking.gke.io/v1', metadata: { name } };
  const spec = { vpc: 'rdma', vpcSubnet: `rdma-sub-${index}`, deviceMode: 'RDMA', ...over };
  const parametersRef = { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name };
  cluster.apply(`${networking}/gkenetworkparamsets/${name}`, { ...head, kind: 'GKENetworkParamSet', spec });
  cluster.apply(`${networking}/networks/${name}`, {
    ...head,
    kind: 'Network',
    spec: { type: 'Device', parametersRef },
  });
}
